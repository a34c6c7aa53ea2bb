"""Seizures over HTTP: the form, totals by unit, links with reasons, and nobody else's eyes."""

import msgspec
import pytest

SELLER = {"reference": "S-9", "legal_name": "Shenzhen Bright Trading Co., Ltd", "phone": "+86 755 8320 1234"}
SEIZURE = {
    "reference": "FR-1",
    "seizure_case_reference": "FR-CASE-1",
    "seized_on": "2026-11-20",
    "administration": "FR",
    "office": "FRLIO",
    "direction": "import",
    "channel": "express",
    "route": [{"role": "origin", "country": "CN"}, {"role": "destination", "country": "FR"}],
    "detection": "risk_profile",
    "concealment": "false_label",
    "e_commerce": {"marketplace": "MegaMart", "order": "O-1"},
    "consignor": {
        "legal_name": "SHENZHEN BRIGHT TRADING COMPANY LIMITED",
        "phone": "0086-755-83201234",
        "address": {"country": "CN"},
    },
    "consignee": {"legal_name": "Camille Acheteuse"},
    "items": [
        {
            "commodity": "footwear",
            "hs_code": "6403.91",
            "brand": "Nike",
            "right": "eutm",
            "quantity": {"value": 40, "unit": "pieces"},
            "value": {"amount": "1200.50", "currency": "EUR"},
            "gtin": "4006381333931",
            "serials": ["A1"],
        },
        {"commodity": "perfumes_cosmetics", "quantity": {"value": 2.5, "unit": "l"}},
        {"commodity": "clothing", "quantity": {"value": 60, "unit": "pieces"}},
    ],
    "outcome": "suspended",
}


@pytest.fixture
def customs(partner):
    return partner("customs", "Douane", ["seizures:write", "seizures:read"])


@pytest.fixture
def caller(customs):
    return customs


def test_a_seizure_is_answered_as_reported_with_totals_by_unit(call):
    answer = call("POST", "/v1/seizures", SEIZURE)
    assert (answer.status_code, answer.headers["ETag"].split("-")[0]) == (201, '"1')
    seizure = answer.json()
    assert seizure["totals"] == [{"unit": "l", "quantity": 2.5}, {"unit": "pieces", "quantity": 100}]
    assert seizure["items"][0] == SEIZURE["items"][0] | {"hs_code": "640391", "description": None}
    for name in ("office", "direction", "channel", "route", "detection", "concealment", "outcome"):
        assert seizure[name] == SEIZURE[name]
    assert seizure["consignee"]["legal_name"] == "Camille Acheteuse"
    assert call("GET", "/v1/seizures/FR-1").json() == seizure


def test_four_fields_are_enough(call):
    seizure = {name: SEIZURE[name] for name in ("reference", "seized_on", "administration")}
    made = call("POST", "/v1/seizures", seizure | {"items": [{"commodity": "toys"}]})
    assert (made.status_code, made.json()["seizure_case_reference"]) == (201, "FR-1")
    assert made.json()["totals"] == []


def test_the_answer_names_the_sellers_it_leads_to_by_pseudonym_with_reasons(call, partner):
    shop = partner("marketplace", "MegaMart", ["sellers:write"])
    call("POST", "/v1/sellers", SELLER, who=shop)
    [link] = call("POST", "/v1/seizures", SEIZURE).json()["sellers"]
    assert (link["role"], link["pseudonym"][:4]) == ("consignor", "psn_")
    assert link["score"] > 0.9
    assert {"name", "phone"} <= {reason["code"] for reason in link["reasons"]}
    assert "Bright" not in str(link)


@pytest.mark.parametrize(
    ("field", "value", "status", "pointer"),
    [
        ("office", "FR1", 400, "/office"),
        ("direction", "sideways", 400, "/direction"),
        ("items", [], 400, "/items"),
        ("items", [{"commodity": "unicorns"}], 400, "/items/0/commodity"),
        ("items", [{"commodity": "toys", "hs_code": "7701"}], 422, "/items/0/hs_code"),
        ("consignor", {"address": {"country": "XX"}}, 422, "/consignor/address/country"),
    ],
)
def test_a_field_that_does_not_fit_is_named(call, field, value, status, pointer):
    refused = call("POST", "/v1/seizures", SEIZURE | {field: value})
    assert refused.status_code == status
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


def test_seizures_of_one_case_are_listed(call):
    for reference, case in (("FR-1", "C-1"), ("FR-2", "C-1"), ("FR-3", "C-2")):
        call("POST", "/v1/seizures", SEIZURE | {"reference": reference, "seizure_case_reference": case})
    found = call("GET", "/v1/seizures?seizure_case_reference=C-1").json()["items"]
    assert [seizure["reference"] for seizure in found] == ["FR-1", "FR-2"]


def test_put_replaces_and_delete_removes(call):
    call("POST", "/v1/seizures", SEIZURE)
    changed = call("PUT", "/v1/seizures/FR-1", SEIZURE | {"outcome": "court"}).json()
    assert (changed["outcome"], changed["revision"]) == ("court", 2)
    assert call("DELETE", "/v1/seizures/FR-1").status_code == 204
    assert call("GET", "/v1/seizures/FR-1").status_code == 404


def test_another_administration_finds_nothing(call, partner):
    made = call("POST", "/v1/seizures", SEIZURE).json()
    zoll = partner("customs", "Zoll", ["seizures:write", "seizures:read"])
    for method in ("GET", "DELETE"):
        assert call(method, f"/v1/seizures/{made['id']}", who=zoll).status_code == 404
    assert call("PUT", f"/v1/seizures/{made['id']}", SEIZURE, who=zoll).status_code == 404
    assert call("GET", "/v1/seizures", who=zoll).json()["items"] == []


@pytest.mark.parametrize("kind", ["marketplace", "rights_holder", "operator"])
def test_seizures_are_a_matter_of_customs(call, partner, kind):
    assert call("GET", "/v1/seizures", who=partner(kind, "X", ["seizures:read"])).status_code == 403


def test_seizures_stream(client, token, customs):
    lines = [SEIZURE, SEIZURE | {"reference": "FR-2", "administration": "XX"}, SEIZURE]
    answer = client.post(
        "/v1/seizures",
        content=b"\n".join(map(msgspec.json.encode, lines)),
        headers=token(customs) | {"Content-Type": "application/x-ndjson"},
    )
    told = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert [line["status"] for line in told] == [201, 422, 200]
