"""What the goods of a seizure are, beside what they were reported as: told once, and found by index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matching.tariff import COMMODITY_OF_PREFIX

revision = "0016"
down_revision = "0015"

_items = sa.table(
    "seizure_items", *(sa.column(name, sa.String) for name in ("commodity", "hs_code", "goods"))
)
# As `matching.tariff.goods_of` tells; numbers are stored without dots, and the longest prefix goes first.
_GOODS = sa.case(
    (_items.c.commodity != "other", _items.c.commodity),
    *[
        (_items.c.hs_code.startswith(prefix), commodity)
        for prefix, commodity in sorted(COMMODITY_OF_PREFIX.items(), key=lambda each: -len(each[0]))
    ],
    else_=_items.c.commodity,
)


def upgrade() -> None:
    op.add_column(
        "seizure_items", sa.Column("goods", sa.String(length=40), nullable=False, server_default="other")
    )
    op.drop_index("ix_seizure_items_kind", "seizure_items")
    op.execute(sa.update(_items).values(goods=_GOODS))
    if op.get_context().dialect.name == "postgresql":  # SQLite needs a default to add a column, and keeps it
        op.alter_column("seizure_items", "goods", server_default=None)
    op.create_index("ix_seizure_items_goods", "seizure_items", ["goods", "origin", "seized_on"], unique=False)
