"""The third story, over HTTP: a seizure flags a seller, and the flag enters the verdict on its listing."""

import pytest

from partners.sequencing import Sequencer

NIKE = {"reference": "EM-1", "mark": "NIKE", "office": "EM", "nice_classes": [25]}
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
    "seized_on": "2026-11-20",
    "administration": "FR",
    "channel": "mail",
    "route": [{"role": "origin", "country": "CN"}],
    "consignor": {"legal_name": "SHENZHEN BRIGHT TRADING COMPANY LIMITED", "phone": "0086-755-83201234"},
    "items": [{"commodity": "footwear", "brand": "Nike", "quantity": {"value": 12, "unit": "pieces"}}],
}


@pytest.fixture
def call(client, token):
    def make(who, method, path, body=None):
        answer = client.request(method, path, json=body, headers=token(who))
        assert answer.status_code < 300, answer.text
        return answer.json()

    return make


@pytest.fixture
def shop(partner):
    return partner(
        "marketplace", "MegaMart", ["sellers:write", "sellers:read", "listings:write", "flags:read"]
    )


@pytest.fixture
def customs(partner):
    return partner("customs", "Douane", ["seizures:write", "flags:read"])


def test_a_seizure_flags_the_seller_and_the_flag_enters_the_verdict(call, partner, shop, customs, house):
    call(partner("rights_holder", "Owner", ["trademarks:write"]), "POST", "/v1/trademarks", NIKE)
    Sequencer(house.database).place()
    house.registry.refresh()
    call(shop, "POST", "/v1/sellers", SELLER)
    before = call(shop, "POST", "/v1/listings", PLAIN)["screening"]
    assert (before["verdict"], before["seller"]["risk"], before["seizures"]["similar"]) == (
        "clear",
        "unknown",
        "none",
    )

    for number in range(2):
        call(customs, "POST", "/v1/seizures", SEIZURE | {"reference": f"FR-{number}"})
    Sequencer(house.database).place()
    [flag] = call(customs, "GET", "/v1/flags")["items"]
    assert flag["level"] in {"medium", "high"}
    assert call(shop, "GET", "/v1/sellers/S-9")["risk"]["level"] == flag["level"]

    after = call(shop, "POST", "/v1/listings", PLAIN)["screening"]
    assert after["verdict"] in {"review", "alert"}
    assert (after["seller"]["reference"], after["seller"]["risk"]) == ("S-9", flag["level"])
    assert after["seizures"]["similar"] == "1-9"
    assert after["score"] > before["score"]


def test_a_seller_inside_a_listing_is_kept_like_any_other(call, shop, customs, house):
    call(customs, "POST", "/v1/seizures", SEIZURE | {"reference": "FR-1"})
    answer = call(shop, "POST", "/v1/listings", PLAIN | {"seller": SELLER})
    assert answer["seller"] == "S-9"
    assert answer["screening"]["seller"]["risk"] == "medium"
    assert call(shop, "GET", "/v1/sellers/S-9")["legal_name"] == SELLER["legal_name"]


def test_a_rights_holder_learns_nothing_of_all_this(call, client, token, partner, shop, customs, house):
    owner = partner(
        "rights_holder", "Owner", ["trademarks:write", "matches:read", "matches:write", "notices:read"]
    )
    call(owner, "POST", "/v1/trademarks", NIKE)
    Sequencer(house.database).place()
    house.registry.refresh()
    call(customs, "POST", "/v1/seizures", SEIZURE | {"reference": "FR-1"})
    call(shop, "POST", "/v1/sellers", SELLER)
    call(shop, "POST", "/v1/listings", PLAIN | {"title": "Nike Air Max 1:1 replica"})
    answer = client.get("/v1/matches", headers=token(owner))
    [match] = answer.json()["items"]
    opinion = {"judgement": "confirmed", "reason": "a fake"}
    call(owner, "PUT", f"/v1/matches/{match['id']}/judgement", opinion)
    notices = client.get("/v1/notices", headers=token(owner))
    assert len(notices.json()["items"]) == 1
    for told in (answer.text, notices.text):
        assert [word for word in ("Bright", "S-9", "psn_", "seiz", "flag", "risk") if word in told] == []
