"""Client assertions: a client proves itself with a JWT of its own key (RFC 7523, FAPI 2.0)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Meta, Struct

from partners.client_keys import ALGORITHMS, key_set
from partners.records.clients import KnownClient

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LEEWAY_S = 10
_LONGEST_LIFE_S = 3600
_TYPES = {"jwt", "client-authentication+jwt"}
_UNREADABLE = (JoseError, ValueError, TypeError, RecursionError, OverflowError, msgspec.MsgspecError)


class AssertionRefused(Exception):
    """The assertion does not prove who sent it; the reason is for our log, never for the answer."""


class Proof(Struct, frozen=True, kw_only=True):
    """A verified assertion: its id must still be spent, once, before `expires_at`."""

    jti: str
    expires_at: datetime


class _Said(Struct, frozen=True):
    """The claims we rely on, strictly typed: a list of audiences or a time in quotes is refused."""

    iss: str
    sub: str
    aud: str
    exp: int | float
    jti: Annotated[str, Meta(min_length=1, max_length=256)]
    iat: int | float = 0
    nbf: int | float = 0


def claimed_client(assertion: str) -> str:
    """The client that an assertion names, before anything of it is believed.

    Raises:
        AssertionRefused: it is no JWT, or names nobody.
    """
    try:
        claims = msgspec.json.decode(jws.extract_compact(assertion.encode("ascii")).payload, type=_Named)
    except _UNREADABLE as error:
        raise AssertionRefused("unreadable") from error
    return claims.sub


class _Named(Struct, frozen=True):
    sub: str


def named_key(assertion: str) -> str | None:
    """The `kid` that an assertion names, before anything of it is believed."""
    try:
        kid = jws.extract_compact(assertion.encode("ascii")).headers().get("kid")
    except _UNREADABLE as error:
        raise AssertionRefused("unreadable") from error
    return kid if isinstance(kid, str) else None


def verify_assertion(assertion: str, known: KnownClient, issuer: str, now: datetime) -> Proof:
    """Check signature and claims of an assertion against its client's keys.

    Raises:
        AssertionRefused: it is not signed by a key of the client, or not meant for us, or not now.
    """
    keys = key_set([each.jwk for each in known.credentials if each.jwk is not None])
    try:
        token = jwt.decode(assertion.encode("ascii"), _narrow(keys, assertion), algorithms=ALGORITHMS)
        said = msgspec.convert(token.claims, _Said)
    except _UNREADABLE as error:
        raise AssertionRefused("unreadable, or not signed by a key of the client") from error
    if str(token.header.get("typ", "JWT")).lower() not in _TYPES:
        raise AssertionRefused("a JWT of another type")
    if not said.iss == said.sub == known.client.id:
        raise AssertionRefused("issued by somebody else")
    if said.aud != issuer:
        raise AssertionRefused("meant for somebody else")
    return Proof(jti=said.jti, expires_at=_check_times(said, now.timestamp()))


def _narrow(keys: KeySet, assertion: str) -> KeySet:
    """The one key an assertion names; joserfc would pick any of a set at random when none is named."""
    kid = jws.extract_compact(assertion.encode("ascii")).headers().get("kid")
    named = [key for key in keys if kid is None or key.kid == kid]
    if len(named) != 1:
        raise AssertionRefused("names no key of the client")
    return KeySet(named)


def _check_times(said: _Said, now: float) -> datetime:
    """Times in the negative: a NaN fails every comparison, so it fails here too."""
    if not now - LEEWAY_S < said.exp <= now + _LONGEST_LIFE_S + LEEWAY_S:
        raise AssertionRefused("expired, or good for more than an hour")
    if not (said.iat <= now + LEEWAY_S and said.nbf <= now + LEEWAY_S):
        raise AssertionRefused("not good yet")
    return datetime.fromtimestamp(said.exp + LEEWAY_S, UTC)
