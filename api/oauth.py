"""The authorization server's rooms: tokens, its metadata (RFC 8414) and its public keys (RFC 7517)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749.errors import InvalidRequestError  # type: ignore[import-untyped]
from litestar import MediaType, Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import RawBody

from api.authentication import METHODS, authenticate
from api.grants import GRANT_TYPES, Answer, Core
from api.house import House
from api.problems import Refusal, headers_of, problem_of
from api.rights import RIGHTS
from partners.client_keys import ALGORITHMS
from partners.errors import NotReady
from partners.signing import mint_access_token

MOST_BYTES = 64 * 1024
_MOST_FIELDS = 20
_FORM = "application/x-www-form-urlencoded"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@post("/oauth/token", operation_id="issue_token", status_code=200, sync_to_thread=True)
def issue_token(
    request: Request[Any, Any, Any], body: RawBody, house: NamedDependency[House]
) -> Response[dict[str, Any]]:
    """Exchange a client's proof for an access token (RFC 6749 section 4.4).

    The form has `grant_type=client_credentials` and, if less than everything registered is wanted,
    `scope`. A client proves itself by HTTP Basic with its secret, or by `client_assertion` with a JWT
    of its own key (`private_key_jwt`). Tokens are JWTs (RFC 9068), good for five minutes.
    """
    core = Core(
        f"{house.settings.base_url}/oauth/token",
        house.settings.access_token_seconds,
        lambda form, headers: authenticate(house, form, headers),
        lambda claims: mint_access_token(
            house.signer, house.settings.base_url, claims, house.clock(), house.settings.access_token_seconds
        ),
    )
    try:
        form, headers = _read(request, body)
        return _respond(core.answer(form, headers))
    except InvalidRequestError as error:
        return _refuse(400, "invalid_request", error.description)
    except NotReady as error:
        answer = _refuse(503, "temporarily_unavailable", str(error))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer


def _read(request: Request[Any, Any, Any], body: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Read the form; a parameter without a value counts as left out (RFC 6749 section 3.2)."""
    if len(body) > MOST_BYTES:
        raise Refusal("too-large", f"The body is larger than {MOST_BYTES} bytes.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise InvalidRequestError(f"The body must be {_FORM}.")
    if request.scope["query_string"]:
        raise InvalidRequestError("Parameters belong into the body, not into the URL.")
    authorizations = request.headers.getall("authorization", [])
    if len(authorizations) > 1:
        raise InvalidRequestError("More than one Authorization header was sent.")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise InvalidRequestError("The body is not a form of at most 20 parameters.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidRequestError("A parameter was sent more than once.")
    if not form.get("grant_type"):
        raise InvalidRequestError("The parameter grant_type is missing.")
    given = {name: value for name, value in form.items() if value}
    return given, {"authorization": authorizations[0]} if authorizations else {}


def _respond(answer: Answer) -> Response[dict[str, Any]]:
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Type"}
    return Response(answer.body, status_code=answer.status, headers=headers, media_type=MediaType.JSON)


def _refuse(status: int, error: str, description: str) -> Response[dict[str, Any]]:
    body = {"error": error, "error_description": description}
    return Response(body, status_code=status, headers=dict(_NO_STORE), media_type=MediaType.JSON)


def _refuse_unread(_request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """What is refused before it is read, such as a body that is too large, keeps RFC 6749's shape here."""
    problem = problem_of(error)
    word = "temporarily_unavailable" if problem.status in {429, 503} else "invalid_request"
    answer = _refuse(problem.status, word, problem.detail)
    answer.headers.update(headers_of(error))
    return answer


@get("/.well-known/oauth-authorization-server", operation_id="get_server_metadata")
async def get_server_metadata(house: NamedDependency[House]) -> Response[dict[str, Any]]:
    """What this authorization server can do (RFC 8414)."""
    issuer = house.settings.base_url
    scopes = sorted({right.scope for right in RIGHTS.values() if right.scope})
    metadata = {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": scopes,
        # Required and never empty (RFC 8414 sections 2 and 3.2), though there is no authorization endpoint.
        "response_types_supported": ["none"],
        "grant_types_supported": list(GRANT_TYPES),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
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
    route_handlers=[issue_token, get_server_metadata, get_jwks],
    request_max_body_size=MOST_BYTES,
    exception_handlers={HTTPException: _refuse_unread, Refusal: _refuse_unread},
    tags=["access"],
)
