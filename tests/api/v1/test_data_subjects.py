"""Whoever answers for a person can tell it what is held, or erase it, and either is on record."""

import pytest

PERSON = {
    "legal_name": "Shenzhen Bright Trading Co., Ltd",
    "address": {"city": "Shenzhen", "country": "CN"},
    "phone": "+86 755 8320 1234",
}
SELLER = PERSON | {"reference": "S-9"}
SEIZURE = {
    "reference": "FR-1",
    "seized_on": "2026-11-20",
    "administration": "FR",
    "channel": "express",
    "consignor": PERSON,
    "items": [{"commodity": "footwear", "quantity": {"value": 40, "unit": "pieces"}}],
}
SCOPES = ["sellers:write", "sellers:read", "people:read", "people:write", "listings:write", "audit:read"]


@pytest.fixture
def shop(partner):
    return partner("marketplace", "MegaMart", SCOPES)


@pytest.fixture
def caller(shop):
    return shop


@pytest.fixture
def seller(call):
    call("POST", "/v1/sellers", SELLER)
    call("POST", "/v1/listings", {"reference": "L-1", "title": "wooden chair", "seller": "S-9"})


@pytest.fixture
def seized(call, seller, partner):
    customs = partner("customs", "Douane", ["seizures:write"])
    assert call("POST", "/v1/seizures", SEIZURE, who=customs).status_code == 201


def acts(call):
    return [one["act"] for one in call("GET", "/v1/audit").json()["items"]]


def test_all_that_is_held_of_a_seller_is_told_and_that_is_on_record(call, seller):
    told = call("GET", "/v1/sellers/S-9/export").json()
    assert (told["legal_name"], told["phone"]) == (PERSON["legal_name"], PERSON["phone"])
    assert ([one["title"] for one in told["listings"]], told["flag"]) == (["wooden chair"], None)
    [entry] = call("GET", "/v1/audit").json()["items"]
    assert (entry["act"], entry["subject"]) == ("person.exported", told["id"])


def test_a_flag_is_told_in_bands_and_a_seizure_not_at_all(call, seized):
    answer = call("GET", "/v1/sellers/S-9/export")
    assert (answer.json()["flag"]["level"], answer.json()["flag"]["seizures_band"]) == ("medium", "1-9")
    assert [word for word in ("FR-1", "szr_", "Douane", "psn_") if word in answer.text] == []


def test_the_flag_of_a_deleted_seller_is_told_too(call, seized):
    made = call("GET", "/v1/sellers/S-9").json()["id"]
    assert call("DELETE", "/v1/sellers/S-9", If_Match="*").status_code == 204
    told = call("GET", f"/v1/sellers/{made}/export").json()
    assert (told["legal_name"], told["listings_count"]) == (PERSON["legal_name"], 1)
    assert told["flag"]["level"] == "medium"


def test_an_erased_seller_is_nobody_any_more(call, seller):
    made = call("GET", "/v1/sellers/S-9").json()["id"]
    assert call("POST", "/v1/sellers/S-9/erasure").status_code == 204
    assert call("GET", "/v1/sellers/S-9").status_code == 404
    told = call("GET", f"/v1/sellers/{made}/export").json()
    assert (told["legal_name"], told["deleted_at"] is None) == ("", False)
    assert acts(call) == ["person.erased", "person.exported"]


def test_a_person_that_a_seizure_leads_to_is_held_while_its_flag_stands(call, seized):
    refused = call("POST", "/v1/sellers/S-9/erasure")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/person-held")
    assert call("GET", "/v1/sellers/S-9").json()["legal_name"] == PERSON["legal_name"]
    assert acts(call) == []


def test_an_erasure_heeds_the_revision_it_names(call, seller):
    assert call("POST", "/v1/sellers/S-9/erasure", If_Match='"7"').status_code == 412
    assert call("POST", "/v1/sellers/S-9/erasure", If_Match='"1"').status_code == 204


def test_somebody_elses_seller_is_as_missing_and_nothing_is_on_record(call, seller, partner):
    other = partner("marketplace", "OtherMart", SCOPES)
    made = call("GET", "/v1/sellers/S-9").json()["id"]
    asked = [("GET", "export"), ("POST", "erasure")]
    assert {call(method, f"/v1/sellers/{made}/{what}", who=other).status_code for method, what in asked} == {
        404
    }
    assert call("GET", "/v1/audit", who=other).json()["items"] == []
    assert call("GET", "/v1/sellers/S-9").status_code == 200
