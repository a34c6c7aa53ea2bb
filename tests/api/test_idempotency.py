"""`Idempotency-Key` over HTTP: each POST that creates is done once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from api.app import create_app
from tests.contract import CONTRACT

SCOPES = [
    "listings:write",
    "sellers:write",
    "sellers:read",
    "webhooks:read",
    "webhooks:write",
]
KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
SELLER = {"reference": "S-9", "display_name": "Bright Harbor", "email": "sales@bright-harbor.example"}
LISTING = {"reference": "A-1", "title": "A plain kettle", "seller": SELLER}
URL = "https://hooks.example.com/in"


@pytest.fixture
def claims(partner):
    return partner("marketplace", scopes=SCOPES)


@pytest.fixture
def post(client, token, claims):
    """POST as the marketplace, with the key."""

    def send(path, body=None, key=KEY, who=claims, **rest):
        return client.post(path, json=body, headers={**token(who), **key}, **rest)

    return send


@pytest.fixture
def sellers(client, token, claims):
    return lambda: client.get("/v1/sellers", headers=token(claims)).json()["items"]


def test_a_repeated_request_gets_the_first_answer_again(post, sellers):
    first, again = post("/v1/sellers", SELLER), post("/v1/sellers", SELLER)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len(sellers()) == 1


def test_a_listing_with_its_screening_is_one_transaction_too(post):
    first, again = post("/v1/listings", LISTING), post("/v1/listings", LISTING)
    assert first.status_code == 201, first.text
    assert again.json()["screening"] == first.json()["screening"]
    assert again.headers["idempotent-replayed"] == "true"


def test_another_body_with_the_key_is_422(post, sellers):
    post("/v1/sellers", SELLER)
    other = post("/v1/sellers", SELLER | {"reference": "S-10"})
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert [seller["reference"] for seller in sellers()] == ["S-9"]


def test_the_key_of_another_client_is_another_key(post, partner, sellers):
    post("/v1/sellers", SELLER)
    other = post("/v1/sellers", SELLER, who=partner("marketplace", scopes=SCOPES))
    assert other.status_code == 201
    assert "idempotent-replayed" not in other.headers


def test_the_key_on_another_operation_is_another_key(post):
    post("/v1/sellers", SELLER)
    assert post("/v1/listings", LISTING).status_code == 201


def test_without_a_key_nothing_is_repeated(post):
    assert [post("/v1/sellers", SELLER, key={}).status_code for _ in range(2)] == [201, 200]


def test_a_refused_request_leaves_the_key_free_for_the_corrected_one(post):
    assert post("/v1/sellers", SELLER | {"email": 3}).status_code == 400
    assert post("/v1/webhook-endpoints", {"url": "http://hooks.example.com/"}).status_code == 422
    assert post("/v1/sellers", SELLER).status_code == 201
    assert post("/v1/webhook-endpoints", {"url": URL}).status_code == 201


def test_a_secret_is_shown_once(post, client, token, claims):
    first, again = (post("/v1/webhook-endpoints", {"url": URL}) for _ in range(2))
    assert first.json()["secret"].startswith("whsec_")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/secret-already-shown")
    assert "whsec_" not in again.text
    assert len(client.get("/v1/webhook-endpoints", headers=token(claims)).json()["items"]) == 1


def test_a_rotated_secret_is_shown_once_and_rotated_once(post):
    path = f"/v1/webhook-endpoints/{post('/v1/webhook-endpoints', {'url': URL}).json()['id']}/secret"
    first, again = (post(path, {"overlap_hours": 1}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["type"] == "/problems/secret-already-shown"


def test_the_path_is_part_of_the_request(post):
    made = [post("/v1/webhook-endpoints", {"url": URL}, key={}).json()["id"] for _ in range(2)]
    first, other = (post(f"/v1/webhook-endpoints/{key}/secret", {"overlap_hours": 1}) for key in made)
    assert (first.status_code, other.status_code) == (201, 422)


def test_an_answer_without_a_body_of_its_own_is_repeated_with_its_status(post, enabled):
    path = f"/v1/webhook-endpoints/{enabled}/test"
    first, again = post(path), post(path)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()


def test_an_event_is_told_anew_once(post, enabled, client, token, claims):
    told = post("/v1/event-types/endpoint.test/trigger")
    assert post("/v1/event-types/endpoint.test/trigger").json() == told.json()
    path = f"/v1/events/{told.json()['event']}/replay"
    first, again = (post(path, {"endpoint": enabled}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    sent = client.get("/v1/deliveries", params={"endpoint": enabled}, headers=token(claims)).json()["items"]
    assert sorted(each["event"] for each in sent) == sorted([told.json()["event"], first.json()["id"]])


@pytest.fixture
def enabled(client, house, token, claims):
    """An endpoint at a private address, which the operator allows, is its own consent."""
    allowing = replace(house.settings, webhooks_allow_http=True, webhooks_allow_private=True)
    with TestClient(create_app(replace(house, settings=allowing))) as trial:
        answer = trial.post(
            "/v1/webhook-endpoints", json={"url": "http://127.0.0.1:9/"}, headers=token(claims)
        )
    return answer.json()["id"]


def test_a_key_is_a_string_or_a_token(post):
    for key in ("abc", '"a b"', "8e03978e-40d5", '"a\\"b"', '"' + "x" * 255 + '"', "y" * 255):
        assert post("/v1/sellers", SELLER, key={"Idempotency-Key": key}).status_code in {200, 201}, key


def test_quoted_or_bare_it_is_the_same_key(post):
    post("/v1/sellers", SELLER, key={"Idempotency-Key": "abc"})
    again = post("/v1/sellers", SELLER, key={"Idempotency-Key": '"abc"'})
    assert again.headers["idempotent-replayed"] == "true"


def test_anything_else_is_no_key(post):
    for key in ("", '""', '"a', "a b", 'a"b', '"a\\b"', "a,b", "é", '"' + "x" * 256 + '"', "y" * 256, "(a)"):
        answer = post("/v1/sellers", SELLER, key={"Idempotency-Key": key.encode()})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid"), key
        assert answer.json()["errors"][0]["in"] == "header"


def test_two_keys_are_none(client, token, claims):
    headers = [*token(claims).items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert client.post("/v1/sellers", json=SELLER, headers=headers).status_code == 400


def test_a_stream_is_taken_each_line_by_its_reference(post):
    stream = {"Content-Type": "application/x-ndjson"}
    body = b'{"reference": "S-1"}\n{"reference": "S-2"}\n'
    answers = [post("/v1/sellers", content=body, key=KEY | stream) for _ in range(2)]
    assert [answer.text.count('"status":201') for answer in answers] == [2, 0]
    assert [answer.text.count('"status":200') for answer in answers] == [0, 2]


def test_a_revoked_token_is_not_told_the_answer(post, revoke, claims):
    post("/v1/sellers", SELLER)
    revoke(claims)
    assert post("/v1/sellers", SELLER).status_code == 401


def test_every_post_that_creates_takes_a_key():
    """A POST that changes something, but those that only ask, or whose repetition says so itself.

    A recovery takes what is missing still, in as many transactions as that needs: an answer that is kept
    would make one of them. Who is erased is nobody to be erased again.
    """
    without = {
        "screen_listing",
        "explain_listing",
        "look_up_flags",
        "disclose_flag",
        "verify_webhook_endpoint",
        "recover_webhook_endpoint",
        "erase_seller",
    }
    lacking = {
        path["post"]["operationId"]
        for route, path in CONTRACT["paths"].items()
        if route.startswith("/v1/") and "post" in path
        if "Idempotency-Key" not in {each["name"] for each in path["post"].get("parameters", [])}
    }
    assert lacking == without


def test_of_fifty_at_once_one_is_done_and_none_is_done_twice(client, token, claims, enabled):
    """The others are answered alike, or told that the first is still under way."""
    path, headers = "/v1/event-types/endpoint.test/trigger", {**token(claims), **KEY}
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: client.post(path, headers=headers), range(50)))
    done = [answer for answer in answers if answer.status_code == 202]
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["event"] for answer in done}) == 1
    assert client.post(path, headers=headers).json() == done[0].json()
    told = client.get("/v1/deliveries", params={"endpoint": enabled}, headers=token(claims)).json()["items"]
    assert [each["event"] for each in told] == [done[0].json()["event"]]
