"""Every way to cheat with a DPoP proof that we know of is a 401 with a challenge."""

from __future__ import annotations

import json
import math
import secrets

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from api.app import create_app
from api.proofs import hash_token

ISSUER = "http://localhost:8000"
ME = f"{ISSUER}/v1/organization"


@pytest.fixture
def prove(forge, now):
    def prove(token, key=forge.key, header=None, **changes):
        claims = {"jti": secrets.token_hex(8), "htm": "GET", "htu": ME, "iat": int(now.timestamp())}
        claims |= {"ath": hash_token(token)} | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        given = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)} | (header or {})
        return forge.sign({name: value for name, value in given.items() if value is not None}, kept, key)

    return prove


def test_proofs(forge, claims_of, client, made, mint, prove, now):
    token = mint(claims_of(made["key"], bound_to=forge.key.thumbprint()))
    at = int(now.timestamp())
    public = forge.key.as_dict(private=False)

    def ask(*proofs):
        headers = [("Authorization", f"DPoP {token}"), *(("DPoP", proof) for proof in proofs)]
        return client.get("/v1/organization", headers=headers)

    def with_jwk(jwk):
        said = {"jti": "x", "htm": "GET", "htu": ME, "iat": at, "ath": hash_token(token)}
        return forge.raw(
            json.dumps({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}).encode(), json.dumps(said).encode()
        )

    unsigned = json.dumps({"typ": "dpop+jwt", "alg": "none", "jwk": public}).encode()
    used = prove(token)
    assert [ask(used).status_code, ask(prove(token, jti="j1")).status_code] == [200, 200]
    refused = {
        "missing": (),
        "two": (prove(token), prove(token)),
        "reused jti": (used,),
        "the same jti in another proof": (prove(token, jti="j1", purpose="another"),),
        "upper-cased": (prove(token).upper(),),
        **{f"no {name}": (prove(token, **{name: None}),) for name in ("jti", "htm", "htu", "iat", "ath")},
        "no typ": (prove(token, header={"typ": None}),),
        "no jwk": (prove(token, header={"jwk": None}),),
        "wrong typ": (prove(token, header={"typ": "JWT"}),),
        "private key": (prove(token, header={"jwk": forge.key.as_dict(private=True)}),),
        "oct key": (with_jwk({"kty": "oct", "k": "c2VjcmV0"}),),
        "junk key": (with_jwk({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),),
        "kty [1]": (with_jwk({"kty": [1]}),),
        "deep key": (forge.raw(forge.deep(b'{"typ":"dpop+jwt","alg":"ES256","jwk":', b"}"), b"{}"),),
        "RS256": (prove(token, key=forge.rsa, header={"alg": "RS256"}),),
        "none": (forge.raw(unsigned, b"{}", b""),),
        "wrong key": (prove(token, key=forge.stranger),),
        "the key of another signature": (prove(token, key=forge.stranger, header={"jwk": public}),),
        "wrong htm": (prove(token, htm="POST"),),
        "wrong htu": (prove(token, htu=f"{ISSUER}/v1/flags"),),
        "wrong ath": (prove(token, ath=hash_token("another")),),
        "iat an hour ago": (prove(token, iat=at - 3600),),
        "iat in an hour": (prove(token, iat=at + 3600),),
        "iat NaN": (prove(token, iat=math.nan),),
        "iat string": (prove(token, iat=str(at)),),
    }
    answers = {name: ask(*proofs) for name, proofs in refused.items()}
    outcomes = {
        name: (each.status_code, "www-authenticate" in each.headers) for name, each in answers.items()
    }
    assert outcomes == dict.fromkeys(refused, (401, True))
    accepted = {
        "iat +10 s": {"iat": at + 10},
        "iat -10 s": {"iat": at - 10},
        "htu with a query": {"htu": ME + "?a=b"},
        "upper-case host": {"htu": ME.replace("localhost", "LocalHost")},
        "upper-case scheme": {"htu": ME.replace("http", "HTTP")},
        "extra claims": {"nonce": "n", "purpose": [1]},
    }
    good = {name: ask(prove(token, **changes)).status_code for name, changes in accepted.items()}
    assert good == dict.fromkeys(accepted, 200)


def test_the_default_port_may_be_named(forge, claims_of, house, mint, made, prove):
    secure = replace(house, settings=replace(house.settings, base_url="https://touchstone.example"))
    token = mint(claims_of(made["key"], bound_to=forge.key.thumbprint()), issuer="https://touchstone.example")
    with TestClient(create_app(secure)) as client:
        for host in ("touchstone.example", "touchstone.example:443", "TOUCHSTONE.example"):
            proof = prove(token, htu=f"https://{host}/v1/organization")
            headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
            assert client.get("/v1/organization", headers=headers).status_code == 200, host
