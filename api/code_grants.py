"""Grants in a person's name, as Authlib's core dispatches them: by code (RFC 7636: S256 only), by refresh."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]
    AuthorizationCodeGrant,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    InvalidGrantError,
    InvalidRequestError,
)
from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped]
from msgspec import Struct

from api.possession import ProofInvalid
from partners.granting import Granted
from partners.principal import Kind, Role
from partners.records.clients import KnownClient

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")


class People(Struct, frozen=True):
    """What the grants need of the house: to spend a code, to look a refresh token up, and the rights."""

    redeem: Callable[[KnownClient, str], Granted | None]
    refresh: Callable[[KnownClient, str], Granted | None]
    allowed: Callable[[Kind, Role], frozenset[str]]

    def scopes_of(self, granted: Granted) -> list[str]:
        """What a token may do: what was asked for, as far as the person's role in its organization goes."""
        return sorted(set(granted.grant.scopes) & self.allowed(granted.kind, granted.holder.role))


class _Spent:
    """A code that was spent, or a refresh token, as the core asks about it."""

    def __init__(self, granted: Granted, scopes: list[str]) -> None:
        self.granted = granted
        self._scope = " ".join(scopes)
        self.code_challenge = granted.grant.challenge

    def get_redirect_uri(self) -> str:
        return self.granted.grant.redirect_uri

    def get_scope(self) -> str:
        return self._scope

    def check_client(self, client: Any) -> bool:  # noqa: ANN401 - Authlib's signature
        return bool(client.known.client.id == self.granted.grant.client_id)


class S256(CodeChallenge):  # type: ignore[misc] # Authlib is untyped
    """PKCE without its weak form: a challenge is required, and is a SHA-256."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:  # noqa: ANN401, ARG002 - Authlib's signature
        asked = grant.request.payload.data
        if asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required: code_challenge_method must be S256.")
        if not _CHALLENGE.fullmatch(asked.get("code_challenge") or ""):
            raise InvalidRequestError("PKCE is required: code_challenge must be a SHA-256 in base64url.")

    def get_authorization_code_challenge_method(self, authorization_code: object) -> str:  # noqa: ARG002 - Authlib's signature
        return "S256"


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc] # Authlib is untyped
    """Exchanges a code for tokens; asking for the code spends it."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def query_authorization_code(self, code: str, client: Any) -> _Spent | None:  # noqa: ANN401 - Authlib's signature
        granted = self.server.people.redeem(client.known, code)
        if granted is None:
            return None
        _check_binding(granted, client.bound_to)
        return _Spent(granted, self.server.people.scopes_of(granted))

    def authenticate_user(self, authorization_code: _Spent) -> Granted | None:
        """The person, if anything is left of what it may do: an empty scope would stand for all."""
        return authorization_code.granted if authorization_code.get_scope() else None

    def delete_authorization_code(self, authorization_code: object) -> None:
        """It was spent when it was looked up."""


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc] # Authlib is untyped
    """Exchanges a refresh token for an access token; it is not rotated (see `partners.granting`)."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = False

    def authenticate_refresh_token(self, refresh_token: str) -> _Spent | None:
        client = self.request.client
        granted = self.server.people.refresh(client.known, refresh_token)
        if granted is None:
            return None
        _check_binding(granted, client.bound_to)
        return _Spent(granted, self.server.people.scopes_of(granted))

    def authenticate_user(self, refresh_token: _Spent) -> Granted:
        if not refresh_token.get_scope():
            raise InvalidGrantError("Nothing is left of what was granted.")
        return refresh_token.granted

    def revoke_old_credential(self, refresh_token: object) -> None:
        """It stays good as long as its session goes on."""


def _check_binding(granted: Granted, bound_to: str | None) -> None:
    """Customs' people get bound tokens only, too; a key named in the request must be the proof's."""
    wanted = granted.grant.bound_to
    if wanted is not None and wanted != bound_to:
        raise ProofInvalid("the code is bound to another key")
    if granted.kind == "customs" and bound_to is None:
        raise ProofInvalid("customs' tokens are bound to a key: send a DPoP proof")
