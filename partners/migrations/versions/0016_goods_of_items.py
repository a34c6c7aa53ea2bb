"""What the goods of a seizure are, beside what they were reported as: told once, and found by index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from matching.tariff import goods_of

revision = "0016"
down_revision = "0015"

_AT_ONCE = 500  # numbers in a statement
_items = sa.table("seizure_items", *(sa.column(name) for name in ("commodity", "hs_code", "goods")))


def upgrade() -> None:
    op.add_column(
        "seizure_items", sa.Column("goods", sa.String(length=40), nullable=False, server_default="other")
    )
    connection = op.get_bind()
    connection.execute(
        sa.update(_items).where(_items.c.commodity != "other").values(goods=_items.c.commodity)
    )
    for goods, numbers in _numbers_by_goods(connection):
        numbered = sa.and_(_items.c.commodity == "other", _items.c.hs_code.in_(numbers))
        connection.execute(sa.update(_items).where(numbered).values(goods=goods))
    if connection.dialect.name == "postgresql":  # SQLite needs a default to add a column, and keeps it
        op.alter_column("seizure_items", "goods", server_default=None)
    op.drop_index("ix_seizure_items_kind", "seizure_items")
    op.create_index("ix_seizure_items_goods", "seizure_items", ["goods", "origin", "seized_on"], unique=False)


def _numbers_by_goods(connection: sa.Connection) -> Iterator[tuple[str, list[str]]]:
    """What "other" goods are, with the numbers that tell so: some at once, however many there are."""
    asked = sa.select(_items.c.hs_code).distinct()
    told = connection.scalars(asked.where(_items.c.commodity == "other", _items.c.hs_code.is_not(None)))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for number in told:
        found[goods_of("other", number)].append(number)
    found.pop("other", None)
    for goods, numbers in sorted(found.items()):
        for start in range(0, len(numbers), _AT_ONCE):
            yield goods, numbers[start : start + _AT_ONCE]
