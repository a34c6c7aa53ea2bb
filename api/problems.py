"""Problems: every error of the API, as RFC 9457 `application/problem+json`, from this one place.

`type` is a stable URI reference under `/problems/`; a program decides by it, a person reads `detail`.
`instance` is the request's id, the same as in the `X-Request-Id` header and in our log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from partners import errors as domain

MEDIA_TYPE = "application/problem+json"
BASE = "/problems/"
UNREACHABLE = (OperationalError, PoolTimeout)  # the database does not answer, or not in time
log = structlog.get_logger("touchstone.problems")

# slug: status and title. Slugs are part of the contract: add, never rename.
KINDS: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read"),
    "invalid": (400, "The request does not have the described shape"),
    "unauthorized": (401, "A valid access token is needed"),
    "forbidden": (403, "This kind of partner may not do this"),
    "insufficient-scope": (403, "The access token lacks the scope"),
    "not-found": (404, "There is no such thing, or it is not yours"),
    "method-not-allowed": (405, "The path does not know this method"),
    "not-acceptable": (406, "No answer in an acceptable media type"),
    "request-timeout": (408, "The request did not come in time"),
    "conflict": (409, "The present state does not allow it"),
    "gone": (410, "It was erased"),
    "precondition-failed": (412, "It was changed since you read it"),
    "too-large": (413, "The request is too large"),
    "unsupported-media-type": (415, "The media type is not understood here"),
    "rule-broken": (422, "A rule of the fields is broken"),
    "idempotency-key-reused": (422, "The Idempotency-Key came with another request before"),
    "precondition-required": (428, "If-Match is required"),
    "too-many-requests": (429, "Too many requests"),
    "headers-too-large": (431, "The head of the request is too large"),
    "internal": (500, "Something went wrong on our side"),
    "not-ready": (503, "A part of the service is not ready"),
}
_SLUG_OF_STATUS = {status: slug for slug, (status, _) in reversed(list(KINDS.items()))}


class FieldError(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong at one place: a JSON Pointer (RFC 6901) into the body, or the name of a parameter."""

    pointer: str
    detail: str
    source: str | UnsetType = msgspec.field(name="in", default=UNSET)


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as RFC 9457 describes it; `errors` names the places of the request that are at fault."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()
    instance: str | UnsetType = UNSET


class Refusal(Exception):
    """A refusal of the front door itself; `slug` is one of `KINDS`."""

    def __init__(
        self,
        slug: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def make_problem(slug: str, detail: str, errors: Sequence[FieldError] = (), status: int = 0) -> Problem:
    """Make a problem of a known kind; `status` is needed for a slug outside `KINDS` only."""
    known, title = KINDS.get(slug) or (status, KINDS[_SLUG_OF_STATUS[status]][1])
    return Problem(type=BASE + slug, title=title, status=known, detail=detail, errors=tuple(errors))


def problem_of(error: Exception) -> Problem:
    """Say which problem an exception is; one that nobody foresaw is `internal`, without details."""
    match error:
        case Refusal():
            return make_problem(error.slug, error.detail, error.errors)
        case domain.DomainError():
            return _problem_of_domain(error)
        case HTTPException() if error.status_code < 500:
            return _problem_of_litestar(error)
        case _ if isinstance(error, UNREACHABLE):
            return make_problem("not-ready", "The database does not answer; try again shortly.")
    return make_problem("internal", "It has been logged under the request's id; nothing was changed.")


def _problem_of_litestar(error: HTTPException) -> Problem:
    if isinstance(error, ValidationException):
        errors = _parameter_errors(error)
        if [place.pointer for place in errors] == ["/data"]:  # Litestar's word for a body that was not sent
            return make_problem("malformed", "The body is missing.")
        return make_problem("invalid", "The request does not fit.", errors)
    if isinstance(error, RequestEntityTooLarge):  # only `api.limits` raises it
        return make_problem("too-large", error.detail)
    slug = _SLUG_OF_STATUS.get(error.status_code, "malformed")
    return make_problem(slug, f"{KINDS[slug][1]}.")


def _problem_of_domain(error: domain.DomainError) -> Problem:
    match error:
        case domain.RuleBroken():
            places = [FieldError(pointer=pointer, detail=detail) for pointer, detail in error.errors]
            return make_problem("rule-broken", "The fields named in errors break a rule.", places)
        case domain.Conflict():
            return make_problem(error.type.replace("_", "-"), str(error), status=409)
    slugs = {
        domain.NotFound: "not-found",
        domain.Gone: "gone",
        domain.Unauthorized: "unauthorized",
        domain.Forbidden: "forbidden",
        domain.PreconditionFailed: "precondition-failed",
        domain.PreconditionRequired: "precondition-required",
        domain.KeyReused: "idempotency-key-reused",
        domain.NotReady: "not-ready",
    }
    slug = slugs[type(error)]
    # not yours and not there must read alike, so the sentence of a NotFound stays inside
    return make_problem(slug, f"{KINDS[slug][1]}." if slug == "not-found" else str(error))


def headers_of(error: Exception) -> dict[str, str]:
    """The headers an error's answer needs: `WWW-Authenticate`, `Allow`, `Retry-After`."""
    match error:
        case Refusal():
            return error.headers
        case domain.Unauthorized():
            return {"WWW-Authenticate": challenge("invalid_token", str(error))}
        case domain.NotReady() | domain.Conflict() if error.retry_after:
            return {"Retry-After": str(error.retry_after)}
        case _ if isinstance(error, UNREACHABLE):
            return {"Retry-After": "2"}
        case MethodNotAllowedException():
            return {"Allow": allow_header((error.headers or {}).get("allow", "").split(", "))}
    return {}


def allow_header(methods: Iterable[str]) -> str:
    """The `Allow` header of a path with these methods; HEAD is answered wherever GET is."""
    known = set(methods)
    return ", ".join(sorted(known | {"HEAD"} if "GET" in known else known))


def challenge(error: str = "", description: str = "", scope: str = "") -> str:
    """The `WWW-Authenticate` challenge of RFC 6750 section 3."""
    parts = {"error": error, "error_description": description, "scope": scope}
    return ", ".join(
        ['Bearer realm="touchstone"', *(f'{name}="{value}"' for name, value in parts.items() if value)]
    )


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Litestar's one exception handler: turn any exception into its answer."""
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("request failed", problem=problem.type, exc_info=error)
    request_id = request.scope["state"].get("request_id", UNSET)
    return Response(
        msgspec.json.encode(msgspec.structs.replace(problem, instance=request_id)),
        status_code=problem.status,
        headers=headers_of(error),
        media_type=MEDIA_TYPE,
    )


def _parameter_errors(error: ValidationException) -> list[FieldError]:
    extra = error.extra if isinstance(error.extra, list) else []
    found = [
        FieldError(pointer=f"/{item.get('key', '')}", detail=item["message"], source=_source(item))
        for item in extra
        if isinstance(item, dict) and "message" in item
    ]
    return found or [FieldError(pointer="", detail=str(error.detail))]


def _source(item: Mapping[str, Any]) -> str:
    source = item.get("source", "query")
    return str(getattr(source, "value", source))
