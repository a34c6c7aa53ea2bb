"""Row-level security on every table of PostgreSQL; what each role may do, `partners.tenancy` says.

Rights change with the code more often than tables do, so `migrate` ends by granting them, after the newest
revision; this one shuts every door until then.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("ix_matches_trademark_id", "matches")
    op.create_index("ix_matches_trademark", "matches", ["trademark_id", "marketplace_id"])
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table in sa.inspect(connection).get_table_names():
        if table != "alembic_version":
            op.execute(sa.text(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'))
            op.execute(sa.text(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'))
