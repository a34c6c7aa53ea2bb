"""What a client may do with a token it has: take it back (RFC 7009), or ask what it is (RFC 7662)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import RawBody

from api.access_tokens import AccessToken, TokenReader, TokenRefused
from api.authentication import authenticate
from api.forms import Form, answer_form, answer_json, read_form
from api.house import House
from partners.access import is_good, take_back
from partners.granting import take_grant_back
from partners.records.clients import KnownClient

_MARGIN_S = 60  # a revoked token is remembered for so long after it has expired by itself


@post("/oauth/revoke", operation_id="revoke_token", status_code=200, sync_to_thread=True)
def revoke_token(
    request: Request[Any, Any, Any], body: RawBody, house: NamedDependency[House]
) -> Response[dict[str, Any]]:
    """Take back a token of your own, at once and everywhere (RFC 7009).

    With a refresh token all access tokens go that came of it.

    The form has `token`; the client proves itself as at the token endpoint. A token that is not good, or
    not yours, answers the same 200 and nothing changes. `token_type_hint` is read by nobody.
    """

    def run() -> Response[dict[str, Any]]:
        form = read_form(request, body, "token")
        known = authenticate(house, form.fields, form.headers)
        if take_grant_back(house.database, known, form.fields["token"], house.clock()):
            return answer_json({})
        if found := _find_own(house, form, known):
            until = datetime.fromtimestamp(found.expires_at + _MARGIN_S, UTC)
            take_back(house.database, found.claims, until, house.clock())
        return answer_json({})

    return answer_form(run)


@post("/oauth/introspect", operation_id="introspect_token", status_code=200, sync_to_thread=True)
def introspect_token(
    request: Request[Any, Any, Any], body: RawBody, house: NamedDependency[House]
) -> Response[dict[str, Any]]:
    """Tell whether an access token of your own is good, and what it says (RFC 7662).

    The form has `token`; the client proves itself as at the token endpoint. What is expired, revoked, not
    yours or no token at all answers `{"active": false}`.
    """

    def run() -> Response[dict[str, Any]]:
        form = read_form(request, body, "token")
        found = _find_own(house, form, authenticate(house, form.fields, form.headers))
        active = found is not None and is_good(house.database, found.claims)
        return answer_json(_describe(house, found) if found and active else {"active": False})

    return answer_form(run)


def _find_own(house: House, form: Form, known: KnownClient) -> AccessToken | None:
    """The token of a form, if it is one of the client that has proved itself with it."""
    try:
        found = TokenReader(house).verify_here(form.fields["token"])
    except TokenRefused:
        return None
    return found if found.claims.client_id == known.client.id else None


def _describe(house: House, found: AccessToken) -> dict[str, Any]:
    claims = found.claims
    described: dict[str, Any] = {
        "active": True,
        "scope": " ".join(sorted(claims.scopes)),
        "client_id": claims.client_id,
        "token_type": "DPoP" if claims.bound_to else "Bearer",
        "exp": found.expires_at,
        "iat": found.issued_at,
        "sub": claims.actor,
        "aud": house.settings.base_url,
        "iss": house.settings.base_url,
        "jti": claims.token_id,
        "organization_id": claims.organization_id,
        "kind": claims.kind,
    }
    return described | ({"cnf": {"jkt": claims.bound_to}} if claims.bound_to else {})
