"""Client records: who may ask for tokens, and an assertion that is spent once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import asdict, replace
from sqlalchemy import delete, insert, update

from partners.db import Database
from partners.errors import Unauthorized
from partners.principal import PAGES, Seat
from partners.records.clients import (
    Credential,
    add_credential,
    admit,
    clients,
    find_known_client,
    forget_expired,
    revoked_tokens,
    spend_assertion,
)
from partners.records.organizations import organizations
from partners.records.people import Person, people
from partners.records.sessions import Session, sessions

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def known(database, now):
    def find(client_id):
        with database.surveying("access") as connection:
            return find_known_client(connection, client_id, now)

    return find


@pytest.fixture
def change(database):
    def make(statement):
        database.acting("access", lambda connection, _: connection.execute(statement))

    return make


def test_a_client_is_known_with_its_kind_and_live_credentials(database, partner, known, now):
    claims = partner("marketplace", scopes=["listings:read"])

    def add(connection, _principal):
        for name, expires_at in [("a", None), ("b", now + timedelta(hours=1)), ("c", now)]:
            add_credential(
                connection,
                Credential(
                    id=f"crd_{name}",
                    client_id=claims.client_id,
                    kind="secret",
                    secret_hash=name,
                    created_at=now,
                    expires_at=expires_at,
                ),
            )

    database.acting("access", add)
    found = known(claims.client_id)
    assert (found.kind, found.client.scopes) == ("marketplace", ("listings:read",))
    assert sorted(each.id for each in found.credentials) == ["crd_a", "crd_b"]


def test_an_unknown_client_is_not_known(known):
    assert known("cli_nobody") is None


def test_a_suspended_client_is_not_known(partner, known, change, now):
    claims = partner("marketplace")
    change(update(clients).values(suspended_at=now))
    assert known(claims.client_id) is None


def test_a_client_of_a_suspended_organization_is_not_known(partner, known, change, now):
    claims = partner("marketplace")
    change(update(organizations).values(suspended_at=now))
    assert known(claims.client_id) is None


def test_a_revoked_token_is_not_admitted(database, partner, change, now):
    claims = partner("marketplace")
    change(insert(revoked_tokens).values(token_id=claims.token_id, expires_at=now))
    with pytest.raises(Unauthorized), database.reading(claims):
        pass


@pytest.fixture
def seated(partner, change, now):
    """A partner's person that has signed in on our own pages: its claims."""
    claims = partner("marketplace")
    person = Person(
        id="per_1", organization_id=claims.organization_id, role="reader", document=b"", created_at=now
    )
    session = Session(
        id="ses_1",
        person_id="per_1",
        token_sha256="0" * 64,
        stage="whole",
        created_at=now,
        seen_at=now,
        expires_at=now,
    )
    change(insert(people).values(asdict(person)))
    change(insert(sessions).values(asdict(session)))
    seat = Seat(person_id="per_1", role="reader", grant_id=None, session_id="ses_1")
    return replace(claims, client_id=PAGES, token_id="", seat=seat)


def test_a_person_on_our_own_pages_acts_for_itself(database, seated):
    with database.reading(seated) as (_, principal):
        assert (principal.actor, principal.client_id) == ("per_1", PAGES)
    assert database.writing(seated, lambda _, who: who.organization_id) == seated.organization_id


@pytest.mark.parametrize(
    "statement",
    [
        delete(sessions),
        update(people).values(suspended_at=NOW),
        update(people).values(role="admin"),
        update(organizations).values(suspended_at=NOW),
    ],
    ids=["signed out", "suspended", "another role", "organization suspended"],
)
def test_a_person_on_our_own_pages_is_not_admitted_once(database, seated, change, statement):
    change(statement)
    with pytest.raises(Unauthorized), database.reading(seated):
        pass


@pytest.mark.parametrize("field", ["session_id", "person_id"])
def test_a_session_is_no_door_to_another(database, seated, field):
    other = replace(seated, seat=replace(seated.seat, **{field: "ses_2"}))
    with pytest.raises(Unauthorized), database.reading(other):
        pass


def test_a_session_is_no_door_to_another_organization(database, seated, partner):
    other = replace(seated, organization_id=partner("marketplace", name="Other").organization_id)
    with pytest.raises(Unauthorized), database.reading(other):
        pass


def test_of_twenty_tries_from_two_processes_one_spends_the_assertion(database, database_url, now):
    other = Database(database_url, admit, pool_size=8)

    def spend(place):
        door = (database, other)[place % 2]
        return door.acting("access", lambda connection, _: spend_assertion(connection, "cli", "jti", now))

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(spend, range(20)))
    other.close()
    assert sorted(outcomes) == [False] * 19 + [True]


def test_the_same_id_of_another_client_is_another_assertion(database, now):
    def spend(client_id):
        return database.acting(
            "access", lambda connection, _: spend_assertion(connection, client_id, "jti", now)
        )

    assert spend("cli_a")
    assert spend("cli_b")


def test_what_has_expired_is_forgotten(database, now):
    def work(connection, _principal):
        spend_assertion(connection, "cli", "old", now - timedelta(seconds=1))
        spend_assertion(connection, "cli", "new", now + timedelta(seconds=1))
        return forget_expired(connection, now), spend_assertion(connection, "cli", "new", now)

    assert database.acting("access", work) == (1, False)
