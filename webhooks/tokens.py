"""Access tokens for receivers that ask for one: OAuth 2.0 client credentials (RFC 6749 section 4.4)."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote_plus, urlencode

import msgspec
from msgspec import Struct

from partners.credentials import OAuthSecret

_EARLY = 30.0  # seconds before its end a token is fetched anew
_UNKNOWN_LIFE = 300.0
_LONGEST = 86_400.0


class TokenRefused(Exception):
    """No token was given; the message says why, without what was answered: it may hold secrets."""


class TokenRequest(Struct, frozen=True, kw_only=True):
    """A request to an authorization server."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    tenant: str


class _Answer(Struct):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: float | None = None


class _Kept(Struct):
    """A token, for which client it was given, and until when it is good (monotonic)."""

    client: OAuthSecret
    text: str
    until: float


class Tokens:
    """Keeps the token of each owner until shortly before its end; one fetches, the others wait."""

    def __init__(
        self, fetch: Callable[[TokenRequest, float], Awaitable[tuple[int | None, bytes]]], most: int = 10_000
    ) -> None:
        self._fetch = fetch
        self._most = most
        self._kept: dict[str, _Kept] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def take(self, owner: str, client: OAuthSecret, tenant: str, deadline: float) -> str:
        """A good token.

        Raises:
            TokenRefused: the authorization server gave none.
        """
        if token := self._find(owner, client):
            return token
        lock = self._locks.setdefault(owner, asyncio.Lock())
        try:
            async with lock:
                return self._find(owner, client) or await self._renew(owner, client, tenant, deadline)
        finally:
            if not lock.locked():
                self._locks.pop(owner, None)

    def forget(self, owner: str) -> None:
        """Fetch anew the next time: the receiver has refused the token."""
        self._kept.pop(owner, None)

    def _find(self, owner: str, client: OAuthSecret) -> str | None:
        kept = self._kept.get(owner)
        if kept and kept.client == client and kept.until > time.monotonic():
            return kept.text
        return None

    async def _renew(self, owner: str, client: OAuthSecret, tenant: str, deadline: float) -> str:
        status, content = await self._fetch(_ask(client, tenant), deadline)
        if status != 200:
            raise TokenRefused(f"the authorization server answered {status}" if status else "not reached")
        try:
            answer = msgspec.json.decode(content, type=_Answer, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise TokenRefused("the authorization server's answer cannot be read") from None
        if answer.token_type.lower() != "bearer" or not _is_token(answer.access_token):
            raise TokenRefused("the authorization server gave no bearer token")
        life = min(answer.expires_in if answer.expires_in is not None else _UNKNOWN_LIFE, _LONGEST)
        if len(self._kept) >= self._most:
            self._kept.clear()
        self._kept[owner] = _Kept(client, answer.access_token, time.monotonic() + life - _EARLY)
        return answer.access_token


def _is_token(text: str) -> bool:
    return 0 < len(text) <= 8192 and text.isascii() and text.isprintable() and " " not in text


def _ask(client: OAuthSecret, tenant: str) -> TokenRequest:
    form = {"grant_type": "client_credentials"} | ({"scope": client.scope} if client.scope else {})
    proof = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    return TokenRequest(
        url=client.token_url,
        headers={
            "authorization": "Basic " + base64.b64encode(proof.encode()).decode(),
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
            "accept-encoding": "identity",
        },
        body=urlencode(form).encode(),
        tenant=tenant,
    )
