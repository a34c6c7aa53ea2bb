"""What the table of rights says is what PostgreSQL does, and what was changed behind our back is noticed."""

import secrets

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from partners.db import Database
from partners.entering import role_name
from partners.migrating import migrate
from partners.principal import Claims
from partners.records.clients import admit
from partners.records.organizations import add_organization, get_organization, organizations
from partners.tenancy.checking import find_drift
from partners.tenancy.granting import TooOld, check_version, maintain, secure
from tests.postgresql.server import LOGIN

ROLE = role_name(LOGIN, "marketplace")


def test_a_server_that_cannot_grant_a_role_without_its_rights_is_refused():
    check_version((16, 0))
    check_version((18, 6))
    with pytest.raises(TooOld, match=r"16 or later is needed, and this is 15\.18"):
        check_version((15, 18))


@pytest.fixture
def owned(postgresql_server, migrated_postgresql):
    """The engine of a migrated PostgreSQL database, as its owner."""
    with postgresql_server.temporary_database(template=migrated_postgresql) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


def drift(engine):
    with engine.connect() as connection:
        return [(each.table, each.what) for each in find_drift(connection, LOGIN)]


def test_a_migrated_database_is_as_the_rights_say(owned):
    assert drift(owned) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("ALTER POLICY marketplace ON listings USING (true)", "another policy for marketplace"),
        ("DROP POLICY screening ON listings", "another policy for screening"),
        (f'CREATE POLICY more ON listings TO "{ROLE}" USING (true)', "another policy for more"),
        ("ALTER TABLE listings NO FORCE ROW LEVEL SECURITY", "not under row-level security"),
        ("ALTER TABLE listings DISABLE ROW LEVEL SECURITY", "not under row-level security"),
        (f'GRANT DELETE ON listings TO "{ROLE}"', "marketplace another right to DELETE"),
        (f'GRANT UPDATE (document) ON listings TO "{ROLE}"', "marketplace another right to UPDATE document"),
        (f'REVOKE ALL ON listings FROM "{ROLE}"', "marketplace another right to SELECT"),
        (f'GRANT SELECT ON listings TO "{LOGIN}"', "open to"),
        ("GRANT SELECT ON listings TO PUBLIC", "open to"),
    ],
)
def test_every_change_is_found_and_made_good(owned, change, found):
    with owned.begin() as connection:
        connection.exec_driver_sql(change)
    [(table, what)] = drift(owned)
    assert table == "listings"
    assert found in what
    with owned.begin() as connection:
        secure(connection, LOGIN)
    assert drift(owned) == []


@pytest.fixture
def plain_owner(postgresql_server):
    """A database whose owner is no superuser, as in production; URLs of the owner and of a login."""
    name = f"owner_{secrets.token_hex(4)}"
    postgresql_server.create_login()
    root = create_engine(postgresql_server.url("postgres"), isolation_level="AUTOCOMMIT")
    with root.connect() as connection:
        for role, more in ((name, "CREATEROLE"), (f"{name}_app", "NOINHERIT")):
            connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN {more} PASSWORD 'p'")
        connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER {name}")
        at = make_url(postgresql_server.url(name)).set(password="p")
        yield [at.set(username=role).render_as_string(hide_password=False) for role in (name, f"{name}_app")]
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        ours = text("SELECT rolname FROM pg_roles WHERE starts_with(rolname, :name) ORDER BY 1 DESC")
        for role in connection.scalars(ours, {"name": name}).all():
            connection.exec_driver_sql(f'DROP ROLE "{role}"')
    root.dispose()


def test_an_owner_without_superpowers_migrates_and_reads_rows_only_where_it_maintains_them(plain_owner, now):
    owner_url, login_url = plain_owner
    migrate(owner_url, login_url)
    migrate(owner_url, login_url)  # again: nothing is left to do, and nothing fails
    database = Database(login_url, admit, 2)
    made = database.acting("access", lambda c, _: add_organization(c, "customs", "Douane", now))
    with database.surveying("access") as connection:
        assert get_organization(connection, made.id) == made
    database.close()
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        assert connection.execute(organizations.select()).all() == []
        maintain(connection)
        assert [row.id for row in connection.execute(organizations.select())] == [made.id]
    engine.dispose()


def test_the_login_may_not_migrate(plain_owner):
    owner_url, login_url = plain_owner
    migrate(owner_url, login_url)
    with pytest.raises(ProgrammingError, match="permission denied"):
        migrate(login_url)


def test_who_is_not_admitted_reads_nothing(plain_owner):
    owner_url, login_url = plain_owner
    migrate(owner_url, login_url)
    database = Database(login_url, lambda _connection, claims: claims, 2)
    claims = Claims(
        client_id="cli_1", organization_id="org_1", kind="marketplace", scopes=frozenset(), token_id="t"
    )
    with database.reading(claims) as (connection, _):
        assert connection.execute(organizations.select()).all() == []
    database.close()
