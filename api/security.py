"""The guard: verifies the access token and the right to the operation, and asks no tenant's data.

Revocation and suspension are read when a door of the database opens (`partners.records.clients.admit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet
from joserfc.jwt import JWTClaimsRegistry
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from api.addresses import find_caller, read_networks
from api.answering import announce_end
from api.house import House
from api.limits import restore_slashes
from api.problems import Refusal, challenge
from api.rates import Limiter
from api.rights import RIGHTS, Right
from partners.principal import Claims, Kind
from partners.signing import ALGORITHM

Connection = ASGIConnection[Any, Any, Any, Any]
MAX_TOKEN = 8_192  # characters
LEEWAY = 10  # seconds by which the clocks of our own hosts may differ
_TYPES = frozenset(["at+jwt", "application/at+jwt"])  # RFC 9068 section 4
_FAULTS = (JoseError, msgspec.ValidationError, ValueError, TypeError, RecursionError)


class _Payload(Struct):
    """The claims of RFC 9068 section 2.2 that we read, and the two of our own."""

    sub: str
    aud: str  # one string: a token for several audiences is none of ours
    jti: str
    client_id: str
    scope: str
    organization_id: str
    kind: Kind


class _UnknownKey(Exception):
    """The token names a key that we have not read yet."""


class Guard:
    """Litestar's guard of the whole app; it leaves the verified claims as the connection's `auth`."""

    def __init__(self, house: House, limiter: Limiter, rights: Mapping[str, Right] = RIGHTS) -> None:
        self._signer = house.signer
        self._limiter = limiter
        self._rights = rights
        self._proxies = read_networks(house.settings.trusted_proxies)
        issuer = house.settings.base_url
        self._registry = JWTClaimsRegistry(
            now=lambda: int(house.clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": issuer},
            exp={"essential": True},
            iat={"essential": True},
        )

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Let the operation's right decide.

        Raises:
            Refusal: 401 without a good token; 403 for another kind of partner, or without the scope;
                429 for too many requests.
        """
        restore_slashes(connection)  # here, for each guard costs Litestar a copy of the handler
        if connection.scope.get("method") == "OPTIONS":
            return
        right = self._rights[str(getattr(handler, "operation_id", ""))]
        scope = connection.scope
        if right.deprecation:
            announce_end(scope, right.deprecation)
        if "address" in right.limits:
            await self._limiter.take(scope, "address", find_caller(scope, self._proxies))
        if right.scope is not None:
            claims = await self._verify(_bearer(connection))
            scope["auth"] = claims
            if "requests" in right.limits:
                await self._limiter.take(scope, "requests", claims.client_id)
            _check_right(right, claims)

    async def _verify(self, token: str) -> Claims:
        try:
            try:
                return self._read(token)
            except _UnknownKey:
                await sync_to_thread(self._signer.refresh)
                return self._read(token)
        except (*_FAULTS, _UnknownKey) as error:
            raise _unauthorized("the token is not valid") from error

    def _read(self, token: str) -> Claims:
        decoded = jwt.decode(token, self._find_key, algorithms=[ALGORITHM])
        if str(decoded.header.get("typ")).lower() not in _TYPES:
            raise ValueError("another type of token")
        self._registry.validate(decoded.claims)
        payload = msgspec.convert(decoded.claims, _Payload)
        if payload.sub != payload.client_id:
            raise ValueError("the subject is not the client")
        return Claims(
            client_id=payload.client_id,
            organization_id=payload.organization_id,
            kind=payload.kind,
            scopes=frozenset(payload.scope.split()),
            token_id=payload.jti,
        )

    def _find_key(self, token: GuestProtocol) -> KeySet:
        if not self._signer.knows(token.headers().get("kid")):
            raise _UnknownKey
        return self._signer.public_keys()


async def provide_claims(request: Connection) -> Claims:
    """The dependency `claims`: who asks, as the guard has verified it."""
    claims: Claims = request.auth
    return claims


def _check_right(right: Right, claims: Claims) -> None:
    if claims.kind not in right.kinds:
        raise Refusal("forbidden", f"This is not for a partner of the kind {claims.kind}.")
    if right.scope and right.scope not in claims.scopes:
        header = challenge("insufficient_scope", "the token lacks the scope", right.scope)
        detail = f"The access token lacks the scope {right.scope}."
        raise Refusal("insufficient-scope", detail, headers={"WWW-Authenticate": header})


def _bearer(connection: Connection) -> str:
    values = connection.headers.getall("authorization", [])
    if not values:
        raise Refusal("unauthorized", "Send an access token.", headers={"WWW-Authenticate": challenge()})
    scheme, _, token = values[0].partition(" ")
    if len(values) > 1 or scheme.lower() != "bearer" or not token.isascii() or len(token) > MAX_TOKEN:
        raise _unauthorized("send one Authorization header, Bearer and the token")
    return token.strip()


def _unauthorized(detail: str) -> Refusal:
    sentence = f"{detail[0].upper()}{detail[1:]}."
    return Refusal("unauthorized", sentence, headers={"WWW-Authenticate": challenge("invalid_token", detail)})
