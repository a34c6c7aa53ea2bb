"""Signatures, and what lets us in at a receiver, over HTTP."""

import pytest

URL = "https://hooks.example.com/in"
SCOPES = ["webhooks:read", "webhooks:write"]
WELL_KNOWN = "/.well-known/webhook-keys.json"


@pytest.fixture
def claims(partner):
    return partner("customs", scopes=SCOPES)


@pytest.fixture
def caller(claims):
    return claims


@pytest.fixture
def register(call):
    def make(**wanted):
        answer = call("POST", "/v1/webhook-endpoints", {"url": URL, **wanted})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


def test_whoever_must_not_hold_a_secret_gets_none(register, client):
    made = register(signatures=["v1a"])
    assert (made["secret"], made["signatures"]) == (None, ["v1a"])
    (key,) = client.get(WELL_KNOWN, params={"endpoint": made["id"]}).json()["keys"]
    assert key["public_key"] == made["public_key"]
    assert made["public_key"].startswith("whpk_")


def test_each_endpoint_has_keys_of_its_own(register, client):
    one, other = register(signatures=["v1", "v1a"]), register(signatures=["v1a"])
    assert one["public_key"] != other["public_key"]
    keys = client.get(WELL_KNOWN).json()["keys"]
    assert {key["public_key"] for key in keys} == {one["public_key"], other["public_key"]}
    assert client.get(WELL_KNOWN, params={"endpoint": "end_none"}).json()["keys"] == []


def test_a_key_is_rotated_with_its_overlap(register, call, client):
    made = register(signatures=["v1a"])
    answer = call(
        "POST", f"/v1/webhook-endpoints/{made['id']}/secret", {"signature": "v1a", "overlap_hours": 168}
    )
    assert answer.status_code == 201
    assert answer.json()["secret"] is None
    keys = client.get(WELL_KNOWN, params={"endpoint": made["id"]}).json()["keys"]
    assert [key["public_key"] for key in keys] == [answer.json()["public_key"], made["public_key"]]
    assert [key["expires_at"] for key in keys] == [None, "2026-11-28T12:00:00Z"]


def test_signatures_are_added_and_dropped(register, call):
    made = register()
    path = f"/v1/webhook-endpoints/{made['id']}"
    both = call("PATCH", path, {"signatures": ["v1", "v1a"]}, {"If-Match": "*"})
    assert both.json()["signatures"] == ["v1", "v1a"]
    assert call("PATCH", path, {"signatures": ["v1a"]}, {"If-Match": "*"}).status_code == 200
    again = call("PATCH", path, {"signatures": ["v1"]}, {"If-Match": "*"})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/signatures")
    assert call("POST", f"{path}/secret", {}).json()["secret"].startswith("whsec_")
    assert call("GET", path).json()["signatures"] == ["v1", "v1a"]


def test_a_fourth_secret_conflicts_unless_the_others_end_now(register, call):
    path = f"/v1/webhook-endpoints/{register()['id']}/secret"
    assert [call("POST", path, {}).status_code for _ in range(3)] == [201, 201, 409]
    assert call("POST", path, {"overlap_hours": 0}).status_code == 201


OAUTH = {"token_url": "https://auth.example.com/token", "client_id": "us", "client_secret": "canary-4711"}


def test_what_lets_us_in_is_never_shown(register, call):
    made = register(headers={"X-Api-Key": "canary-4712"}, oauth2=OAUTH)
    shown = call("GET", f"/v1/webhook-endpoints/{made['id']}")
    assert shown.json()["headers"] == ["X-Api-Key"]
    assert shown.json()["oauth2"] == {
        "token_url": OAUTH["token_url"], "client_id": "us", "scope": None,
    }  # fmt: skip
    assert "canary" not in shown.text + str(made)


def test_a_part_of_it_is_changed_or_taken_away(register, call):
    path = f"/v1/webhook-endpoints/{register(headers={'X-Key': 'a'}, oauth2=OAUTH)['id']}"
    changed = call("PATCH", path, {"oauth2": None}, {"If-Match": "*"}).json()
    assert (changed["headers"], changed["oauth2"]) == (["X-Key"], None)
    changed = call("PATCH", path, {"headers": {}}, {"If-Match": "*"}).json()
    assert changed["headers"] == []


@pytest.mark.parametrize("headers", [{"Host": "x"}, {"webhook-id": "x"}, {"X": "a\r\nb"}])
def test_headers_that_could_forge_are_refused(call, headers):
    answer = call("POST", "/v1/webhook-endpoints", {"url": URL, "headers": headers})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/headers/")


def test_order_and_rate_are_kept(register, call):
    made = register(ordered=True, rate_per_s=2.5)
    assert (made["ordered"], made["rate_per_s"]) == (True, 2.5)
    path = f"/v1/webhook-endpoints/{made['id']}"
    changed = call("PATCH", path, {"ordered": False, "rate_per_s": None}, {"If-Match": "*"}).json()
    assert (changed["ordered"], changed["rate_per_s"]) == (False, None)
