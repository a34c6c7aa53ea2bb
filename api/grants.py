"""The adapter to Authlib's core: it picks the grant and shapes the answers; the checks are ours.

Its defaults that fail a security review are overruled here: tokens of ten days, answers that tell
an unknown client from a wrong secret, debug lines with whole tokens, silently shortened scopes.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]
    AuthorizationServer,
    ClientCredentialsGrant,
    ClientMixin,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    InvalidClientError,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload  # type: ignore[import-untyped]
from authlib.oauth2.rfc6750 import BearerTokenGenerator  # type: ignore[import-untyped]
from msgspec import Struct

from api.code_grants import S256, CodeGrant, People, RefreshGrant
from partners.granting import Granted
from partners.principal import Claims
from partners.records.clients import KnownClient

FOR_PROGRAMS = ("client_credentials",)
FOR_PEOPLE = ("authorization_code", "refresh_token")
GRANT_TYPES = (*FOR_PEOPLE, *FOR_PROGRAMS)
logging.getLogger("authlib").setLevel(logging.INFO)  # its debug lines hold whole access tokens

Form = Mapping[str, str]
Authenticate = Callable[[Form, Mapping[str, str]], KnownClient]
Bind = Callable[[KnownClient], str | None]
Mint = Callable[[Claims], str]


class Place(Struct, frozen=True):
    """Where the token endpoint is, and for how many seconds its access tokens are good."""

    token_url: str
    seconds: int


class Answer(Struct, frozen=True):
    """An answer of the token endpoint."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


class ClientRefused(InvalidClientError):  # type: ignore[misc] # Authlib is untyped
    """One answer for every client that does not prove itself, whatever the reason (RFC 6749 section 5.2)."""

    def __init__(self) -> None:
        super().__init__(description="The client did not prove who it is.", status_code=401)

    def get_headers(self) -> list[tuple[str, str]]:
        return [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
            ("Pragma", "no-cache"),
            ("WWW-Authenticate", 'Basic realm="Touchstone", error="invalid_client"'),
        ]


class _GrantUnknown(UnsupportedGrantTypeError):  # type: ignore[misc] # Authlib is untyped
    def get_error_description(self) -> str:
        return "This server grants: " + " ".join(GRANT_TYPES)  # never an echo of what was sent


class _FormRequest(OAuth2Request):  # type: ignore[misc] # Authlib is untyped
    @property
    def form(self) -> Form:
        fields: Form = self.payload.data
        return fields


class _Client(ClientMixin):  # type: ignore[misc] # Authlib is untyped
    def __init__(self, known: KnownClient, bound_to: str | None) -> None:
        self.known = known
        self.bound_to = bound_to

    def check_grant_type(self, grant_type: str) -> bool:
        """A client that speaks for people never speaks for itself."""
        return grant_type in (FOR_PEOPLE if self.known.speaks_for_people else FOR_PROGRAMS)

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """All that was asked for, or nothing; by default all that is registered."""
        registered = self.known.client.scopes
        asked = scope.split(" ") if scope else registered
        return " ".join(sorted(set(asked))) if set(asked) <= set(registered) else None


class Core(AuthorizationServer):  # type: ignore[misc] # Authlib is untyped
    """Authlib's authorization server over our own authentication and our own tokens, for one request."""

    def __init__(
        self, place: Place, authenticate: Authenticate, bind: Bind, mint: Mint, people: People
    ) -> None:
        super().__init__()
        self._token_url = place.token_url
        self.people = people
        self._authenticate = authenticate
        self._bind = bind
        self._mint = mint
        self._bound_to: str | None = None
        generator = BearerTokenGenerator(self._access_token, _refresh_token, place.seconds)
        self.register_token_generator("default", generator.generate)
        self.register_grant(ClientCredentialsGrant)
        self.register_grant(CodeGrant, [S256(required=True)])
        self.register_grant(RefreshGrant)

    def answer(self, form: Form, headers: Mapping[str, str]) -> Answer:
        """Answer one token request, from its form and headers."""
        answer: Answer = self.create_token_response((form, headers))
        return answer

    def authenticate_client(
        self,
        request: OAuth2Request,
        methods: object,  # noqa: ARG002 - Authlib's signature
        endpoint: str = "token",  # noqa: ARG002 - Authlib's signature
    ) -> _Client:
        known = self._authenticate(request.payload.data, request.headers)
        # only now: what a client needs to prove is told to nobody else
        client = request.client = _Client(known, self._bind(known))
        return client

    def get_token_grant(self, request: OAuth2Request) -> object:
        if request.payload.grant_type not in GRANT_TYPES:
            raise _GrantUnknown("")
        return super().get_token_grant(request)

    def create_oauth2_request(self, request: tuple[Form, Mapping[str, str]]) -> OAuth2Request:
        form, headers = request
        made = _FormRequest("POST", self._token_url, headers=headers)
        made.payload = BasicOAuth2Payload(form)  # the form only: nothing is taken from the query
        return made

    def handle_response(self, status: int, body: dict[str, Any], headers: list[tuple[str, str]]) -> Answer:
        told = {"token_type": "DPoP"} if "access_token" in body and self._bound_to else {}
        return Answer(status, dict(body) | told, dict(headers))

    def save_token(self, token: object, request: object) -> None:
        """Nothing is kept: the token says all, and revocation names it by its id."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def _access_token(self, *, client: _Client, scope: str, user: Granted | None, **_: object) -> str:
        known = client.known
        self._bound_to = client.bound_to
        return self._mint(
            Claims(
                client_id=known.client.id,
                organization_id=user.holder.organization_id if user else known.client.organization_id,
                kind=user.kind if user else known.kind,
                scopes=frozenset(scope.split()),
                token_id=secrets.token_urlsafe(16),
                bound_to=client.bound_to,
                seat=user.seat if user else None,
            )
        )


def _refresh_token(*, user: Granted, **_: object) -> str | None:
    return user.refresh_token  # made with the grant: the database has its digest already
