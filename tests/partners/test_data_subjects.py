"""A seller is told what is held about it, and is nobody after it was erased."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matching.model import Party
from partners.data_subjects import erase_for_service, export_for_service
from partners.errors import NotFound
from partners.records.audit import audit
from partners.records.parties import seal_party
from partners.records.sellers import Seller, add_sellers, replace_keys, seal_context, seller_keys, sellers

NAME = "Canary Goldfinch Trading"


@pytest.fixture
def seller(database, keyring, partner, now):
    owner = partner("marketplace")
    made = Seller(
        id="slr_01m7zq3v8kf5tbg2h6w9rc4xya",
        organization_id=owner.organization_id,
        reference="S-1",
        revision=1,
        party=seal_party(keyring, Party(legal_name=NAME), seal_context("slr_01m7zq3v8kf5tbg2h6w9rc4xya")),
        pseudonym="psn_1",
        created_at=now,
        updated_at=now,
    )

    def work(connection, _):
        add_sellers(connection, [made])
        replace_keys(connection, {made.id: [b"k" * 16]})

    database.acting("flagging", work)
    return made.id


def entries(database):
    return database.acting("jobs", lambda c, _: c.execute(select(audit.c.act, audit.c.detail)).all())


def test_all_that_is_held_is_told_and_that_is_on_record(database, keyring, seller, now):
    told = export_for_service(database, keyring, seller, now)
    assert told.party.legal_name == NAME
    assert (told.seller.reference, told.listings, told.flag, told.links, told.disclosures) == (
        "S-1",
        [],
        None,
        [],
        [],
    )
    assert entries(database) == [("person.exported", {})]


def test_an_erased_person_is_in_no_row_and_the_act_is(database, keyring, seller, now):
    erase_for_service(database, seller, now)
    [row] = database.acting("jobs", lambda c, _: c.execute(select(sellers)).all())
    assert (row.party, row.country, row.deleted_at, row.pseudonym) == (b"", None, now, "psn_1")
    assert database.acting("jobs", lambda c, _: c.scalars(select(seller_keys.c.key)).all()) == []
    assert entries(database) == [("person.erased", {})]
    assert NAME not in str(export_for_service(database, keyring, seller, now))


def test_nobody_is_exported_or_erased_who_is_not_there(database, keyring, now):
    with pytest.raises(NotFound):
        export_for_service(database, keyring, "slr_nobody", now)
    with pytest.raises(NotFound):
        erase_for_service(database, "slr_nobody", now)
