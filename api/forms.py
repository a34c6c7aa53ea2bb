"""The shape of the OAuth endpoints: a form comes in, JSON as RFC 6749 has it goes out, never stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error  # type: ignore[import-untyped]
from litestar import MediaType, Request, Response
from msgspec import Struct

from api.problems import Refusal, headers_of, problem_of
from partners.errors import NotReady

MOST_BYTES = 64 * 1024
_MOST_FIELDS = 20
_FORM = "application/x-www-form-urlencoded"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Form(Struct, frozen=True):
    """A form as it was sent: its parameters with a value, and the two headers that prove who sent it."""

    fields: dict[str, str]
    authorization: str | None
    proofs: tuple[str, ...]  # of the DPoP headers

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": self.authorization} if self.authorization is not None else {}


def read_form(request: Request[Any, Any, Any], body: bytes, required: str) -> Form:
    """Read a form; a parameter without a value counts as left out (RFC 6749 section 3.2).

    Raises:
        InvalidRequestError: it is none, or `required` is missing.
    """
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
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise InvalidRequestError("A parameter was sent more than once.")
    if not fields.get(required):
        raise InvalidRequestError(f"The parameter {required} is missing.")
    given = {name: value for name, value in fields.items() if value}
    proofs = tuple(request.headers.getall("dpop", []))
    return Form(given, authorizations[0] if authorizations else None, proofs)


def answer_form(run: Callable[[], Response[dict[str, Any]]]) -> Response[dict[str, Any]]:
    """Answer by `run`, or by what it raises, in RFC 6749's shape."""
    try:
        return run()
    except InvalidRequestError as error:
        return refuse(400, "invalid_request", error.description)
    except OAuth2Error as error:
        status, body, headers = error()
        return answer_json(dict(body), status, dict(headers))
    except NotReady as error:
        answer = refuse(503, "temporarily_unavailable", str(error))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer


def answer_json(
    body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None
) -> Response[dict[str, Any]]:
    """An answer that nobody may store (RFC 6749 section 5.1)."""
    kept = {name: value for name, value in (headers or {}).items() if name != "Content-Type"}
    return Response(body, status_code=status, headers=_NO_STORE | kept, media_type=MediaType.JSON)


def refuse(status: int, error: str, description: str) -> Response[dict[str, Any]]:
    return answer_json({"error": error, "error_description": description}, status)


def refuse_unread(_request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """What is refused before it is read, such as a body that is too large, keeps RFC 6749's shape here."""
    problem = problem_of(error)
    word = "temporarily_unavailable" if problem.status in {429, 503} else "invalid_request"
    answer = refuse(problem.status, word, problem.detail)
    answer.headers.update(headers_of(error))
    return answer
