"""A marketplace's own listings teach it words, and no spelling clears itself, however often it is sent."""

import json

import pytest

from partners.sequencing import Sequencer

SCOPES = ["listings:read", "listings:write", "screenings:write", "trademarks:write"]
MARK = {"reference": "EM-7", "mark": "Quintavora", "office": "EM"}


@pytest.fixture
def owner(partner):
    return partner("rights_holder", "Owner", scopes=SCOPES)


@pytest.fixture
def shop(partner):
    return partner("marketplace", "Shop", scopes=SCOPES)


@pytest.fixture
def mark(client, house, token, owner):
    """Register the mark, and let the registry know it."""

    def make():
        assert client.post("/v1/trademarks", json=MARK, headers=token(owner)).status_code == 201
        Sequencer(house.database).place()
        house.registry.refresh()

    return make


@pytest.fixture
def send(client, house, token):
    """Keep listings of a title, one by each seller, and let the market learn them."""

    def make(who, title, sellers, each=1):
        rows = [
            {"reference": f"{seller} {number} {title[:20]}", "title": title, "seller": seller}
            for seller in sellers
            for number in range(each)
        ]
        headers = {**token(who), "Content-Type": "application/x-ndjson"}
        body = "\n".join(map(json.dumps, rows)).encode()
        assert client.post("/v1/listings", content=body, headers=headers).status_code == 200
        house.registry.markets.refresh()

    return make


@pytest.fixture
def advice(client, token):
    """The verdict on a title of a seller not seen before, and its score on the mark, 0 if unseen."""

    def ask(who, title):
        answer = client.post(
            "/v1/screenings", json={"reference": "q", "title": title, "seller": "S-new"}, headers=token(who)
        ).json()
        return answer["verdict"], max((match["score"] for match in answer["matches"]), default=0.0)

    return ask


@pytest.mark.parametrize("title", ["Qu1ntavora bag", "Quin\u200btavora bag", "Q⭐intavora bag"])
def test_a_visible_disguise_stays_what_it_is_however_many_sellers_write_it(mark, shop, send, advice, title):
    mark()
    before = advice(shop, title)
    assert before[0] in {"alert", "review"}
    send(shop, title, [f"S-{n}" for n in range(40)])
    assert advice(shop, title) == before


def test_a_visible_disguise_is_not_excused_by_what_was_sold_before_the_mark(mark, shop, send, advice):
    send(shop, "Qu1ntavora bag", [f"S-{n}" for n in range(40)])
    mark()
    assert advice(shop, "Qu1ntavora bag")[0] in {"alert", "review"}


def test_a_misspelling_under_review_is_not_cleared_by_being_sent_by_many(mark, shop, send, advice):
    mark()
    before = advice(shop, "Quintavoza bag")
    assert before[0] == "review"
    send(shop, "Quintavoza bag", [f"S-{n}" for n in range(40)])
    assert advice(shop, "Quintavoza bag") == before


def test_one_seller_counts_once_however_many_listings_it_has(mark, shop, send, advice, partner):
    other = partner("marketplace", "Other shop", scopes=SCOPES)
    send(shop, "Quintavoza bag", ["S-1"], each=60)
    send(other, "Quintavoza bag", ["S-1"])
    mark()
    assert advice(shop, "Quintavoza bag")[1] == pytest.approx(advice(other, "Quintavoza bag")[1], abs=0.02)


def test_a_word_that_many_sellers_of_several_marketplaces_used_before_is_their_word(
    mark, shop, send, advice, partner
):
    for who in (shop, *[partner("marketplace", f"Shop {n}", scopes=SCOPES) for n in range(2)]):
        send(who, "Quintavoza bag", [f"S-{n}" for n in range(12)])
    mark()
    other = partner("marketplace", "Other shop", scopes=SCOPES)
    assert advice(other, "Quintavoza bag")[0] == "review"
    assert advice(shop, "Quintavoza bag")[1] < advice(other, "Quintavoza bag")[1]
    assert advice(shop, "Quintavoza bag")[0] == "clear"
