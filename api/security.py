"""The guard: verifies the access token and the right to the operation, and asks no tenant's data.

Revocation and suspension are read when a door of the database opens (`partners.records.clients.admit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.access_tokens import AccessToken, TokenReader, TokenRefused
from api.addresses import find_caller, read_networks
from api.answering import announce_end
from api.house import House
from api.limits import restore_slashes
from api.possession import Possession, challenge_dpop, refuse_proof
from api.problems import Refusal, challenge
from api.proofs import Asked, KeyProof
from api.rates import Limiter
from api.rights import RIGHTS, Right, has_role
from partners.principal import Claims

Connection = ASGIConnection[Any, Any, Any, Any]


class Guard:
    """Litestar's guard of the whole app; it leaves the verified claims as the connection's `auth`."""

    def __init__(self, house: House, limiter: Limiter, rights: Mapping[str, Right] = RIGHTS) -> None:
        self._house = house
        self._tokens = TokenReader(house)
        self._possession = Possession(house)
        self._limiter = limiter
        self._rights = rights
        self._proxies = read_networks(house.settings.trusted_proxies)

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
            scheme, text = _read_authorization(connection)
            claims = (await self._verify(text)).claims
            proof = self._check_possession(connection, scheme, text, claims)
            scope["auth"] = claims
            if "requests" in right.limits:
                await self._limiter.take(scope, "requests", claims.actor)
            if proof:
                await self._possession.spend(proof)
            check_right(right, claims)

    async def _verify(self, text: str) -> AccessToken:
        try:
            return await self._tokens.verify(text)
        except TokenRefused as error:
            raise _unauthorized("the token is not valid") from error

    def _check_possession(
        self, connection: Connection, scheme: str, text: str, claims: Claims
    ) -> KeyProof | None:
        """A bound token comes as `DPoP` with a proof by its key, any other as `Bearer`."""
        if claims.bound_to is None:
            if scheme != "bearer":
                raise _unauthorized("the token is not bound to a key: send it as Bearer")
            return None
        if scheme != "dpop":
            raise refuse_proof("the token is bound to a key: send it as DPoP, with a proof", "invalid_token")
        asked = Asked(
            method=connection.scope["state"].get("method") or str(connection.scope.get("method")),
            url=f"{self._house.settings.base_url}{_raw_path(connection)}",
            now=self._house.clock(),
            token=text,
            nonces=self._possession.nonces(),
        )
        return self._possession.check(asked, connection.headers.getall("dpop", []), claims.bound_to)


async def provide_claims(request: Connection) -> Claims:
    """The dependency `claims`: who asks, as the guard has verified it."""
    claims: Claims = request.auth
    return claims


def check_right(right: Right, claims: Claims) -> None:
    """See that a caller has the right to an operation.

    Raises:
        Refusal: it is another kind of partner, or in a lesser role, or the scope is missing (403).
    """
    if claims.kind not in right.kinds:
        raise Refusal("forbidden", f"This is not for a partner of the kind {claims.kind}.")
    if claims.seat and not has_role(claims.seat.role, right.role):
        raise Refusal("forbidden", f"This is not for people in the role of {claims.seat.role}.")
    if right.scope and right.scope not in claims.scopes:
        challenge_again = challenge_dpop if claims.bound_to else challenge
        header = challenge_again("insufficient_scope", "the token lacks the scope", right.scope)
        detail = f"The access token lacks the scope {right.scope}."
        raise Refusal("insufficient-scope", detail, headers={"WWW-Authenticate": header})


def _read_authorization(connection: Connection) -> tuple[str, str]:
    """The scheme in lower case, and the token."""
    values = connection.headers.getall("authorization", [])
    if not values:
        both = f"{challenge()}, {challenge_dpop()}"
        raise Refusal("unauthorized", "Send an access token.", headers={"WWW-Authenticate": both})
    scheme, _, token = values[0].partition(" ")
    if len(values) > 1 or scheme.lower() not in {"bearer", "dpop"}:
        raise _unauthorized("send one Authorization header, Bearer or DPoP and the token")
    return scheme.lower(), token.strip()


def _raw_path(connection: Connection) -> str:
    """The path as it was sent, without the query; never what a `Host` header says."""
    raw: bytes = connection.scope.get("raw_path") or connection.url.path.encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _unauthorized(detail: str) -> Refusal:
    sentence = f"{detail[0].upper()}{detail[1:]}."
    return Refusal("unauthorized", sentence, headers={"WWW-Authenticate": challenge("invalid_token", detail)})
