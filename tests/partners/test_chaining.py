"""The audit log is a chain: whatever is done to it is found, and found where it was done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from partners.chaining import Head, Sealer, let_go, read_heads, verify
from partners.ids import new_id
from partners.keyring import Keyring
from partners.principal import Principal
from partners.records.audit import audit, record
from partners.records.audit_chains import audit_chains


@pytest.fixture
def write(database, now):
    """Write audit rows of an organization, each in a transaction of its own."""

    def rows(claims, count=1, at=now):
        who = Principal(organization_id=claims.organization_id, kind=claims.kind, client_id="cli_1")
        for place in range(count):
            detail = {"n": place, "hours": 24.0, "deep": {"b": [1, None], "a": "ü"}}
            database.acting("access", lambda c, _, d=detail: record(c, who, "thing.done", "x", d, at))

    return rows


@pytest.fixture
def shop(partner, write, sealer):
    """An organization with five sealed rows."""
    claims = partner("marketplace", "Shop")
    write(claims, 5)
    sealer.seal()
    return claims


@pytest.fixture
def sealer(database, keyring, now):
    return Sealer(database, keyring, lambda: now)


@pytest.fixture
def faults(database, keyring):
    """What `verify` finds, as (position, kind)."""

    def find(*heads):
        return [
            (fault.position, fault.kind) for one in verify(database, keyring, heads) for fault in one.faults
        ]

    return find


@pytest.fixture
def meddle(database):
    """Do to the database what nobody should."""

    def act(*statements):
        def work(connection, _):
            for statement in statements:
                connection.execute(statement)

        database.acting("access", work)

    return act


def at(position):
    return audit.c.position == position


def test_rows_are_sealed_in_order_with_a_chain_for_each_organization(
    database, keyring, sealer, partner, write, faults
):
    one, other = partner("marketplace", "One"), partner("customs", "Other")
    for _ in range(3):
        write(one)
        write(other)
    assert sealer.seal() == 6
    assert sealer.seal() == 0
    found = {each.organization_id: (each.sealed, each.unsealed) for each in verify(database, keyring)}
    assert found == {one.organization_id: (3, 0), other.organization_id: (3, 0)}
    assert faults() == []


def test_rows_that_are_not_sealed_yet_are_counted(database, keyring, shop, write):
    write(shop, 2)
    [found] = verify(database, keyring)
    assert (found.sealed, found.unsealed, found.faults) == (5, 2, ())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("detail", {"n": 99}),
        ("act", "other.thing"),
        ("subject", "y"),
        ("client_id", "cli_2"),
        ("chain", b"\x01" + b"x" * 32),
        ("chain", b""),
        ("chain", None),
    ],
)
def test_an_edited_row_is_found_where_it_is(shop, meddle, faults, column, value):
    meddle(update(audit).where(at(3)).values({column: value}))
    assert (3, "changed") in faults()
    assert {position for position, _ in faults()} <= {3, 4}


def test_an_edited_time_is_found(shop, meddle, faults, now):
    meddle(update(audit).where(at(3)).values(at=now + timedelta(seconds=1)))
    assert faults() == [(3, "changed")]


def test_a_deleted_row_is_found(shop, meddle, faults):
    meddle(delete(audit).where(at(3)))
    assert faults() == [(3, "missing")]


def test_a_deleted_row_that_is_papered_over_is_found(shop, meddle, faults):
    meddle(delete(audit).where(at(3)), update(audit).where(at(4)).values(position=3))
    assert (3, "changed") in faults()


def test_the_first_row_is_missed_too(shop, meddle, faults):
    meddle(delete(audit).where(at(1)))
    assert faults() == [(1, "missing")]


def test_two_swapped_rows_are_found(shop, meddle, faults):
    meddle(
        update(audit).where(at(2)).values(position=99),
        update(audit).where(at(3)).values(position=2),
        update(audit).where(at(99)).values(position=3),
    )
    assert {(2, "changed"), (3, "changed")} <= set(faults())


def test_two_swapped_rows_with_their_seals_are_found(database, shop, meddle, faults):
    with database.surveying("sealing") as connection:
        seals = {row.position: bytes(row.chain) for row in connection.execute(select(audit))}
    meddle(
        update(audit).where(at(2)).values(position=99, chain=seals[3]),
        update(audit).where(at(3)).values(position=2, chain=seals[2]),
        update(audit).where(at(99)).values(position=3),
    )
    assert {(2, "changed"), (3, "changed")} <= set(faults())


def test_a_row_that_was_put_in_is_found(shop, meddle, faults, now):
    forged = {
        "id": new_id("aud"),
        "organization_id": shop.organization_id,
        "client_id": "cli_1",
        "act": "thing.done",
        "subject": "x",
        "detail": {},
        "at": now,
        "position": 6,
        "chain": b"\x01" + b"x" * 32,
    }
    meddle(insert(audit).values(forged))
    assert faults() == [(6, "changed"), (7, "cut")]


def test_a_row_of_another_organization_s_chain_is_no_row_of_this_one(
    shop, partner, write, sealer, meddle, faults
):
    other = partner("marketplace", "Other")
    write(other, 5)
    sealer.seal()
    mine, theirs = (
        audit.c.organization_id == shop.organization_id,
        audit.c.organization_id == other.organization_id,
    )
    meddle(
        delete(audit).where(mine, at(3)),
        update(audit).where(theirs, at(3)).values(organization_id=shop.organization_id),
    )
    assert {kind for _, kind in faults()} == {"changed", "missing"}


def test_a_cut_tail_is_found_by_the_head_beside_it(shop, meddle, faults):
    meddle(delete(audit).where(audit.c.position > 3))
    assert faults() == [(4, "cut")]


def test_a_cut_tail_with_a_mended_head_is_found_by_a_head_from_outside_only(database, shop, meddle, faults):
    [head] = read_heads(database)
    with database.surveying("sealing") as connection:
        third = connection.execute(select(audit).where(at(3))).one()
    meddle(
        delete(audit).where(audit.c.position > 3),
        update(audit_chains).values(position=3, chain=third.chain),
    )
    assert faults() == []
    assert faults(head) == [(5, "cut")]


def test_a_tail_that_was_cut_and_grown_anew_is_found_by_a_head_from_outside(
    database, shop, meddle, write, sealer, faults
):
    [head] = read_heads(database)
    with database.surveying("sealing") as connection:
        third = connection.execute(select(audit).where(at(3))).one()
    meddle(
        delete(audit).where(audit.c.position > 3),
        update(audit_chains).values(position=3, chain=third.chain),
    )
    write(shop, 2)
    sealer.seal()
    assert faults() == []
    assert faults(head) == [(5, "other_head")]


def test_a_chain_that_is_gone_as_a_whole_is_found_by_a_head_from_outside(database, shop, meddle, faults):
    [head] = read_heads(database)
    meddle(delete(audit), delete(audit_chains))
    assert faults() == []
    assert faults(head) == [(5, "cut")]


def test_rows_that_were_unsealed_to_be_sealed_anew_are_found(shop, meddle, sealer, faults):
    meddle(update(audit).where(audit.c.position >= 4).values(position=None, chain=None, subject="y"))
    sealer.seal()
    assert (4, "missing") in faults()


def test_a_head_of_the_present_is_no_fault(database, shop, write, sealer, faults):
    [head] = read_heads(database)
    assert faults(head) == []
    write(shop, 3)
    sealer.seal()
    assert faults(head) == []
    assert faults(Head(organization_id=shop.organization_id, position=3, chain="00")) == [(3, "other_head")]


def test_without_the_key_nobody_seals(database, keyring, shop, meddle, faults, now):
    thief = Keyring({(purpose, 1): b"t" * 32 for purpose in ("audit", "data", "index")})
    meddle(update(audit).values(position=None, chain=None), delete(audit_chains))
    Sealer(database, thief, lambda: now).seal()
    assert (1, "beginning") in faults()
    assert (1, "changed") in faults()


def test_old_rows_are_let_go_and_the_rest_still_holds(database, keyring, shop, write, sealer, faults, now):
    write(shop, 3, now + timedelta(days=10))
    sealer.seal()
    [head] = read_heads(database)
    assert let_go(database, keyring, now + timedelta(days=1)) == 5
    assert let_go(database, keyring, now + timedelta(days=1)) == 0
    assert faults(head) == []
    [found] = verify(database, keyring)
    assert found.sealed == 3


def test_who_cuts_the_beginning_off_without_the_key_is_found(database, shop, meddle, faults):
    with database.surveying("sealing") as connection:
        second = connection.execute(select(audit).where(at(2))).one()
    meddle(
        delete(audit).where(audit.c.position <= 2),
        update(audit_chains).values(first_position=3, first_chain=second.chain),
    )
    assert faults() == [(3, "beginning")]
