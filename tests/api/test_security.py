"""The guard: what a token must be, and what it opens."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey
from litestar import get
from litestar.di import NamedDependency
from litestar.testing import TestClient
from msgspec.structs import asdict, replace

from api.app import create_app
from partners.principal import Claims

ISSUER = "http://localhost:8000"
KEY = ECKey.generate_key("P-256", {"kid": "sig_1", "alg": "ES256", "use": "sig"})
ROTATED = ECKey.generate_key("P-256", {"kid": "sig_2", "alg": "ES256", "use": "sig"})
STRANGER = ECKey.generate_key("P-256", {"kid": "sig_1", "alg": "ES256", "use": "sig"})
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": "sig_1"}


class Keys:
    """Public keys as a signer publishes them; another process has rotated them meanwhile."""

    def __init__(self):
        self.keys = [KEY]
        self.refreshed = 0

    def public_keys(self):
        return KeySet(self.keys)

    def knows(self, kid):
        return kid in {key.kid for key in self.keys}

    def refresh(self):
        self.refreshed += 1
        self.keys = [KEY, ROTATED]


@get("/v1/me", operation_id="get_organization", sync_to_thread=True)
def show_me(claims: NamedDependency[Claims]) -> dict[str, Any]:
    return asdict(claims) | {"scopes": sorted(claims.scopes)}


@pytest.fixture
def keys():
    return Keys()


@pytest.fixture
def gate(bench_house, keys):
    with TestClient(create_app(replace(bench_house, signer=keys), [show_me])) as client:
        yield client


@pytest.fixture
def good(bench_house):
    issued = int(bench_house.clock().timestamp())
    return {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": "cli_1",
        "client_id": "cli_1",
        "organization_id": "org_1",
        "kind": "customs",
        "scope": "flags:read organization:read",
        "jti": "t1",
        "iat": issued,
        "exp": issued + 300,
    }


def sign(claims, header=HEADER, key=KEY):
    return jwt.encode(header, claims, key, algorithms=["ES256", "HS256"])


def ask(gate, token, scheme="Bearer"):
    return gate.get("/v1/me", headers={"Authorization": f"{scheme} {token}"})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_good_token_opens_and_says_who_asks(gate, good, scheme):
    answer = ask(gate, sign(good), scheme)
    assert answer.status_code == 200
    assert answer.json() == {
        "client_id": "cli_1",
        "organization_id": "org_1",
        "kind": "customs",
        "scopes": ["flags:read", "organization:read"],
        "token_id": "t1",
        "bound_to": None,
        "seat": None,
    }


def test_a_token_may_speak_for_a_person(gate, good):
    claims = good | {"sub": "per_1", "role": "analyst", "grant": "grt_1"}
    seat = {"person_id": "per_1", "role": "analyst", "grant_id": "grt_1", "session_id": None}
    assert ask(gate, sign(claims)).json()["seat"] == seat


BAD_CLAIMS = {
    "a role without a grant": lambda claims: claims | {"sub": "per_1", "role": "admin"},
    "a grant without a role": lambda claims: claims | {"sub": "per_1", "grant": "grt_1"},
    "a client in a person's role": lambda claims: claims | {"role": "admin", "grant": "grt_1"},
    "an unknown role": lambda claims: claims | {"sub": "per_1", "role": "owner", "grant": "grt_1"},
    "expired": lambda claims: claims | {"exp": claims["iat"] - 11},
    "never expires": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "expires NaN": lambda claims: claims | {"exp": float("nan")},
    "expires as text": lambda claims: claims | {"exp": str(claims["exp"])},
    "issued in the future": lambda claims: claims | {"iat": claims["iat"] + 61},
    "not yet valid": lambda claims: claims | {"nbf": claims["iat"] + 61},
    "another issuer": lambda claims: claims | {"iss": "https://elsewhere.example"},
    "another audience": lambda claims: claims | {"aud": "https://elsewhere.example"},
    "several audiences": lambda claims: claims | {"aud": [ISSUER, "https://elsewhere.example"]},
    "no audience": lambda claims: {name: value for name, value in claims.items() if name != "aud"},
    "a subject that is not the client": lambda claims: claims | {"sub": "cli_2"},
    "an unknown kind": lambda claims: claims | {"kind": "admin"},
    "scopes as a list": lambda claims: claims | {"scope": ["organization:read"]},
    "no id": lambda claims: claims | {"jti": None},
}


@pytest.mark.parametrize("case", BAD_CLAIMS)
def test_a_token_with_bad_claims_is_refused(gate, good, case):
    answer = ask(gate, sign(BAD_CLAIMS[case](good)))
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "header", [{"typ": "JWT"}, {"typ": "dpop+jwt"}, {"kid": "sig_9"}, {"kid": ["sig_1"]}, {"kid": None}]
)
def test_a_token_with_another_header_is_refused(gate, good, header):
    given = {name: value for name, value in (HEADER | header).items() if value is not None}
    assert ask(gate, _sign_raw(given, good)).status_code == 401


def test_a_token_without_type_is_refused(gate, good):
    assert ask(gate, _sign_raw({"alg": "ES256", "kid": "sig_1"}, good)).status_code == 401


def _sign_raw(header, claims):
    """Sign any header as it is, well; joserfc would complete or refuse it."""
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims))
    text = b".".join(parts)
    numbers = decode_dss_signature(KEY.private_key.sign(text, ECDSA(SHA256())))
    signature = b"".join(number.to_bytes(32, "big") for number in numbers)
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def test_a_well_signed_token_of_ours_is_what_the_raw_signer_makes(gate, good):
    assert ask(gate, _sign_raw(HEADER, good)).status_code == 200


def test_a_token_signed_by_another_key_is_refused(gate, good):
    assert ask(gate, sign(good, key=STRANGER)).status_code == 401


def test_a_token_signed_with_our_public_key_as_a_secret_is_refused(gate, good):
    secret = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    assert ask(gate, sign(good, HEADER | {"alg": "HS256"}, secret)).status_code == 401


def test_a_token_without_signature_is_refused(gate, good):
    header, claims, _ = sign(good).split(".")
    assert ask(gate, f"{header}.{claims}.").status_code == 401


def test_a_changed_token_is_refused(gate, good):
    header, claims, signature = sign(good).split(".")
    padded = claims + "=" * (-len(claims) % 4)
    other = base64.urlsafe_b64decode(padded).replace(b"org_1", b"org_2")
    changed = base64.urlsafe_b64encode(other).rstrip(b"=").decode()
    assert ask(gate, f"{header}.{changed}.{signature}").status_code == 401


@pytest.mark.parametrize("token", ["", " ", "x", "a.b.c", "....", "x" * 40_000, "[" * 8_000, "a.b.c d"])
def test_junk_is_refused(gate, token):
    assert ask(gate, token).status_code == 401


def test_without_a_token_the_challenge_names_no_error(gate):
    answer = gate.get("/v1/me")
    bearer, dpop = answer.headers["www-authenticate"].split(", ", 1)
    assert (answer.status_code, bearer) == (401, 'Bearer realm="touchstone"')
    assert dpop == 'DPoP realm="touchstone", algs="ES256 EdDSA Ed25519 PS256"'


@pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "DPoP x", "Bearer \u00e9".encode()])
def test_another_authorization_is_refused(gate, value):
    assert gate.get("/v1/me", headers={"Authorization": value}).status_code == 401


def test_two_authorizations_are_refused(gate, good):
    both = [("Authorization", f"Bearer {sign(good)}")] * 2
    assert gate.get("/v1/me", headers=both).status_code == 401


def test_a_token_in_the_query_is_no_token(gate, good):
    assert gate.get(f"/v1/me?access_token={sign(good)}").status_code == 401


def test_without_the_scope_the_answer_names_it(gate, good):
    answer = ask(gate, sign(good | {"scope": "flags:read"}))
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/insufficient-scope")
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert 'scope="organization:read"' in answer.headers["www-authenticate"]


def test_a_key_that_another_process_made_is_looked_up_once(gate, good, keys):
    token = sign(good, HEADER | {"kid": "sig_2"}, ROTATED)
    assert [ask(gate, token).status_code for _ in range(3)] == [200, 200, 200]
    assert keys.refreshed == 1


def test_a_clock_ten_seconds_apart_is_forgiven(gate, good):
    late = good | {"exp": good["iat"] - 9}
    assert ask(gate, sign(late)).status_code == 200


def test_another_kind_of_partner_is_refused(client, partner, token):
    claims = partner("customs", scopes=["cases:read"])
    answer = client.get("/v1/cases", headers=token(claims))
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")


def test_a_revoked_token_is_refused_at_the_door(client, partner, token, revoke):
    claims = partner("customs", scopes=["organization:read"])
    revoke(claims)
    answer = client.get("/v1/organization", headers=token(claims))
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
