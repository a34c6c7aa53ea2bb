"""Sellers over HTTP: kept by reference, answered with their risk, seen by their marketplace alone."""

import msgspec
import pytest

SELLER = {
    "reference": "S-9",
    "legal_name": "Shenzhen Bright Trading Co., Ltd",
    "address": {"city": "Shenzhen", "country": "CN"},
    "phone": "+86 755 8320 1234",
}


@pytest.fixture
def shop(partner):
    return partner("marketplace", "MegaMart", ["sellers:write", "sellers:read"])


@pytest.fixture
def caller(shop):
    return shop


def test_a_new_seller_is_answered_with_its_risk(call):
    answer = call("POST", "/v1/sellers", SELLER)
    assert (answer.status_code, answer.headers["ETag"].split("-")[0]) == (201, '"1')
    seller = answer.json()
    assert seller["id"].startswith("slr_")
    assert seller["risk"] == {"level": "unknown", "score": 0.0, "reasons": []}
    assert (seller["legal_name"], seller["email"]) == (SELLER["legal_name"], "")


def test_only_the_reference_is_required(call):
    assert call("POST", "/v1/sellers", {"reference": "S-1"}).status_code == 201


def test_a_known_reference_is_replaced_and_the_same_again_is_not(call):
    first = call("POST", "/v1/sellers", SELLER).json()
    same = call("POST", "/v1/sellers", SELLER)
    assert (same.status_code, same.json()) == (200, first)
    other = call("POST", "/v1/sellers", SELLER | {"email": "a@b.example"}).json()
    assert (other["id"], other["revision"]) == (first["id"], 2)


@pytest.mark.parametrize("by", ["id", "reference"])
def test_a_seller_is_read_by_id_and_by_reference(call, by):
    made = call("POST", "/v1/sellers", SELLER).json()
    assert call("GET", f"/v1/sellers/{made[by]}").json() == made


def test_put_adds_and_replaces(call):
    assert call("PUT", "/v1/sellers/S-9", SELLER).status_code == 201
    changed = call("PUT", "/v1/sellers/S-9", SELLER | {"tax_id": "DE123456789"}, If_Match='"1"')
    assert (changed.status_code, changed.headers["ETag"].split("-")[0]) == (200, '"2')


def test_put_refuses_a_revision_that_is_gone(call):
    call("PUT", "/v1/sellers/S-9", SELLER)
    assert call("PUT", "/v1/sellers/S-9", SELLER | {"tax_id": "1234"}, If_Match='"7"').status_code == 412
    assert call("PUT", "/v1/sellers/S-9", SELLER | {"tax_id": "1234"}, If_None_Match="*").status_code == 412
    assert call("GET", "/v1/sellers/S-9").json()["revision"] == 1


def test_put_of_another_reference_is_refused(call):
    refused = call("PUT", "/v1/sellers/S-1", SELLER)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reference")


def test_sellers_are_listed_page_by_page(call):
    for number in range(3):
        call("POST", "/v1/sellers", {"reference": f"S-{number}"})
    first = call("GET", "/v1/sellers?limit=2").json()
    last = call("GET", f"/v1/sellers?limit=2&after={first['next']}").json()
    assert [seller["reference"] for seller in first["items"] + last["items"]] == ["S-0", "S-1", "S-2"]


def test_a_deleted_seller_is_gone_and_may_come_back(call):
    call("POST", "/v1/sellers", SELLER)
    assert call("DELETE", "/v1/sellers/S-9").status_code == 204
    assert call("GET", "/v1/sellers/S-9").status_code == 404
    assert call("GET", "/v1/sellers").json()["items"] == []
    assert call("POST", "/v1/sellers", SELLER).status_code == 201


def test_another_marketplace_finds_nothing_and_changes_nothing(call, partner):
    made = call("POST", "/v1/sellers", SELLER).json()
    other = partner("marketplace", "OtherMart", ["sellers:write", "sellers:read"])
    for method in ("GET", "DELETE"):
        assert call(method, f"/v1/sellers/{made['id']}", who=other).status_code == 404
        assert call(method, "/v1/sellers/S-9", who=other).status_code == 404
    assert call("PUT", f"/v1/sellers/{made['id']}", SELLER, who=other).status_code == 404
    assert call("GET", "/v1/sellers", who=other).json()["items"] == []


@pytest.mark.parametrize("kind", ["customs", "rights_holder", "operator"])
def test_sellers_are_a_matter_of_marketplaces(call, partner, kind):
    assert call("GET", "/v1/sellers", who=partner(kind, "X", ["sellers:read"])).status_code == 403


def test_sellers_stream_and_a_bad_line_harms_no_other(call, client, token, shop):
    lines = [SELLER, {"reference": "S-1", "address": {"country": "XX"}}, {"reference": 7}, SELLER]
    answer = client.post(
        "/v1/sellers",
        content=b"\n".join(map(msgspec.json.encode, lines)),
        headers=token(shop) | {"Content-Type": "application/x-ndjson"},
    )
    told = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert [line["status"] for line in told] == [201, 422, 400, 200]
    assert told[1]["problem"]["errors"][0]["pointer"] == "/address/country"


def test_nothing_personal_is_logged_or_repeated_in_an_error(call, capfd):
    person = {"legal_name": "Zyxcanary", "email": "zyxcanary@b.example", "phone": "+43 755 443 3221"}
    call("POST", "/v1/sellers", SELLER | person)
    refused = call("POST", "/v1/sellers", SELLER | person | {"email": "zyxcanary", "social": "zyxcanary"})
    broken = call("POST", "/v1/sellers", SELLER | person | {"email": "zyxcanary"})
    assert (refused.status_code, broken.status_code) == (400, 422)
    written = capfd.readouterr()
    assert "/v1/sellers" in written.out + written.err
    told = (written.out + written.err + refused.text + broken.text).lower()
    assert [word for word in ("zyxcanary", "443 3221", "4433221") if word in told] == []
