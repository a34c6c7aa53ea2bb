"""Listings over HTTP: the verdict in the answer, streams, revisions, and whose they are."""

import json

import pytest

from partners.sequencing import Sequencer

SCOPES = ["listings:read", "listings:write", "screenings:write", "matches:read", "trademarks:write"]
NIKE = {"reference": "EM-1", "mark": "NIKE", "office": "EM", "nice_classes": [18, 25]}
REPLICA = {
    "reference": "A-123",
    "title": "👟 Nike Air Max 1:1 replica shoes",
    "brand": None,
    "price": {"amount": "29.90", "currency": "EUR"},
    "ships_from": "CN",
    "ships_to": ["DE"],
    "url": "https://shop.example/a-123",
    "images": [{"url": "https://shop.example/a-123.jpg"}],
    "seller": "S-9",
    "attributes": {"color": "red"},
}


@pytest.fixture
def owner(partner):
    return partner("rights_holder", "Owner", scopes=SCOPES)


@pytest.fixture
def shop(partner):
    return partner("marketplace", "Shop", scopes=SCOPES)


@pytest.fixture
def caller(shop):
    return shop


@pytest.fixture
def nike(call, house, owner):
    """NIKE, registered and known to the registry."""
    made = call("POST", "/v1/trademarks", NIKE, who=owner).json()
    Sequencer(house.database).place()
    house.registry.refresh()
    return made


@pytest.fixture
def stream(client, token, shop):
    """Send objects, or raw lines, as NDJSON; returns the lines of the answer."""

    def send(path, lines):
        body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        headers = {**token(shop), "Content-Type": "application/x-ndjson"}
        answer = client.post(path, content=body.encode(), headers=headers)
        assert answer.status_code == 200
        return [json.loads(line) for line in answer.text.splitlines()]

    return send


def test_the_answer_carries_the_listing_and_its_screening(call, nike):
    answer = call("POST", "/v1/listings", REPLICA)
    body = answer.json()
    assert (answer.status_code, answer.headers["etag"].split("-")[0], body["revision"]) == (201, '"1', 1)
    assert (body["reference"], body["seller"], body["price"]) == ("A-123", "S-9", REPLICA["price"])
    screening = body["screening"]
    assert (screening["listing"], screening["verdict"], screening["limits"]) == ("A-123", "alert", [])
    assert screening["id"].startswith("scr_")
    assert 0 < screening["score"] <= 1
    assert screening["seller"] == {"reference": "S-9", "risk": "unknown", "reasons": []}
    assert (screening["seizures"]["similar"], screening["registry_version"]) == ("none", 1)
    [match] = screening["matches"]
    assert match["id"].startswith("mch_")
    assert match["trademark"] == {
        "id": nike["id"],
        "mark": "NIKE",
        "office": "EM",
        "registration_number": None,
    }
    assert match["use"] == "replica"
    assert {"code", "text", "weight", "at"} == set(match["reasons"][0])
    assert match["reasons"][0]["at"] == {
        "field": "title",
        "start": match["found"]["start"],
        "end": match["found"]["end"],
    }
    assert "comparisons" not in match


def test_spans_count_code_points_of_the_field_as_submitted(call, nike):
    [match] = call("POST", "/v1/listings", REPLICA).json()["screening"]["matches"]
    found = match["found"]
    assert found == {"field": "title", "text": "Nike", "start": 2, "end": 6}
    assert REPLICA["title"][found["start"] : found["end"]] == found["text"]


def test_a_screening_keeps_nothing_and_has_no_ids(call, nike):
    answer = call("POST", "/v1/screenings", REPLICA)
    body = answer.json()
    assert (answer.status_code, body["id"], body["verdict"]) == (200, None, "alert")
    assert body["matches"][0]["id"] is None
    assert call("GET", "/v1/listings").json()["items"] == []
    kept = call("POST", "/v1/listings", REPLICA).json()["screening"]
    assert set(kept) == set(body)
    assert set(kept["matches"][0]) == set(body["matches"][0])


