"""A client manages what it proves itself with: keys overlap, secrets rotate, nobody locks themselves out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import update

from partners.client_keys import new_private_key
from partners.records.clients import credentials


@pytest.fixture
def public(client_keys):
    return client_keys.public


def path_of(made, *rest):
    return "/".join(["/v1/clients", made.client_id, *rest])


def test_a_key_is_exchanged_without_a_gap(public, call_as, make_client, prove_by_key, client_acts):
    made = make_client()
    added = call_as(made, "POST", path_of(made, "keys"), {"jwk": public("k2"), "overlap_hours": 24})
    assert (added.status_code, added.json()["kid"]) == (201, "k2")
    assert [prove_by_key(made, "k1"), prove_by_key(made, "k2")] == [200, 200]
    old, new = call_as(made, "GET", path_of(made, "keys")).json()["items"]
    assert (old["kid"], old["expires_at"]) == ("k1", "2026-11-22T12:00:00Z")
    assert (new["kid"], new["expires_at"]) == ("k2", None)
    assert call_as(made, "DELETE", path_of(made, "keys", "k1")).status_code == 204
    assert [prove_by_key(made, "k1"), prove_by_key(made, "k2")] == [401, 200]
    assert client_acts() == ["client.created", "client.key_added", "client.credential_removed"]


def test_a_key_ends_at_its_date(public, call_as, make_client, prove_by_key, database, now):
    made = make_client()
    ends = (now + timedelta(hours=1)).isoformat()
    assert (
        call_as(made, "POST", path_of(made, "keys"), {"jwk": public("k2"), "expires_at": ends}).status_code
        == 201
    )
    assert prove_by_key(made, "k2") == 200
    statement = update(credentials).where(credentials.c.expires_at.is_not(None)).values(expires_at=now)
    database.acting("access", lambda connection, _: connection.execute(statement))
    assert [prove_by_key(made, "k1"), prove_by_key(made, "k2")] == [200, 401]


def test_two_keys_at_a_time_are_enough(public, call_as, make_client):
    made = make_client()
    assert call_as(made, "POST", path_of(made, "keys"), {"jwk": public("k2")}).status_code == 201
    third = call_as(made, "POST", path_of(made, "keys"), {"jwk": public("k3")})
    assert (third.status_code, third.json()["type"]) == (409, "/problems/too-many-credentials")


def test_the_last_key_cannot_be_deleted(call_as, make_client, prove_by_key):
    made = make_client()
    answer = call_as(made, "DELETE", path_of(made, "keys", "k1"))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-credential")
    assert call_as(made, "DELETE", path_of(made, "keys", "k9")).status_code == 404
    assert prove_by_key(made, "k1") == 200


def test_only_good_public_keys_are_added(public, call_as, make_client, now):
    made = make_client()
    weak = dict(RSAKey.generate_key(1024).as_dict(private=False))
    bodies = {
        "private": {"jwk": new_private_key("k2")},
        "weak": {"jwk": weak},
        "symmetric": {"jwk": {"kty": "oct", "k": "c2VjcmV0"}},
        "junk": {"jwk": {"kty": [1]}},
        "empty": {"jwk": {}},
        "the same kid": {"jwk": public("k2") | {"kid": "k1"}},
        "a control character": {"jwk": public("k2") | {"kid": "a\u0007"}},
        "over already": {"jwk": public("k2"), "expires_at": now.isoformat()},
    }
    answers = {name: call_as(made, "POST", path_of(made, "keys"), body) for name, body in bodies.items()}
    assert {name: each.status_code for name, each in answers.items()} == dict.fromkeys(bodies, 422)
    assert new_private_key("k2")["d"] not in answers["private"].text


def test_what_a_key_says_beside_itself_is_not_kept(public, call_as, make_client):
    made = make_client()
    jwk = public("k2") | {"x5u": "https://evil.example", "extra": {"deep": [1]}}
    kept = call_as(made, "POST", path_of(made, "keys"), {"jwk": jwk}).json()["jwk"]
    assert set(kept) == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_clients_of_others_are_not_there(public, call_as, make_client):
    mine, other = make_client(), make_client()
    assert [each["id"] for each in call_as(mine, "GET", "/v1/clients").json()["items"]] == [mine.client_id]
    attempts = [
        ("GET", path_of(other), None),
        ("PATCH", path_of(other), {"name": "x"}),
        ("PATCH", path_of(other), {"jwks_uri": "https://partner.example/jwks.json"}),
        ("GET", path_of(other, "keys"), None),
        ("POST", path_of(other, "keys"), {"jwk": public("k2")}),
        ("DELETE", path_of(other, "keys", "k1"), None),
        ("POST", path_of(other, "secret"), {}),
    ]
    missing = [(method, path.replace(other.client_id, "cli_nobody"), body) for method, path, body in attempts]
    told = [call_as(mine, *each, If_Match="*") for each in attempts]
    assert [answer.status_code for answer in told] == [404] * 7
    for yours, nobodys in zip(told, [call_as(mine, *each, If_Match="*") for each in missing], strict=True):
        assert yours.json() | {"instance": ""} == nobodys.json() | {"instance": ""}


def test_a_token_makes_no_client_that_is_stronger_than_itself(public, call_as, make_client, prove_by_key):
    strong = make_client()
    weak = make_client(scopes=("organization:write",), kid="k2", organization_id=strong.organization_id)
    for method, path, body in [
        ("POST", path_of(strong, "keys"), {"jwk": public("k3")}),
        ("POST", path_of(strong, "secret"), {}),
        ("PATCH", path_of(strong), {"name": "mine"}),
        ("DELETE", path_of(strong, "keys", "k1"), None),
    ]:
        assert call_as(weak, method, path, body, If_Match="*").status_code == 403
    assert call_as(strong, "POST", path_of(weak, "keys"), {"jwk": public("k3")}).status_code == 201
    assert prove_by_key(weak, "k3") == 200


def test_reading_is_not_writing(public, call_as, make_client):
    made = make_client()
    answer = call_as(made, "POST", path_of(made, "keys"), {"jwk": public("k2")}, scopes=["organization:read"])
    assert answer.status_code == 403


def test_a_secret_is_rotated_with_an_overlap_and_shown_once(
    call_as, make_client, prove_by_secret, database, now, client_acts
):
    made = make_client(kid=None)
    answer = call_as(made, "POST", path_of(made, "secret"), {"overlap_hours": 1}, Idempotency_Key="once")
    new = answer.json()["client_secret"]
    assert answer.status_code == 201
    assert [prove_by_secret(made.client_id, each) for each in (str(made.client_secret), new)] == [200, 200]
    again = call_as(made, "POST", path_of(made, "secret"), {"overlap_hours": 1}, Idempotency_Key="once")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/secret-already-shown")
    listed = call_as(made, "GET", path_of(made, "keys"))
    assert [each["expires_at"] for each in listed.json()["items"]] == ["2026-11-21T13:00:00Z", None]
    assert new not in listed.text
    third = call_as(made, "POST", path_of(made, "secret"), {"overlap_hours": 1}).json()["client_secret"]
    good = [prove_by_secret(made.client_id, each) for each in (str(made.client_secret), new, third)]
    assert good == [401, 200, 200]
    assert client_acts() == ["client.created", "client.secret_rotated", "client.secret_rotated"]


def test_without_an_overlap_the_old_secret_ends_now(call_as, make_client, prove_by_secret):
    made = make_client(kid=None)
    new = call_as(made, "POST", path_of(made, "secret"), {"overlap_hours": 0}).json()["client_secret"]
    assert [prove_by_secret(made.client_id, each) for each in (str(made.client_secret), new)] == [401, 200]


def test_a_client_opts_into_sending_its_secret_in_the_form(call_as, make_client, prove_by_secret):
    made = make_client(kid=None)
    assert prove_by_secret(made.client_id, made.client_secret, in_form=True) == 401
    body = {"token_endpoint_auth_method": "client_secret_post"}
    answer = call_as(made, "PATCH", path_of(made), body, If_Match='"1"')
    assert (answer.status_code, answer.json()["token_endpoint_auth_method"]) == (200, "client_secret_post")
    assert prove_by_secret(made.client_id, made.client_secret, in_form=True) == 200


def test_a_client_moves_from_its_secret_to_a_key(public, call_as, make_client, prove_by_key, prove_by_secret):
    made = make_client(kid=None)
    body = {"token_endpoint_auth_method": "private_key_jwt"}
    early = call_as(made, "PATCH", path_of(made), body, If_Match="*")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/last-credential")
    call_as(made, "POST", path_of(made, "keys"), {"jwk": public("k1")})
    assert call_as(made, "PATCH", path_of(made), body, If_Match="*").status_code == 200
    assert prove_by_key(made, "k1") == 200
    assert prove_by_secret(made.client_id, made.client_secret) == 401


def test_a_change_needs_the_etag_that_was_read(call_as, make_client):
    made = make_client()
    tag = call_as(made, "GET", path_of(made)).headers["etag"]
    assert call_as(made, "PATCH", path_of(made), {"name": "New"}).status_code == 428
    assert call_as(made, "PATCH", path_of(made), {"name": "New"}, If_Match='"7"').status_code == 412
    changed = call_as(made, "PATCH", path_of(made), {"name": "New"}, If_Match=tag)
    assert (changed.json()["name"], changed.headers["etag"].split("-")[0]) == ("New", '"2')


def test_bound_tokens_are_asked_for_by_a_switch(call_as, make_client, prove_by_key):
    made = make_client()
    assert prove_by_key(made, "k1") == 200
    body = {"dpop_bound_access_tokens": True}
    assert call_as(made, "PATCH", path_of(made), body, If_Match="*").json()["dpop_bound_access_tokens"]
    assert prove_by_key(made, "k1") == 400


def test_customs_stay_with_a_key_and_bound_tokens(call_as, make_client):
    made = make_client("customs")
    for body in (
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"dpop_bound_access_tokens": False},
    ):
        assert call_as(made, "PATCH", path_of(made), body, kind="customs", If_Match="*").status_code == 422
    assert call_as(made, "POST", path_of(made, "secret"), {}, kind="customs").status_code == 403
