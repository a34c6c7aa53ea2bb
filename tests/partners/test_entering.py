"""Each transaction takes the role of its door and loses it at its end; without one everything is denied."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from partners.db import Database
from partners.engines import create_database_engine
from partners.entering import ORGANIZATION, Entry
from partners.records.audit import audit, record
from partners.records.clients import admit, clients, credentials
from partners.records.keys import data_keys
from partners.records.listings import listings
from partners.records.organizations import add_organization, organizations
from partners.tenancy.rights import ROLES
from tests.postgresql.server import LOGIN

WHO = text(f"SELECT current_user, current_setting('{ORGANIZATION}', true)")
ODD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=0, max_size=12)


@pytest.fixture
def login_url(postgresql_server, migrated_postgresql):
    with postgresql_server.temporary_database(template=migrated_postgresql) as url:
        yield postgresql_server.login_url(url.partition("?")[0].rpartition("/")[2])


@pytest.fixture
def service(login_url):
    """The service's database on PostgreSQL, with a single connection in its pool."""
    database = Database(login_url, admit, 1)
    yield database
    database.close()


def rest(service):
    """As whom the pool's connection is when no door is open."""
    with service._engine.connect() as connection, connection.begin():
        return tuple(connection.execute(WHO).one())


def test_without_a_door_everything_is_denied(service):
    for table in (organizations, listings, audit, clients, data_keys):
        with (
            service._engine.connect() as connection,
            connection.begin(),
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(select(table.c[next(iter(table.c)).name]))


@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_be_taken_and_is_given_back(service, role):
    options = {"entry": Entry(role, "org_1")}
    with service._engine.connect().execution_options(**options) as connection, connection.begin():
        assert tuple(connection.execute(WHO).one()) == (f"{LOGIN}_{role}", "org_1")
    assert rest(service) == (LOGIN, "")


def test_nothing_of_a_failed_transaction_is_left_on_the_pooled_connection(service):
    with pytest.raises(ProgrammingError), service.surveying("limiting") as connection:
        connection.execute(select(listings.c.id))
    assert rest(service) == (LOGIN, "")
    with pytest.raises(ZeroDivisionError):
        service.acting("access", lambda *_: 1 / 0)
    assert rest(service) == (LOGIN, "")


def test_an_act_has_its_own_tables_and_no_others(service, now):
    service.acting("access", lambda c, _: add_organization(c, "customs", "Douane", now))
    for act in ("limiting", "sequencing", "registry", "screening"):
        with (
            pytest.raises(ProgrammingError, match="permission denied for table credentials"),
            service.surveying(act) as connection,
        ):
            connection.execute(select(credentials.c.id))


def test_within_one_transaction_each_door_takes_its_role_and_gives_it_back(database, partner, now):
    """On SQLite the same doors open, and there are no roles to take."""
    claims = partner("marketplace")
    seen = []

    def look(connection):
        if database.dialect == "postgresql":
            seen.append(tuple(connection.execute(WHO).one()))
        return connection

    def work(connection, _principal):
        look(connection)
        with database.reading(claims) as (joined, _):
            look(joined)
        database.writing(claims, lambda c, who: record(look(c), who, "a.b", "s", {}, now))
        with pytest.raises(ZeroDivisionError):
            database.writing(claims, lambda c, _: look(c) and 1 / 0)
        look(connection)

    database.together("repeating", claims, work)
    act, kind = (f"{LOGIN}_repeating", ""), (f"{LOGIN}_marketplace", claims.organization_id)
    assert seen == ([act, kind, kind, kind, act] if database.dialect == "postgresql" else [])
    with database.surveying("sealing") as connection:
        assert connection.scalars(select(audit.c.act)).all() == ["a.b"]


def test_a_refused_statement_within_a_transaction_leaves_the_outer_role_as_it_was(service, now):
    def work(connection, _principal):
        with pytest.raises(ProgrammingError):
            service.acting("limiting", lambda c, _: c.execute(select(audit.c.id)))
        return tuple(connection.execute(WHO).one())

    made = service.acting("access", lambda c, _: add_organization(c, "customs", "Douane", now))
    options = {"entry": Entry("access")}
    with service._engine.connect().execution_options(**options) as connection, connection.begin():
        service._threads.joined = connection
        assert work(connection, made) == (f"{LOGIN}_access", "")
        service._threads.joined = None


@pytest.fixture(scope="module")
def logged(postgresql_server, migrated_postgresql):
    """A database with an audit log, as its owner and as the service has it."""
    with postgresql_server.temporary_database(template=migrated_postgresql) as url:
        login = postgresql_server.login_url(url.partition("?")[0].rpartition("/")[2])
        engines = [create_database_engine(each, 1) for each in (url, login)]
        yield engines
        for engine in engines:
            engine.dispose()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(named=st.sets(ODD | st.sampled_from(["", "a'--", "á", '"', "%s", "\\'; --"]), max_size=4), asked=ODD)
def test_whatever_an_organization_is_called_it_sees_its_own_rows(logged, now, named, asked):
    owner, service = logged
    with owner.begin() as connection:
        connection.execute(audit.delete())
        connection.execute(organizations.delete())
        for number, name in enumerate(sorted(named)):
            mine = {"id": name, "kind": "marketplace", "name": "x", "created_at": now}
            connection.execute(organizations.insert().values(mine))
            entry = {"client_id": "c", "act": "a.b", "subject": "s", "detail": {}, "at": now}
            connection.execute(
                audit.insert().values(entry | {"id": f"aud_{number}", "organization_id": name})
            )
    for name in {*named, asked}:
        options = {"entry": Entry("marketplace", name)}
        with service.connect().execution_options(**options) as connection, connection.begin():
            seen = connection.scalars(select(audit.c.organization_id)).all()
            assert seen == [name] * (name in named)
