"""The authorization endpoint: a person who has signed in gives a client a code (RFC 6749, 7636, 9207).

Authlib's core checks the request; client and redirect URI come first, and whatever is wrong with those is
told on a page: nobody is sent to an address that was not registered letter by letter.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]
    AuthorizationCodeGrant,
    AuthorizationServer,
    ClientMixin,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload  # type: ignore[import-untyped]
from litestar import Response
from msgspec import Struct

from api.code_grants import S256
from api.house import House
from api.problems import Refusal
from partners.access import find_client
from partners.granting import CodeOrder
from partners.records.clients import KnownClient

_MOST_STATE = 2_048
_THUMBPRINT = 43


class Asked(Struct, frozen=True, kw_only=True):
    """An authorization request that was found good."""

    known: KnownClient
    order: CodeOrder
    state: str | None

    @property
    def origin(self) -> str:
        """Where the browser goes in the end."""
        parts = urlsplit(self.order.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"


class SentBack(Exception):
    """A request that is refused, at an address that is good: the client is told why."""

    def __init__(self, redirect_uri: str, error: str, description: str, state: str | None) -> None:
        super().__init__(error)
        self.redirect_uri = redirect_uri
        self.answer = {"error": error, "error_description": description}
        self.state = state


def _read_query(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise Refusal("malformed", "The authorization request cannot be read.") from None
    asked = dict(pairs)
    if len(asked) != len(pairs):
        raise Refusal("malformed", "A parameter of the authorization request came more than once.")
    return asked


class _Client(ClientMixin):  # type: ignore[misc] # Authlib is untyped
    def __init__(self, known: KnownClient) -> None:
        self.known = known

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.known.client.redirect_uris

    def get_default_redirect_uri(self) -> None:
        """There is none: the request says where it wants the answer."""

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """All that was asked for, or nothing; by default all that is registered."""
        registered = self.known.client.scopes
        asked = scope.split(" ") if scope else registered
        return " ".join(sorted(set(asked))) if set(asked) <= set(registered) else None


class _Grant(AuthorizationCodeGrant):  # type: ignore[misc] # Authlib is untyped
    """Checks the request; the code is made by `partners.granting`."""


class _Core(AuthorizationServer):  # type: ignore[misc] # Authlib is untyped
    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house
        self.register_grant(_Grant, [S256(required=True)])

    def query_client(self, client_id: str) -> _Client | None:
        known = find_client(self._house.database, client_id, self._house.clock())
        return _Client(known) if known and known.speaks_for_people else None

    def create_oauth2_request(self, request: str) -> OAuth2Request:
        made = OAuth2Request("GET", f"{self._house.settings.base_url}/oauth/authorize")
        made.payload = BasicOAuth2Payload(_read_query(request))
        return made


def read_request(house: House, query: str) -> Asked:
    """Check an authorization request.

    Raises:
        Refusal: client or redirect URI are not good, or it cannot be read: for the person's eyes only.
        SentBack: something else is not good.
    """
    try:
        request = _Core(house).get_consent_grant(query).request
        asked = request.payload.data
        _check_extras(asked)
    except OAuth2Error as error:
        redirect_uri = getattr(error, "redirect_uri", None) or _good_address(house, query, error)
        described = error.description if isinstance(error, InvalidRequestError) else ""
        raise SentBack(redirect_uri, error.error, described, _read_query(query).get("state")) from error
    except ValueError as error:  # Authlib names a wrong response_type in its error, but not all characters
        redirect_uri, state = _good_address(house, query, error), _read_query(query).get("state")
        raise SentBack(redirect_uri, "unsupported_response_type", "", state) from error
    order = CodeOrder(
        client_id=request.client.known.client.id,
        redirect_uri=asked["redirect_uri"],
        challenge=asked["code_challenge"],
        scopes=tuple(request.scope.split()),
        bound_to=asked.get("dpop_jkt") or None,
    )
    return Asked(known=request.client.known, order=order, state=asked.get("state"))


def _check_extras(asked: dict[str, str]) -> None:
    if asked.get("response_mode", "query") != "query":
        raise InvalidRequestError("The answer comes in the query.")
    if "request" in asked or "request_uri" in asked:
        raise InvalidRequestError("The request is sent as plain parameters.")
    if len(asked.get("state", "")) > _MOST_STATE:
        raise InvalidRequestError("The state is too long.")
    if len(asked.get("dpop_jkt", "x" * _THUMBPRINT)) != _THUMBPRINT:
        raise InvalidRequestError("dpop_jkt is no thumbprint.")


def _good_address(house: House, query: str, error: Exception) -> str:
    """Where to tell of an error: nowhere, unless client and address are registered together."""
    asked = _read_query(query)
    client = _Core(house).query_client(asked.get("client_id", ""))
    redirect_uri = asked.get("redirect_uri", "")
    if client is None or not client.check_redirect_uri(redirect_uri):
        detail = "The application that sent you here is unknown, or not at the address it has registered."
        raise Refusal("malformed", detail) from error
    return redirect_uri


def send_back(house: House, redirect_uri: str, answer: dict[str, str], state: str | None) -> Response[Any]:
    """Send the browser to a registered address, with our name on it (RFC 9207)."""
    told = answer | ({"state": state} if state is not None else {}) | {"iss": house.settings.base_url}
    given = {name: value for name, value in told.items() if value}
    separator = "&" if urlsplit(redirect_uri).query else "?"
    return Response(
        b"", status_code=303, headers={"Location": f"{redirect_uri}{separator}{urlencode(given)}"}
    )
