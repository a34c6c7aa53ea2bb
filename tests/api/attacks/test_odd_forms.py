"""Odd bytes in any field of a form, or in Basic, are a refusal in RFC 6749's shape."""

from __future__ import annotations

import base64
from itertools import product

FIELDS = ["grant_type", "scope", "client_id", "client_assertion", "client_assertion_type", "code", "token"]
ODD = ["%00", "%ED%A0%80", "%FF", "%0d%0aX-Evil:%201", "%F0%9F%98%80", "%zz", "%", "\u0663", "a" * 3_000]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_an_odd_field_of_a_stranger_is_refused(client):
    for room, name, odd in product(("token", "revoke", "introspect"), FIELDS, ODD):
        body = f"{name}={odd}" + ("" if name == "grant_type" else "&grant_type=client_credentials")
        answer = client.post(f"/oauth/{room}", content=body.encode(), headers=FORM)
        assert (answer.status_code, "error" in answer.json()) in {(400, True), (401, True)}, body


def test_odd_names_and_secrets_in_basic_are_those_of_an_unknown_client(client, made):
    for pair in (
        b"cli%00:x",
        b"cli_\x00:x",
        b"\xff:\xff",
        b"cli%ED%A0%80:%FF",
        b"::",
        b":",
        b"a" * 9_000 + b":",
    ):
        headers = FORM | {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        answer = client.post("/oauth/token", content=b"grant_type=client_credentials", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), pair
