from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import sql
from sqlalchemy import make_url

from matching.model import Address, Party
from partners.enrolling import SellerDraft, enroll_sellers
from partners.inquiring import Grounds, Inquiry, disclose, look_up
from partners.keyring import KeyRefused
from partners.records.parties import account_keys, blind_keys, open_party, seal_party
from partners.records.seizures import ECommerce, Persons

CANARIES = (
    "Zyxcanary",
    "zyxcanary",
    "7554433221",
    "Quuxgasse",
    "quuxgasse",
    "91440300CANARY0001",
    "DE89370400440532013000",
)


@pytest.fixture
def everything_at_rest(owner_url, tmp_path):
    """Every byte the database keeps: SQLite's files, or each table as PostgreSQL copies it out."""

    def read():
        url = make_url(owner_url)
        if url.get_backend_name() == "sqlite":
            return b"".join(path.read_bytes() for path in Path(url.database).parent.glob("touchstone.db*"))
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            return b"".join(_copy_out(connection, name) for (name,) in names)

    def _copy_out(connection, name):
        statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(name))
        with connection.cursor().copy(statement) as rows:
            return b"".join(bytes(row) for row in rows)

    return read


def test_nothing_personal_lies_in_the_database(
    desk, partner, seize, seizure_report, flags_of, everything_at_rest, now
):
    person = Party(
        legal_name="Zyxcanary Handels GmbH",
        address=Address(lines=("Quuxgasse 4711",), city="Wien", country="AT"),
        email="zyxcanary@mail.example",
        phone="+43 755 443 3221",
        tax_id="91440300CANARY0001",
        bank_account="DE89370400440532013000",
    )
    shop, customs = partner("marketplace", "MegaMart"), partner("customs")
    enroll_sellers(desk, shop, [SellerDraft(reference="S-9", party=person)], now)
    persons = Persons(
        consignor=replace(person, phone="0043 7554433221"),
        consignee=person,
        e_commerce=ECommerce(marketplace="MegaMart", seller="S-9", order="zyxcanary-order"),
    )
    seize(customs, seizure_report(persons=persons))
    look_up(desk, customs, [Inquiry(party=person, purpose="p", reference="r")], now)
    disclose(desk, customs, flags_of()[0].id, Grounds(purpose="p", reference="r"), now)
    kept = everything_at_rest()
    assert b"S-9" in kept  # what is no secret is found, so the search does find
    assert [canary for canary in CANARIES if canary.encode() in kept] == []


def test_a_sealed_party_opens_for_its_own_row_only(keyring, bright):
    sealed = seal_party(keyring, bright, "seller:slr_1")
    assert open_party(keyring, sealed, "seller:slr_1") == bright
    with pytest.raises(KeyRefused):
        open_party(keyring, sealed, "seller:slr_2")


def test_an_erased_party_is_empty(keyring):
    assert open_party(keyring, b"", "seller:slr_1") == Party()


def test_equal_values_of_different_fields_have_different_indexes(keyring):
    indexes = blind_keys(keyring, ["tax:12345678", "register:12345678"])
    assert len(set(indexes.values())) == 2


def test_an_account_has_a_key_for_each_name_of_its_marketplace():
    keys = account_keys(["org_1", " Mega  Mart", ""], "S-9")
    assert keys == {"account:org_1:S-9", "account:mega mart:S-9"}
