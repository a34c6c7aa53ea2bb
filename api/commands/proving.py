"""What a client's program proves itself with: assertions, and proofs that it holds its key."""

from __future__ import annotations

import secrets
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from api.commands.clients import KeyFile
from api.proofs import hash_token


def make_assertion(key: KeyFile, issuer: str) -> str:
    """Make a client assertion that is good for a minute, once (RFC 7523)."""
    now = int(time.time())
    claims = {
        "iss": key.client_id,
        "sub": key.client_id,
        "aud": issuer,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + 60,
    }
    private = ECKey.import_key(key.private_jwk)
    return jwt.encode({"alg": "ES256", "kid": private.kid}, claims, private, algorithms=["ES256"])


class Prover:
    """Makes DPoP proofs with one key (RFC 9449), and remembers the nonce that the service asked for."""

    def __init__(self, private_jwk: dict[str, Any]) -> None:
        self._key = ECKey.import_key(private_jwk)
        public = self._key.as_dict(private=False)
        self._jwk = {name: public[name] for name in ("kty", "crv", "x", "y")}
        self.nonce: str | None = None

    def make_proof(self, method: str, url: str, token: str | None = None) -> str:
        """Make the proof of one request; `url` has no query."""
        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": url,
            "iat": int(time.time()),
        }
        if token is not None:
            claims["ath"] = hash_token(token)
        if self.nonce is not None:
            claims["nonce"] = self.nonce
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._jwk}
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])
