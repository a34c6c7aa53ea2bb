"""DPoP proofs: with each request a client shows that it holds the key its token is bound to (RFC 9449).

A stolen token is worth nothing without the key, and a stolen proof is good for one request that was
made already: its id is spent in the database, once, for all processes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry
from msgspec import Meta, Struct

from partners.client_keys import ALGORITHMS, read_public_key
from partners.errors import DomainError

WINDOW_S = 60  # how far a proof's time may be from ours
KEPT_S = 2 * WINDOW_S + 60  # how long its id is kept: for as long as any host of ours would take it
_LONGEST = 8_192
_TYPE = "dpop+jwt"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_FAULTS = (JoseError, DomainError, ValueError, TypeError, KeyError, RecursionError, OverflowError)


class ProofRefused(Exception):
    """The proof proves nothing; the sentence may be told, for it repeats nothing of the proof."""


class NonceNeeded(ProofRefused):
    """The proof is good but for a nonce of ours that is fresh; there is one to take."""


class Asked(Struct, frozen=True, kw_only=True):
    """What a proof must be for: the request, when it comes, the token it carries, the nonces it may hold."""

    method: str
    url: str
    now: datetime
    token: str | None = None
    nonces: Sequence[str] = ()


class KeyProof(Struct, frozen=True, kw_only=True):
    """A verified proof: the key's thumbprint (RFC 7638), and the id to spend, once, before `expires_at`."""

    thumbprint: str
    jti: str
    expires_at: datetime


class _Said(Struct, frozen=True):
    """The claims of a proof, strictly typed."""

    jti: Annotated[str, Meta(min_length=1, max_length=256)]
    htm: str
    htu: Annotated[str, Meta(max_length=4096)]
    iat: int | float
    ath: str | None = None
    nonce: str | None = None


class _Registry(JWSRegistry):
    max_header_length = 3_072  # an RSA key of 8192 bits fits
    max_payload_length = 6_144


_REGISTRY = _Registry(algorithms=list(ALGORITHMS))


def verify_proof(proofs: Sequence[str], asked: Asked) -> KeyProof:
    """Check all that RFC 9449 section 4.3 asks for, but for the replay: the id must still be spent.

    `proofs` are the values of the request's DPoP headers.

    Raises:
        ProofRefused: there is not exactly one good proof.
    """
    if len(proofs) != 1:
        raise ProofRefused("send exactly one DPoP proof")
    try:
        key, said = _read(proofs[0])
        fits = said.htm == asked.method and normalize_url(said.htu) == normalize_url(asked.url)
    except _FAULTS as error:
        raise ProofRefused("the DPoP proof cannot be read, or is not signed by its key") from error
    if not fits:
        raise ProofRefused("the DPoP proof is for another request")
    now = asked.now.timestamp()
    # in the negative: a NaN fails every comparison, so it fails here too
    if not now - WINDOW_S <= said.iat <= now + WINDOW_S:
        raise ProofRefused("the DPoP proof is too old, or from the future")
    if asked.token is not None and not _is_equal(said.ath, hash_token(asked.token)):
        raise ProofRefused("the DPoP proof is for another token")
    if asked.nonces and not any(_is_equal(said.nonce, nonce) for nonce in asked.nonces):
        raise NonceNeeded("the DPoP proof needs a nonce of ours")
    expires_at = datetime.fromtimestamp(said.iat + KEPT_S, UTC)
    return KeyProof(thumbprint=key.thumbprint(), jti=said.jti, expires_at=expires_at)


def _read(proof: str) -> tuple[Key, _Said]:
    if len(proof) > _LONGEST:
        raise ValueError("too long")
    text = proof.encode("ascii")
    header: dict[str, Any] = jws.extract_compact(text, registry=_REGISTRY).headers()
    if header.get("typ") != _TYPE:
        raise ValueError("another type of JWT")
    key = _read_key(msgspec.json.encode(header.get("jwk"), order="sorted"))
    decoded = jwt.decode(text, key, algorithms=ALGORITHMS, registry=_REGISTRY)
    return key, msgspec.convert(decoded.claims, _Said)


@lru_cache(maxsize=1024)
def _read_key(document: bytes) -> Key:
    """A key by its JSON: a client sends the same each time, and reading it costs as much as checking."""
    return read_public_key(msgspec.json.decode(document))


def hash_token(token: str) -> str:
    """A token's `ath`: the SHA-256 of its characters, base64url without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def _is_equal(said: str | None, wanted: str) -> bool:
    return said is not None and hmac.compare_digest(said.encode(), wanted.encode())


def normalize_url(url: str) -> str:
    """An http or https URL without query and fragment, normalized as RFC 3986 section 6.2 has it.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        raise ValueError("no URL of a request")
    port = parts.port or _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}:{port}{_ESCAPE.sub(_normalize_escape, parts.path) or '/'}"


def _normalize_escape(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else found[0].upper()