def test_a_listing_is_read_replaced_listed_and_deleted(call, nike):
    made = call("POST", "/v1/listings", REPLICA).json()
    assert call("GET", f"/v1/listings/{made['id']}").json() == made
    assert call("POST", "/v1/listings", REPLICA).json() == made
    again = call("PUT", "/v1/listings/A-123", REPLICA | {"title": "Red chair"})
    assert (again.status_code, again.json()["revision"]) == (200, 2)
    assert call("GET", "/v1/listings?verdict=alert").json()["items"] == []
    assert len(call("GET", "/v1/listings?verdict=clear&seller=S-9").json()["items"]) == 1
    assert call("DELETE", "/v1/listings/A-123").status_code == 204
    assert call("GET", "/v1/listings/A-123").status_code == 404
    back = call("POST", "/v1/listings", REPLICA)
    assert (back.status_code, back.json()["id"]) == (201, made["id"])


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"price": {"amount": "1.999", "currency": "EUR"}}, 422, "/price/amount"),
        ({"price": {"amount": "1.99", "currency": "ZZZ"}}, 422, "/price/currency"),
        ({"ships_to": ["QQ"]}, 422, "/ships_to/0"),
        ({"nice_classes": [0]}, 422, "/nice_classes/0"),
        ({"title": " \u200b"}, 422, "/title"),
        ({"gtin": "40063813339"}, 400, "/gtin"),
        ({"seller": "slr_01m7zzd93pepsaydqp0rnw6psp"}, 422, "/seller"),
        ({"seller": {"reference": "S", "address": {"country": "QQ"}}}, 422, "/seller/address/country"),
        ({"price": {"amount": 1.99, "currency": "EUR"}}, 400, "/price/amount"),
        ({"quantity": "2"}, 400, "/quantity"),
        ({"gtin": "12345678\n"}, 400, "/gtin"),
        ({"url": "javascript:alert(1)"}, 400, "/url"),
        ({"colour": "red"}, 400, "/colour"),
        ({"title": "a\x00b"}, 400, None),
    ],
)
def test_what_does_not_decode_is_400_and_a_broken_rule_422(call, change, status, pointer):
    answer = call("POST", "/v1/listings", REPLICA | change)
    assert answer.status_code == status, answer.text
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert call("GET", "/v1/listings").json()["items"] == []


def test_one_bad_line_harms_no_other(stream, call, nike):
    rows = stream(
        "/v1/listings",
        [
            REPLICA,
            {"reference": "B"},
            "",
            REPLICA | {"reference": "C", "ships_from": "QQ"},
            '{"reference": "D',
        ],
    )
    assert [(row["line"], row["status"], row["reference"]) for row in rows] == [
        (1, 201, "A-123"),
        (2, 400, "B"),
        (4, 422, "C"),
        (5, 400, None),
    ]
    assert rows[0]["result"]["screening"]["verdict"] == "alert"
    assert len(call("GET", "/v1/listings").json()["items"]) == 1


def test_a_stream_may_be_longer_than_a_batch_and_name_a_reference_twice(stream, call):
    lines = [{"reference": f"R-{number % 400}", "title": f"Chair {number}"} for number in range(600)]
    rows = stream("/v1/listings", lines)
    assert [row["status"] for row in rows] == [201] * 400 + [200] * 200
    assert call("GET", "/v1/listings/R-10").json()["title"] == "Chair 410"


def test_a_stream_of_screenings_keeps_nothing(stream, call, nike):
    rows = stream("/v1/screenings", [REPLICA, REPLICA])
    assert [row["result"]["verdict"] for row in rows] == ["alert", "alert"]
    assert call("GET", "/v1/listings").json()["items"] == []


def test_each_side_reads_of_a_match_what_is_its_own_to_know(call, nike, owner):
    call("POST", "/v1/listings", REPLICA)
    [ours] = call("GET", "/v1/matches").json()["items"]
    [theirs] = call("GET", "/v1/matches", who=owner).json()["items"]
    assert ours["id"] == theirs["id"]
    assert ours["listing"]["reference"] == "A-123"
    assert "reference" not in ours["trademark"]
    assert theirs["trademark"]["reference"] == "EM-1"
    assert theirs["listing"]["url"] == REPLICA["url"]
    assert theirs["listing"]["price"] == REPLICA["price"]
    assert "S-9" not in json.dumps(theirs)
    assert "A-123" not in json.dumps(theirs["trademark"])
    assert call("GET", f"/v1/matches/{ours['id']}", who=owner).json() == theirs


def test_plain_naming_is_clear_and_listed_when_asked_for(call, nike, owner):
    call("POST", "/v1/listings", REPLICA | {"title": "Nike Air Max running shoes"})
    assert call("GET", "/v1/matches", who=owner).json()["items"] == []
    assert len(call("GET", "/v1/matches?verdict=clear", who=owner).json()["items"]) == 1


def test_what_is_another_marketplaces_does_not_exist(call, nike, partner):
    made = call("POST", "/v1/listings", REPLICA).json()
    stranger = partner("marketplace", "Stranger", scopes=SCOPES)
    match_id = made["screening"]["matches"][0]["id"]
    for path in (f"/v1/listings/{made['id']}", f"/v1/matches/{match_id}"):
        assert call("GET", path, who=stranger).status_code == 404
    assert call("DELETE", f"/v1/listings/{made['id']}", who=stranger).status_code == 404
    assert call("PUT", f"/v1/listings/{made['id']}", REPLICA, who=stranger).status_code == 404
    # the same reference is the stranger's own to use
    assert call("POST", "/v1/listings", REPLICA, who=stranger).status_code == 201


def test_if_match_is_honored_where_it_is_sent(call):
    call("POST", "/v1/listings", REPLICA)
    changed = REPLICA | {"title": "Red chair"}
    assert call("PUT", "/v1/listings/A-123", changed, **{"If-Match": '"2"'}).status_code == 412
    assert call("PUT", "/v1/listings/A-123", changed, **{"If-Match": '"1"'}).status_code == 200
    assert call("DELETE", "/v1/listings/A-123", **{"If-Match": '"1"'}).status_code == 412
