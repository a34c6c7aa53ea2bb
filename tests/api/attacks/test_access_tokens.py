"""Every way to cheat with an access token that we know of is a 401 with a challenge."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

from joserfc.jwk import OctKey
from sqlalchemy import update

from partners.records.clients import clients

ME = "/v1/organization"


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_access_tokens(forge, client, made, claims_of, mint, signer, assertion, revoke, database, now):
    shop = made["key"]
    good = mint(claims_of(shop))
    header, payload, signature = good.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    tampered = json.dumps(said | {"organization_id": made["secret"].organization_id}).encode()
    [kid] = [json.loads(base64.urlsafe_b64decode(header + "=="))["kid"]]
    taken_back = claims_of(shop)
    revoke(taken_back)
    none = json.dumps({"alg": "none", "typ": "at+jwt", "kid": kid}).encode()
    bare = {"Authorization": f"Bearer {good}"}
    typed = {"alg": "ES256", "typ": "at+jwt", "kid": kid}
    private = signer._keys.current
    assert client.get(ME, headers=_bearer(forge.sign(typed, said, private))).status_code == 200
    ours = OctKey.import_key(json.dumps(signer.public_keys().as_dict()["keys"][0]))
    headers = {
        "expired": mint(claims_of(shop), at=now - timedelta(seconds=311)),
        "other issuer and audience": mint(claims_of(shop), issuer="https://other.example"),
        "no kid": forge.sign({"alg": "ES256", "typ": "at+jwt"}, said, forge.key),
        "another key under our kid": forge.sign(
            {"alg": "ES256", "typ": "at+jwt", "kid": kid}, said, forge.key
        ),
        "no typ": forge.sign({"alg": "ES256", "kid": kid}, said, forge.key),
        "client assertion used as token": assertion(),
        "tampered tenant": f"{header}.{base64.urlsafe_b64encode(tampered).rstrip(b'=').decode()}.{signature}",
        "stripped signature": f"{header}.{payload}.",
        "none": forge.raw(none, json.dumps(said).encode(), b""),
        "HS256 with our public key": forge.sign({"alg": "HS256", "typ": "at+jwt", "kid": kid}, said, ours),
        "revoked": mint(taken_back),
        "another client's tenant": mint(claims_of(shop, organization_id=made["secret"].organization_id)),
        "another kind": mint(claims_of(shop, kind="operator")),
        "a client that is none": mint(claims_of(shop, client_id="cli_nobody")),
        "deep": forge.raw(forge.deep(levels=5_000), forge.deep(levels=5_000), b"x"),
        "odd bytes": "\x01\x7f",
        "empty": "",
    }
    sent = {name: {"Authorization": f"Bearer {token}".encode("latin-1")} for name, token in headers.items()}
    sent |= {
        "no header": {},
        "Bearer alone": {"Authorization": "Bearer"},
        "Basic": {"Authorization": "Basic YTpi"},
        "not ASCII": {"Authorization": b"Bearer t\xf6ken"},
        "a bound token as Bearer": {"Authorization": f"Bearer {mint(claims_of(shop, bound_to='x' * 43))}"},
        "a plain token as DPoP": {"Authorization": f"DPoP {good}"},
    }
    answers = {name: client.get(ME, headers=given) for name, given in sent.items()}
    answers["in the query"] = client.get(f"/v1/organization?access_token={good}")
    twice = [*bare.items(), *bare.items()]
    answers["two headers"] = client.get(ME, headers=twice)
    outcomes = {
        name: (each.status_code, "www-authenticate" in each.headers) for name, each in answers.items()
    }
    assert outcomes == dict.fromkeys(answers, (401, True))
    assert client.get(ME, headers={"Authorization": f"Bearer {'x' * 40_000}"}).status_code in {401, 431}
    assert client.get(ME, headers={"Authorization": f"bearer {good}"}).status_code == 200
    missing = client.get("/v1/events", headers=bare)
    assert (missing.status_code, 'scope="webhooks:read"' in missing.headers["www-authenticate"]) == (
        403,
        True,
    )
    suspended = update(clients).where(clients.c.id == shop.client_id).values(suspended_at=now)
    database.acting("access", lambda connection, _: connection.execute(suspended))
    assert client.get(ME, headers=bare).status_code == 401
