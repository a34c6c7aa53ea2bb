"""Matches over HTTP: what each side reads of one that stands no longer."""

from datetime import timedelta

import pytest

from partners.sequencing import Sequencer

NIKE = {"reference": "EM-1", "mark": "NIKE", "office": "EM"}
REPLICA = {"reference": "A-1", "title": "Nike Air Max 1:1 replica shoes", "url": "https://shop.example/1"}
BEAR = {
    "reference": "A-1",
    "title": "Confidential teddy bear",
    "url": "https://shop.example/secret",
    "price": {"amount": "77.00", "currency": "EUR"},
    "images": [{"url": "https://shop.example/secret.jpg"}],
    "ships_from": "LV",
    "ships_to": ["LT"],
}
SHOWN = ("Confidential", "secret", "77.00", '"LV"', '"LT"')


@pytest.fixture
def owner(partner):
    return partner("rights_holder", "Owner", ["trademarks:write", "matches:read", "matches:write"])


@pytest.fixture
def shop(partner):
    return partner(
        "marketplace",
        "Shop",
        ["listings:write", "listings:read", "screenings:read", "matches:read", "cases:read"],
    )


@pytest.fixture
def call(client, token):
    def make(who, method, path, body=None):
        return client.request(method, path, json=body, headers=token(who))

    return make


@pytest.fixture
def match(call, house, owner, shop):
    """The path of a match on a replica."""
    call(owner, "POST", "/v1/trademarks", NIKE)
    Sequencer(house.database).place()
    house.registry.refresh()
    listing = call(shop, "POST", "/v1/listings", REPLICA).json()
    return f"/v1/matches/{listing['screening']['matches'][0]['id']}"


def test_a_withdrawn_match_shows_the_owner_nothing_of_the_new_listing(call, owner, shop, match):
    assert call(owner, "GET", match).json()["listing"]["url"] == "https://shop.example/1"
    assert call(shop, "POST", "/v1/listings", BEAR).status_code == 200
    seen = call(owner, "GET", match)
    assert (seen.json()["listing"], seen.json()["trademark"]["mark"]) == (None, "NIKE")
    assert seen.json()["withdrawn_at"] is not None
    assert [word for word in SHOWN if word in seen.text] == []
    assert call(shop, "GET", match).json()["listing"]["title"] == BEAR["title"]


@pytest.mark.parametrize("gone", ["replaced", "deleted"])
def test_a_withdrawn_match_is_not_confirmed(call, owner, shop, match, gone):
    if gone == "replaced":
        call(shop, "POST", "/v1/listings", BEAR)
    else:
        call(shop, "DELETE", "/v1/listings/A-1")
    judgement = {"judgement": "confirmed", "reason": "a fake"}
    refused = call(owner, "PUT", f"{match}/judgement", judgement)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/match-withdrawn")
    assert call(shop, "GET", "/v1/cases").json()["items"] == []
    assert call(owner, "PUT", f"{match}/judgement", judgement | {"judgement": "rejected"}).status_code == 200


def test_a_confirmation_outlives_its_listing_and_may_be_repeated(call, owner, shop, match):
    judgement = {"judgement": "confirmed", "reason": "a fake"}
    first = call(owner, "PUT", f"{match}/judgement", judgement)
    call(shop, "DELETE", "/v1/listings/A-1")
    again = call(owner, "PUT", f"{match}/judgement", judgement)
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(call(shop, "GET", "/v1/cases").json()["items"]) == 1


@pytest.mark.parametrize("gone", ["replaced", "deleted"])
def test_a_withdrawal_counts_the_matchs_revision_up(call, owner, shop, match, gone):
    if gone == "replaced":
        call(shop, "POST", "/v1/listings", BEAR)
    else:
        call(shop, "DELETE", "/v1/listings/A-1")
    assert call(owner, "GET", match).headers["ETag"].split("-")[0] == '"2'


def test_until_when_a_judgement_holds_is_shown_to_both_sides(call, house, owner, shop, match):
    until = (house.clock() + timedelta(days=30)).date().isoformat()
    said = {"judgement": "rejected", "reason": "Licensed for this season.", "expires_on": until}
    assert call(owner, "PUT", f"{match}/judgement", said).json()["expires_on"] == until
    assert call(owner, "GET", f"{match}/judgement").json()["expires_on"] == until
    assert {call(who, "GET", match).json()["judgement_expires_on"] for who in (owner, shop)} == {until}
    screening = call(shop, "GET", "/v1/listings/A-1").json()["screening"]["id"]
    [candidate] = call(shop, "GET", f"/v1/screenings/{screening}/explanation").json()["candidates"]
    assert (candidate["is_rejected"], candidate["rejected_until"]) == (True, until)


@pytest.mark.parametrize(
    ("until", "status"), [("2020-01-01", 422), ("9999-12-31", 422), ("soon", 400), ("2027-02-30", 400)]
)
def test_a_judgement_cannot_end_on_any_day(call, owner, match, until, status):
    said = {"judgement": "rejected", "reason": "Licensed.", "expires_on": until}
    refused = call(owner, "PUT", f"{match}/judgement", said)
    assert refused.status_code == status
    if status == 422:
        assert refused.json()["errors"][0]["pointer"] == "/expires_on"
