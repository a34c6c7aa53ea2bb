"""Access tokens as we read them back: our signature, our claims, and nothing else (RFC 9068).

Whether a token was revoked, or its client suspended, is read where a door of the database opens
(`partners.records.clients.admit`).
"""

from __future__ import annotations

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet
from joserfc.jwt import JWTClaimsRegistry
from litestar.concurrency import sync_to_thread
from msgspec import Struct

from api.house import House
from partners.principal import Claims, Kind, Role, Seat
from partners.signing import ALGORITHM

MAX_TOKEN = 8_192  # characters
LEEWAY = 10  # seconds by which the clocks of our own hosts may differ
_TYPES = frozenset(["at+jwt", "application/at+jwt"])  # RFC 9068 section 4
_FAULTS = (JoseError, msgspec.ValidationError, ValueError, TypeError, RecursionError)


class TokenRefused(Exception):
    """It is not a good access token of ours; the reason stays inside."""


class AccessToken(Struct, frozen=True, kw_only=True):
    """A verified token: what it says, and from when to when, in seconds since 1970."""

    claims: Claims
    issued_at: int
    expires_at: int


class _Confirmation(Struct, frozen=True):
    jkt: str


class _Payload(Struct):
    """The claims of RFC 9068 section 2.2 that we read, and the two of our own."""

    sub: str
    aud: str  # one string: a token for several audiences is none of ours
    jti: str
    iat: int
    exp: int
    client_id: str
    scope: str
    organization_id: str
    kind: Kind
    cnf: _Confirmation | None = None  # RFC 9449 section 6.1
    role: Role | None = None  # of the person that `sub` is, where the client speaks for one
    grant: str | None = None


class _UnknownKey(Exception):
    """The token names a key that we have not read yet."""


class TokenReader:
    """Reads access tokens with the keys in hand, and asks for new keys when a token names one."""

    def __init__(self, house: House) -> None:
        self._signer = house.signer
        issuer = house.settings.base_url
        self._registry = JWTClaimsRegistry(
            now=lambda: int(house.clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": issuer},
            exp={"essential": True},
            iat={"essential": True},
        )

    async def verify(self, text: str) -> AccessToken:
        """Verify a token in the event loop; only looking for new keys goes to a thread.

        Raises:
            TokenRefused: it is not a good token.
        """
        try:
            return self._read(text)
        except _UnknownKey:
            await sync_to_thread(self._signer.refresh)
        return self._read_again(text)

    def verify_here(self, text: str) -> AccessToken:
        """Verify a token in this thread, which may wait for the database.

        Raises:
            TokenRefused: it is not a good token.
        """
        try:
            return self._read(text)
        except _UnknownKey:
            self._signer.refresh()
        return self._read_again(text)

    def _read_again(self, text: str) -> AccessToken:
        try:
            return self._read(text)
        except _UnknownKey as error:
            raise TokenRefused from error

    def _read(self, text: str) -> AccessToken:
        if not text.isascii() or len(text) > MAX_TOKEN:
            raise TokenRefused
        try:
            return self._decode(text)
        except _FAULTS as error:
            raise TokenRefused from error

    def _decode(self, text: str) -> AccessToken:
        decoded = jwt.decode(text, self._find_key, algorithms=[ALGORITHM])
        if str(decoded.header.get("typ")).lower() not in _TYPES:
            raise ValueError("another type of token")
        self._registry.validate(decoded.claims)
        payload = msgspec.convert(decoded.claims, _Payload)
        claims = Claims(
            client_id=payload.client_id,
            organization_id=payload.organization_id,
            kind=payload.kind,
            scopes=frozenset(payload.scope.split()),
            token_id=payload.jti,
            bound_to=payload.cnf.jkt if payload.cnf else None,
            seat=_read_seat(payload),
        )
        return AccessToken(claims=claims, issued_at=payload.iat, expires_at=payload.exp)

    def _find_key(self, token: GuestProtocol) -> KeySet:
        if not self._signer.knows(token.headers().get("kid")):
            raise _UnknownKey
        return self._signer.public_keys()


def _read_seat(payload: _Payload) -> Seat | None:
    """The person a token speaks for; one that names no grant and no role is the client's own."""
    if payload.role is None and payload.grant is None:
        if payload.sub != payload.client_id:
            raise ValueError("the subject is not the client")
        return None
    if payload.role is None or payload.grant is None or payload.sub == payload.client_id:
        raise ValueError("a person without a grant or a role")
    return Seat(person_id=payload.sub, role=payload.role, grant_id=payload.grant)
