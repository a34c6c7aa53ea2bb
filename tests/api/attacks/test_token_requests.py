"""Every way to cheat at the token endpoint that we know of, and the answer it must get."""

from __future__ import annotations

import base64
import json
import math

from api.assertions import ASSERTION_TYPE

ISSUER = "http://localhost:8000"
TOKEN_URL = f"{ISSUER}/oauth/token"
REFUSED = (401, "invalid_client")
BAD_REQUEST = (400, "invalid_request")


def answer_to(response):
    return response.status_code, response.json()["error"]


def test_assertions(forge, client, made, assertion, now):
    at, mine, other = int(now.timestamp()), made["key"].client_id, made["secret"].client_id
    header = json.dumps({"alg": "ES256", "kid": "k1"}).encode()
    none = json.dumps({"alg": "none", "kid": "k1"}).encode()
    replayed = assertion()
    cases = {
        "aud other": assertion(aud="https://other.example"),
        "aud list": assertion(aud=[ISSUER]),
        "aud token URL": assertion(aud=TOKEN_URL),
        "expired": assertion(exp=at - 11),
        "exp over an hour": assertion(exp=at + 3700),
        "exp in ten years": assertion(exp=at + 315_360_000),
        "exp string": assertion(exp=str(at + 60)),
        "exp NaN": assertion(exp=math.nan),
        "iat +999 s": assertion(iat=at + 999),
        "nbf +999 s": assertion(nbf=at + 999),
        "no jti": assertion(jti=None),
        "no exp": assertion(exp=None),
        "no sub": assertion(sub=None),
        "jti int": assertion(jti=7),
        "jti 5 kB": assertion(jti="j" * 5000),
        "sub list": assertion(sub=[mine]),
        "iss is not sub": assertion(iss=other),
        "other client's sub": assertion(iss=other, sub=other),
        "an unknown client": assertion(iss="cli_nobody", sub="cli_nobody"),
        "wrong key": assertion(key=forge.stranger),
        "unknown kid": assertion(header={"kid": "k9"}),
        "none": forge.raw(none, json.dumps({"sub": mine}).encode(), b""),
        "HS256 with the public key": assertion(key=forge.public, header={"alg": "HS256"}),
        "RS256": assertion(key=forge.rsa, header={"alg": "RS256"}),
        "type of an access token": assertion(header={"typ": "at+jwt"}),
        "junk": "junk",
        "list payload": forge.raw(header, b"[1]"),
        "20,000-deep payload": forge.raw(header, forge.deep()),
        "20,000-deep sub": forge.raw(header, forge.deep(b'{"sub":', b"}")),
        "20,000-deep header": forge.raw(forge.deep(), b"{}"),
        "NUL in the sub": forge.raw(header, b'{"sub": "cli\\u0000"}'),
        "lone surrogate in the sub": forge.raw(header, b'{"sub": "cli\\ud800"}'),
    }
    forms = {name: {"client_assertion": text} for name, text in cases.items()} | {
        "wrong client_id": {"client_assertion": assertion(), "client_id": other},
        "wrong assertion type": {"client_assertion": assertion(), "client_assertion_type": "urn:other"},
        "no assertion type": {"client_assertion": assertion(), "client_assertion_type": ""},
        "replayed": {"client_assertion": replayed},
    }
    basic = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    assert client.post("/oauth/token", data=basic | {"client_assertion": replayed}).status_code == 200
    answers = {name: client.post("/oauth/token", data=basic | form) for name, form in forms.items()}
    assert {name: answer_to(answer) for name, answer in answers.items()} == dict.fromkeys(forms, REFUSED)
    assert len({answer.text for answer in answers.values()}) == 1
    for good in ({}, {"iat": at + 8}, {"nbf": at + 8}, {"exp": at + 3600}):
        form = basic | {"client_assertion": assertion(**good)}
        assert client.post("/oauth/token", data=form).status_code == 200, good


def test_token_requests(client, made):
    shop = made["secret"]

    def basic(pair):
        return {"Authorization": "Basic " + base64.b64encode(pair).decode()}

    right = basic(f"{shop.client_id}:{shop.client_secret}".encode())
    good = "grant_type=client_credentials"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    secret = f"client_id={shop.client_id}&client_secret={shop.client_secret}"
    cases = {
        "no credentials": (good, {}, REFUSED),
        "wrong secret": (good, basic(f"{shop.client_id}:x".encode()), REFUSED),
        "unknown client": (good, basic(f"cli_nobody:{shop.client_secret}".encode()), REFUSED),
        "secret of a client with a key": (good, basic(f"{made['key'].client_id}:x".encode()), REFUSED),
        "right secret in the form": (f"{good}&{secret}", {}, REFUSED),
        "Basic and form": (f"{good}&{secret}", right, BAD_REQUEST),
        "not UTF-8": (good, basic(b"\xff\xfe:\xff"), REFUSED),
        "NUL": (good, basic(f"{shop.client_id}\x00:{shop.client_secret}".encode()), REFUSED),
        "colonless": (good, basic(shop.client_id.encode()), REFUSED),
        "not base64": (good, {"Authorization": "Basic %%%"}, REFUSED),
        "unicode secret": (good, basic(f"{shop.client_id}:pässwörd".encode()), REFUSED),
        "repeated parameter": (f"{good}&scope=a&scope=b", right, BAD_REQUEST),
        "repeated grant": (f"{good}&{good}", right, BAD_REQUEST),
        "bad UTF-8": (good.encode() + b"&scope=\xff", right, BAD_REQUEST),
        "more than 20 fields": (good + "&" + "&".join(f"p{n}=1" for n in range(20)), right, BAD_REQUEST),
        "JSON": ("{}", right | {"Content-Type": "application/json"}, BAD_REQUEST),
        "100 KiB": ("a=" + "x" * 102_400, right, (413, "invalid_request")),
        "password grant": (
            "grant_type=password&username=a&password=b",
            right,
            (400, "unsupported_grant_type"),
        ),
        "scope not owned": (f"{good}&scope=seizures:write", right, (400, "invalid_scope")),
        "mixed scopes": (f"{good}&scope=organization:read+seizures:write", right, (400, "invalid_scope")),
        "a quote in the scope": (f"{good}&scope=%22", right, (400, "invalid_scope")),
    }
    outcomes = {
        name: answer_to(client.post("/oauth/token", content=body, headers=form | headers))
        for name, (body, headers, _) in cases.items()
    }
    assert outcomes == {name: expected for name, (_, _, expected) in cases.items()}
    query = client.post(f"/oauth/token?{secret}", content=good, headers=form)
    assert answer_to(query) == BAD_REQUEST
    assert client.get("/oauth/token").status_code == 405
