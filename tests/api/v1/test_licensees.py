"""Licensed sellers over HTTP: named, listed, taken off, and what that does to what is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partners.planning import SETTLING
from partners.revisiting import Revisiting
from partners.sequencing import Sequencer

NIKE = {"reference": "EM-1", "mark": "NIKE", "office": "EM", "nice_classes": [25]}
LICENSE = {"marketplace": "MegaMart", "seller": "S-9"}
LICENSEES = "/v1/trademarks/EM-1/licensees"
SELLER = {"reference": "S-9", "legal_name": "Shenzhen Bright Trading Co., Ltd", "phone": "+86 755 8320 1234"}
PLAIN = {
    "reference": "A-1",
    "title": "Nike Air Max 90 running shoes, size 42",
    "category": "Apparel > Shoes",
    "ships_from": "CN",
    "ships_to": ["FR"],
    "seller": "S-9",
}
SEIZURE = {
    "reference": "FR-1",
    "seizure_case_reference": "FR-C-1",
    "seized_on": "2026-11-20",
    "administration": "FR",
    "channel": "mail",
    "route": [{"role": "origin", "country": "CN"}],
    "consignor": SELLER | {"reference": None},
    "items": [{"commodity": "footwear", "brand": "Nike", "quantity": {"value": 12, "unit": "pieces"}}],
}
del SEIZURE["consignor"]["reference"]
OF_SHOPS = ["sellers:write", "listings:read", "listings:write", "screenings:write", "matches:read"]
OF_OWNERS = ["trademarks:read", "trademarks:write", "matches:read", "webhooks:read", "audit:read"]


@pytest.fixture
def owner(partner):
    return partner("rights_holder", "Owner", OF_OWNERS)


@pytest.fixture
def caller(owner):
    return owner


@pytest.fixture
def shop(partner):
    return partner("marketplace", "MegaMart", OF_SHOPS)


@pytest.fixture
def other_shop(partner):
    return partner("marketplace", "OtherMart", OF_SHOPS)


@pytest.fixture
def nike(call, house):
    """NIKE, registered and searchable; its id."""
    made = call("POST", "/v1/trademarks", NIKE).json()
    Sequencer(house.database).place()
    house.registry.refresh()
    return made["id"]


@pytest.fixture
def flagged(call, partner, nike, shop, other_shop):
    """A seller whose consignment was seized, under one reference on two marketplaces; a listing on each."""
    for who in (shop, other_shop):
        assert call("POST", "/v1/sellers", SELLER, who=who).status_code == 201
    customs = partner("customs", "Douane", ["seizures:write"])
    assert call("POST", "/v1/seizures", SEIZURE, who=customs).status_code == 201
    return [call("POST", "/v1/listings", PLAIN, who=who).json()["id"] for who in (shop, other_shop)]


@pytest.fixture
def advise_again(house):
    """What the worker does once everybody has ended who writes with older advice."""

    def act(later=SETTLING):
        worker = Revisiting(house.desk, house.registry, lambda: house.clock() + later)
        while worker.work():
            pass

    return act


@pytest.fixture
def verdicts(call, flagged, shop, other_shop):
    def read():
        pairs = zip((shop, other_shop), flagged, strict=True)
        return [
            call("GET", f"/v1/listings/{key}", who=who).json()["screening"]["verdict"] for who, key in pairs
        ]

    return read


def test_a_licensed_seller_clears_its_stored_listing_there_alone_until_it_is_taken_off(
    call, verdicts, advise_again
):
    assert verdicts() == ["review", "review"]
    made = call("POST", LICENSEES, LICENSE).json()
    advise_again()
    assert verdicts() == ["clear", "review"]
    assert call("DELETE", f"{LICENSEES}/{made['id']}").status_code == 204
    advise_again()
    assert verdicts() == ["review", "review"]


def test_the_rights_holder_hears_of_verdicts_that_changed_and_of_no_others(
    call, house, verdicts, advise_again
):
    made = call("POST", LICENSEES, LICENSE).json()
    advise_again()
    call("DELETE", f"{LICENSEES}/{made['id']}")
    advise_again()
    advise_again(SETTLING + timedelta(hours=1))
    Sequencer(house.database).place()
    told = call("GET", "/v1/events?type=match.verdict_changed").json()["items"]
    changes = [(each["data"]["verdict"], each["data"]["use"]) for each in told]
    assert changes == [("clear", "licensed"), ("review", "origin")]


def test_a_new_submission_of_a_licensee_is_clear_at_once_alone_and_in_bulk(
    call, client, token, flagged, shop
):
    call("POST", LICENSEES, LICENSE)
    [match] = call("POST", "/v1/screenings", PLAIN, who=shop).json()["matches"]
    assert (match["verdict"], match["use"]) == ("clear", "licensed")
    lines = "\n".join(str(PLAIN | {"reference": f"B-{n}"}).replace("'", '"') for n in range(3))
    headers = token(shop) | {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/listings", content=lines, headers=headers).text
    assert answer.count('"use":"licensed"') == 3


def test_the_answer_is_the_same_whether_there_is_such_a_seller_or_not(call, flagged):
    known = call("POST", LICENSEES, LICENSE)
    unknown = call("POST", LICENSEES, LICENSE | {"seller": "S-nobody"})
    assert (known.status_code, unknown.status_code) == (201, 201)
    told = [set(answer.json().items()) for answer in (known, unknown)]
    assert {name for name, _ in told[0] ^ told[1]} == {"id", "seller"}
    assert known.json() | {"id": ""} == LICENSE | {
        "id": "",
        "until": None,
        "created_at": known.json()["created_at"],
        "updated_at": known.json()["created_at"],
    }


def test_licensees_are_listed_page_by_page(call, nike, shop):
    made = [call("POST", LICENSEES, LICENSE | {"seller": f"S-{n}"}).json() for n in range(3)]
    first = call("GET", f"/v1/trademarks/{nike}/licensees?limit=2").json()
    assert first["items"] == made[:2]
    rest = call("GET", f"/v1/trademarks/{nike}/licensees?limit=2&after={first['next']}").json()
    assert (rest["items"], rest["next"]) == (made[2:], None)


def test_a_known_licensee_is_replaced_and_the_same_again_is_not(call, nike, shop):
    made = call("POST", LICENSEES, LICENSE).json()
    again = call("POST", LICENSEES, LICENSE)
    assert (again.status_code, again.json()) == (200, made)
    ended = call("POST", LICENSEES, LICENSE | {"until": "2027-01-31"})
    assert (ended.status_code, ended.json()["id"], ended.json()["until"]) == (200, made["id"], "2027-01-31")
    assert call("GET", LICENSEES).json()["items"] == [ended.json()]


def test_a_key_makes_one_license_of_two_requests(call, nike, shop):
    first = call("POST", LICENSEES, LICENSE, Idempotency_Key="k-1")
    again = call("POST", LICENSEES, LICENSE, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    other = call("POST", LICENSEES, LICENSE | {"seller": "S-8"}, Idempotency_Key="k-1")
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"marketplace": "NoMart"}, 422, "/marketplace"),
        ({"marketplace": "Owner"}, 422, "/marketplace"),
        ({"until": "2020-01-31"}, 422, "/until"),
        ({"seller": "slr_01m7zzd93pepsaydqp0rnw6psp"}, 422, "/seller"),
        ({"seller": ""}, 400, "/seller"),
        ({"seller": "S\x00"}, 400, "/seller"),
        ({"until": "soon"}, 400, "/until"),
        ({"since": "2026-01-01"}, 400, "/since"),
    ],
)
def test_what_is_wrong_is_told_where_it_is(call, nike, shop, change, status, pointer):
    answer = call("POST", LICENSEES, LICENSE | change)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


def test_a_name_that_two_marketplaces_have_names_neither(call, nike, shop, partner):
    namesake = partner("marketplace", "megamart")
    assert call("POST", LICENSEES, LICENSE).status_code == 422
    assert call("POST", LICENSEES, LICENSE | {"marketplace": namesake.organization_id}).status_code == 201


def test_nobody_elses_registration_has_licensees_to_see_or_to_change(call, nike, shop, partner):
    made = call("POST", LICENSEES, LICENSE).json()
    stranger = partner("rights_holder", "Stranger", OF_OWNERS)
    path = f"/v1/trademarks/{nike}/licensees"
    assert call("GET", path, who=stranger).status_code == 404
    assert call("POST", path, LICENSE, who=stranger).status_code == 404
    assert call("DELETE", f"{path}/{made['id']}", who=stranger).status_code == 404
    call("POST", "/v1/trademarks", NIKE, who=stranger)
    assert call("DELETE", f"{LICENSEES}/{made['id']}", who=stranger).status_code == 404
    assert call("GET", path).json()["items"] == [made]


def test_a_license_that_is_not_there_is_404(call, nike):
    assert call("DELETE", f"{LICENSEES}/lic_01m7zzd93pepsaydqp0rnw6psp").status_code == 404


def test_only_rights_holders_with_the_scope_name_licensees(call, nike, shop, partner):
    reader = partner("rights_holder", "Reader", ["trademarks:read"])
    assert call("POST", LICENSEES, LICENSE, who=reader).status_code == 403
    assert call("GET", LICENSEES, who=shop).status_code == 403


def test_who_licensed_whom_is_on_record(call, nike, shop):
    made = call("POST", LICENSEES, LICENSE).json()
    call("DELETE", f"{LICENSEES}/{made['id']}")
    entries = call("GET", f"/v1/audit?subject={nike}").json()["items"]
    acts = {entry["act"]: entry["detail"]["seller"] for entry in entries}
    assert acts == {"trademark.licensed": "S-9", "trademark.license_ended": "S-9"}
