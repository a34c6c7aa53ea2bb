"""The authorization server's rooms: tokens, its metadata (RFC 8414) and its public keys (RFC 7517)."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import RawBody

from api.authentication import METHODS, authenticate
from api.code_grants import People
from api.forms import MOST_BYTES, answer_form, answer_json, read_form, refuse_unread
from api.grants import GRANT_TYPES, Core, Place
from api.house import House
from api.possession import Possession
from api.problems import Refusal
from api.rights import RIGHTS, scopes_of
from api.tokens import introspect_token, revoke_token
from partners.client_keys import ALGORITHMS
from partners.granting import redeem_code, refresh
from partners.signing import mint_access_token


@post("/oauth/token", operation_id="issue_token", status_code=200, sync_to_thread=True)
def issue_token(
    request: Request[Any, Any, Any], body: RawBody, house: NamedDependency[House]
) -> Response[dict[str, Any]]:
    """Exchange a client's proof for an access token (RFC 6749 sections 4.1, 4.4 and 6).

    The form has `grant_type=client_credentials` and, if less than everything registered is wanted,
    `scope`; or, where people sign in, `grant_type=authorization_code` with `code`, `redirect_uri` and
    `code_verifier` (RFC 7636), later `grant_type=refresh_token` with `refresh_token`, which ends with the
    person's session. A client proves itself by HTTP Basic with its secret, or by `client_assertion` with a
    JWT of its own key (`private_key_jwt`). Tokens are JWTs (RFC 9068), good for five minutes. With a
    `DPoP` proof (RFC 9449) the token is bound to the proof's key; customs get no other.
    """
    url, seconds = f"{house.settings.base_url}/oauth/token", house.settings.access_token_seconds

    def run() -> Response[dict[str, Any]]:
        form = read_form(request, body, "grant_type")
        possession = Possession(house)
        core = Core(
            Place(url, seconds),
            lambda fields, headers: authenticate(house, fields, headers),
            lambda known: possession.bind(known, url, form.proofs),
            lambda claims: mint_access_token(
                house.signer, house.settings.base_url, claims, house.clock(), seconds
            ),
            People(
                lambda known, code: redeem_code(house.database, known, code, house.clock()),
                lambda known, token: refresh(house.database, known, token, house.lobby.idle, house.clock()),
                scopes_of,
            ),
        )
        answer = core.answer(form.fields, form.headers)
        return answer_json(answer.body, answer.status, answer.headers)

    return answer_form(run)


@get("/.well-known/oauth-authorization-server", operation_id="get_server_metadata")
async def get_server_metadata(house: NamedDependency[House]) -> Response[dict[str, Any]]:
    """What this authorization server can do (RFC 8414)."""
    issuer = house.settings.base_url
    scopes = sorted({right.scope for right in RIGHTS.values() if right.scope})
    metadata = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "grant_types_supported": list(GRANT_TYPES),
        **{
            f"{place}_endpoint_auth_{what}_supported": list(values)
            for place in ("token", "revocation", "introspection")
            for what, values in (("methods", METHODS), ("signing_alg_values", ALGORITHMS))
        },
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "service_documentation": f"{issuer}/docs",
    }
    return Response(metadata, headers={"Cache-Control": "public, max-age=300"})


@get("/.well-known/jwks.json", operation_id="get_jwks")
async def get_jwks(house: NamedDependency[House]) -> Response[dict[str, Any]]:
    """The public keys that access tokens are signed with: next, current and previous (RFC 7517)."""
    keys = house.signer.public_keys().as_dict(private=False)
    return Response({"keys": keys["keys"]}, headers={"Cache-Control": "public, max-age=300"})


rooms = Router(
    "/",
    route_handlers=[issue_token, revoke_token, introspect_token, get_server_metadata, get_jwks],
    request_max_body_size=MOST_BYTES,
    exception_handlers={HTTPException: refuse_unread, Refusal: refuse_unread},
    tags=["access"],
)
