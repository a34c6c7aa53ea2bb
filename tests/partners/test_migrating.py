"""The migrations make the tables that the code speaks of."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from partners.migrating import create_migration_engine
from partners.records.schema import metadata


def test_a_migrated_database_has_the_tables_in_code(database_url):
    engine = create_migration_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []
