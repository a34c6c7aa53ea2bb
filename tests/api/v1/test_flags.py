"""Flags over HTTP: who reads what, the look-up, and the disclosure that is on record."""

import msgspec
import pytest
from sqlalchemy import select

from partners.records.audit import audit
from partners.records.events import events
from partners.sequencing import Sequencer

SELLER = {
    "reference": "S-9",
    "display_name": "bright_trading",
    "legal_name": "Shenzhen Bright Trading Co., Ltd",
    "address": {"lines": ["88 Huaqiang North Road"], "city": "Shenzhen", "country": "CN"},
    "email": "sales@bright-trading.example",
    "phone": "+86 755 8320 1234",
}
CONSIGNOR = {
    "legal_name": "SHENZHEN BRIGHT TRADING COMPANY LIMITED",
    "address": {"city": "SHENZHEN", "country": "CN"},
    "phone": "0086-755-83201234",
}
SEIZURE = {
    "reference": "FR-1",
    "seized_on": "2026-11-20",
    "administration": "FR",
    "channel": "express",
    "consignor": CONSIGNOR,
    "items": [{"commodity": "footwear", "quantity": {"value": 40, "unit": "pieces"}}],
}
ASKED = {"party": CONSIGNOR, "purpose": "selection of parcels", "reference": "OP-7"}
ROUTE = [{"role": "origin", "country": "CN"}, {"role": "destination", "country": "FR"}]
PERSONAL = ("Bright", "bright", "8320", "83201234", "Huaqiang")


@pytest.fixture
def shop(partner):
    return partner(
        "marketplace", "MegaMart", ["sellers:write", "sellers:read", "flags:read", "screenings:write"]
    )


@pytest.fixture
def customs(partner):
    return partner("customs", "Douane", ["seizures:write", "seizures:read", "flags:read", "flags:write"])


@pytest.fixture
def call(client, token):
    def make(who, method, path, body=None):
        return client.request(method, path, json=body, headers=token(who))

    return make


@pytest.fixture
def flagged(call, shop, customs, database):
    """A seller whose parcel was seized; its flag has its place in the feed."""
    assert call(shop, "POST", "/v1/sellers", SELLER).status_code == 201
    assert call(customs, "POST", "/v1/seizures", SEIZURE).status_code == 201
    Sequencer(database).place()


def test_customs_pull_the_flag_under_a_pseudonym(call, customs, flagged):
    answer = call(customs, "GET", "/v1/flags")
    [flag] = answer.json()["items"]
    assert (flag["level"], flag["seizures"], flag["alerts"]) == ("medium", 1, 0)
    assert flag["seller"]["pseudonym"].startswith("psn_")
    assert (flag["seller"]["country"], flag["seller"]["marketplaces"]) == ("CN", 1)
    assert flag["seen_by"] == "customs"
    assert "references" not in flag["seller"]
    assert [word for word in (*PERSONAL, "S-9") if word in answer.text] == []


def test_the_feed_goes_on_behind_its_cursor(call, customs, flagged, database):
    cursor = call(customs, "GET", "/v1/flags").json()["next"]
    caught_up = call(customs, "GET", f"/v1/flags?after={cursor}").json()
    assert caught_up["items"] == []
    call(customs, "POST", "/v1/seizures", SEIZURE | {"reference": "FR-2"})
    Sequencer(database).place()
    [flag] = call(customs, "GET", f"/v1/flags?after={caught_up['next']}").json()["items"]
    assert (flag["seizures"], flag["revision"]) == (2, 2)


@pytest.mark.parametrize(
    ("query", "found"), [("level=medium", 1), ("level=high", 0), ("country=CN", 1), ("country=DE", 0)]
)
def test_the_feed_is_filtered(call, customs, flagged, query, found):
    assert len(call(customs, "GET", f"/v1/flags?{query}").json()["items"]) == found


def test_a_marketplace_reads_its_own_sellers_flag_in_bands(call, shop, flagged):
    [flag] = call(shop, "GET", "/v1/flags").json()["items"]
    assert flag["seller"] == {"country": "CN", "references": ["S-9"]}
    assert (flag["seen_by"], flag["seizures_band"]) == ("marketplace", "1-9")
    assert "seizures" not in flag
    assert flag["reasons"][0]["text"] == "1-9 seizures are linked to this seller."


def test_another_marketplace_finds_no_flag(call, partner, shop, flagged):
    key = call(shop, "GET", "/v1/flags").json()["items"][0]["id"]
    other = partner("marketplace", "OtherMart", ["flags:read"])
    assert call(other, "GET", "/v1/flags").json()["items"] == []
    missing = call(other, "GET", f"/v1/flags/{key}")
    never = call(other, "GET", "/v1/flags/flag_00000000000000000000000000")
    assert missing.status_code == never.status_code == 404
    assert missing.json()["detail"] == never.json()["detail"]


def test_a_rights_holder_may_not_ask(call, partner, flagged):
    holder = partner("rights_holder", "Owner", ["flags:read"])
    assert call(holder, "GET", "/v1/flags").status_code == 403


def test_a_flag_is_read_with_its_etag(call, customs, flagged):
    [listed] = call(customs, "GET", "/v1/flags").json()["items"]
    read = call(customs, "GET", f"/v1/flags/{listed['id']}")
    assert read.json() == listed
    assert read.headers["ETag"].split("-")[0] == '"1'


def test_a_look_up_of_a_flagged_sender_tells_nothing_personal(call, customs, flagged):
    answer = call(customs, "POST", "/v1/flags/lookup", ASKED)
    found = answer.json()
    assert (found["answer"], found["reference"]) == ("flagged", "OP-7")
    [candidate] = found["candidates"]
    assert candidate["score"] > 0.9
    assert candidate["flag"]["level"] == "medium"
    assert [word for word in (*PERSONAL, "S-9") if word in answer.text] == []


def test_unknown_and_clear_are_two_answers(call, shop, customs):
    assert call(customs, "POST", "/v1/flags/lookup", ASKED).json() == {
        "reference": "OP-7",
        "answer": "unknown",
        "candidates": [],
    }
    call(shop, "POST", "/v1/sellers", SELLER)
    found = call(customs, "POST", "/v1/flags/lookup", ASKED).json()
    assert found["answer"] == "clear"
    assert [candidate["flag"] for candidate in found["candidates"]] == [None]


def test_look_ups_stream(client, token, customs, flagged):
    lines = [ASKED, {"party": {"legal_name": "Nobody GmbH"}, "purpose": "p", "reference": "OP-8"}, {}]
    answer = client.post(
        "/v1/flags/lookup",
        content=b"\n".join(map(msgspec.json.encode, lines)),
        headers=token(customs) | {"Content-Type": "application/x-ndjson"},
    )
    told = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert [line["status"] for line in told] == [200, 200, 400]
    assert [line["result"]["answer"] for line in told[:2]] == ["flagged", "unknown"]


def test_each_look_up_is_on_record_without_the_person(call, customs, flagged, database):
    call(customs, "POST", "/v1/flags/lookup", ASKED)
    with database.surveying("access") as connection:
        [row] = connection.execute(select(audit).where(audit.c.act == "flag.looked_up"))
    assert row.organization_id == customs.organization_id
    assert row.detail == {"purpose": "selection of parcels", "reference": "OP-7"}


def test_customs_are_told_the_person_on_a_recorded_disclosure(call, customs, flagged, database):
    key = call(customs, "GET", "/v1/flags").json()["items"][0]["id"]
    grounds = {"purpose": "control of a parcel", "reference": "OP-7"}
    [account] = call(customs, "POST", f"/v1/flags/{key}/disclosures", grounds).json()["sellers"]
    assert (account["marketplace"], account["reference"]) == ("MegaMart", "S-9")
    assert (account["legal_name"], account["phone"]) == (SELLER["legal_name"], SELLER["phone"])
    with database.surveying("access") as connection:
        [row] = connection.execute(select(audit).where(audit.c.act == "flag.disclosed"))
    assert (row.subject, row.detail) == (key, grounds)


def test_a_marketplace_gets_no_disclosure(call, client, token, partner, shop, flagged):
    key = call(shop, "GET", "/v1/flags").json()["items"][0]["id"]
    grounds = {"purpose": "curiosity", "reference": "X"}
    assert call(shop, "POST", f"/v1/flags/{key}/disclosures", grounds).status_code == 403
    assert call(shop, "POST", "/v1/flags/lookup", ASKED).status_code == 403


def test_a_lifted_flag_discloses_nobody_and_stays_in_the_feed(call, customs, flagged, database):
    [flag] = call(customs, "GET", "/v1/flags").json()["items"]
    assert call(customs, "DELETE", "/v1/seizures/FR-1").status_code == 204
    Sequencer(database).place()
    refused = call(customs, "POST", f"/v1/flags/{flag['id']}/disclosures", {"purpose": "p", "reference": "r"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/flag-lifted")
    [last] = call(customs, "GET", "/v1/flags").json()["items"]
    assert last["lifted_at"] is not None


def test_a_marketplace_cannot_count_seizures_within_a_band(call, client, shop, customs, flagged, database):
    """Whatever it reads is the same, byte for byte, at two counts of one band; also that nothing is new."""
    offer = {"reference": "L-1", "title": "Wooden chair", "category": "Fashion > Shoes", "ships_from": "CN"}
    numbers = iter(range(2, 100))

    def seize(count):
        for _ in range(count):
            body = SEIZURE | {"reference": f"FR-{next(numbers)}", "route": ROUTE}
            assert call(customs, "POST", "/v1/seizures", body).status_code == 201
        Sequencer(database).place()

    def read():
        flags, seller = call(shop, "GET", "/v1/flags"), call(shop, "GET", "/v1/sellers/S-9")
        flag = call(shop, "GET", f"/v1/flags/{flags.json()['items'][0]['id']}")
        screened = call(shop, "POST", "/v1/screenings", offer | {"seller": "S-9"})
        page = call(shop, "GET", f"/v1/flags?after={cursor}")
        answers = (flag, seller, screened)
        items = flags.json()["items"], page.json()["items"]
        return [answer.content for answer in answers], flag.headers["ETag"], items, told(database, shop)

    seize(2)
    cursor = call(shop, "GET", "/v1/flags").json()["next"]
    at_three = read()
    seize(5)
    assert read() == at_three
    assert b'"1-9"' in at_three[0][2]


def told(database, claims):
    statement = select(events.c.body).where(events.c.organization_id == claims.organization_id)
    with database.surveying("delivery") as connection:
        return list(connection.scalars(statement.order_by(events.c.id)))
