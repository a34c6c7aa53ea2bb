"""The answers of an operation: its own, and the problems it can end in (RFC 9457)."""

from __future__ import annotations

from typing import Any

from openapi.operation import Operation

_TEXTS = {
    "400": ("Malformed", "The bytes do not decode into what is asked for; `errors` points at the places."),
    "401": ("Unauthorized", "The access token is missing, expired, revoked or not ours."),
    "403": ("Forbidden", "The token lacks the scope, or this is for another kind of partner."),
    "404": ("NotFound", "There is none, or it is not yours: both look the same."),
    "406": ("NotAcceptable", "None of the media types in `Accept` can be answered."),
    "408": ("RequestTimeout", "The body did not come in time."),
    "409": ("Conflict", "The state of the thing does not allow it."),
    "410": ("Gone", "It was erased for good."),
    "412": ("PreconditionFailed", "It is not at the revision that `If-Match` names."),
    "413": ("TooLarge", "The body has too many bytes or lines."),
    "415": ("UnsupportedMediaType", "The body has another media type than those documented."),
    "422": ("RuleBroken", "It decodes, but a rule of a field is broken; `errors` points at the places."),
    "428": ("PreconditionRequired", "To overwrite it, send `If-Match` with the ETag you have read."),
    "429": ("TooManyRequests", "More than your client may: come back after `Retry-After` seconds."),
    "503": ("NotReady", "A part we depend on is not there yet: come back after `Retry-After` seconds."),
}
_REQUEST_ID = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
# where the operation is counted: see its success
RATES = {
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimitPolicy"},
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
}
_REPLAYED = {"Idempotent-Replayed": {"$ref": "#/components/headers/IdempotentReplayed"}}


def shared_headers() -> dict[str, Any]:
    """The `components.headers`."""
    texts = {
        "RequestId": "the request's id: yours, if you sent one",
        "RateLimitPolicy": 'the quotas that you count against: `"requests";q=100;w=1` is 100 in a second',
        "RateLimit": "what is left of each: `r` now, and all of it in `t` seconds",
        "IdempotentReplayed": "`true`: this answer was given before, to the first request with the key",
    }
    return {name: {"schema": {"type": "string"}, "description": text} for name, text in texts.items()}


def shared_responses() -> dict[str, Any]:
    """The `components.responses`: one per kind of problem."""
    shared: dict[str, Any] = {}
    for status, (name, description) in _TEXTS.items():
        headers: dict[str, Any] = _REQUEST_ID | RATES
        if status == "401":
            headers["WWW-Authenticate"] = {"schema": {"type": "string"}, "description": "RFC 6750"}
        if status in {"429", "503"}:
            headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "seconds"}
        shared[name] = {
            "description": description,
            "headers": headers,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return shared


def describe_problems(operation: Operation) -> dict[str, Any]:
    """References to the problems an operation can end in, by status."""
    statuses = {"400", "406"}
    if operation.scope:
        statuses |= {"401", "403", "503"}
    if operation.limits:
        statuses |= {"429"}
    if operation.is_keyed:
        statuses |= {"408", "409", "413", "422"}
    if operation.names_a_thing:
        statuses |= {"404"}
    if operation.may_be_gone:
        statuses |= {"410", "422"}
    if operation.takes is not None:
        statuses |= {"408", "409", "413", "415", "422"}
    if operation.is_conditional:
        statuses |= {"409", "412", "428"}
    return {status: {"$ref": f"#/components/responses/{_TEXTS[status][0]}"} for status in sorted(statuses)}


def describe_success(operation: Operation, schema: dict[str, Any] | None) -> dict[str, Any]:
    """The operation's own answers, by status; a bulk-capable one answers a stream line by line, too."""
    counted = _REQUEST_ID | (RATES if operation.limits else {})
    headers = counted | (_REPLAYED if operation.is_keyed else {})
    answer: dict[str, Any] = {"description": "The answer.", "headers": headers}
    if operation.status == 204:
        return {"204": answer | {"description": "Done; there is nothing to say."}}
    if schema is not None:
        answer["content"] = {"application/json": {"schema": schema}}
    if operation.draws:
        answer["content"][operation.draws] = {"schema": {"type": "string"}}
    if operation.is_conditional or operation.names_a_thing:
        answer["headers"]["ETag"] = {
            "schema": {"type": "string"},
            "description": "strong entity tag, where the thing has revisions",
        }
    created = answer | {"description": "It is new."}
    if operation.may_create:
        return {"201": created, "200": answer | {"description": "It was known: replaced, or equal."}}
    if not operation.is_bulk:
        return {str(operation.status): answer}
    line = {"application/x-ndjson": {"schema": {"$ref": "#/components/schemas/LineOut"}}}
    replaced = answer | {
        "description": "It was known: replaced, or equal. For a stream: one line per line, in order.",
        "content": answer["content"] | line,
    }
    accepted = {
        "description": "A stream that is too long to be answered at once: a job works through it.",
        "headers": counted
        | {"Location": {"schema": {"type": "string"}, "description": "the job, with its progress"}},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/JobOut"}}},
    }
    # what is only looked at makes nothing new
    return ({"201": created} if operation.status == 201 else {}) | {"200": replaced, "202": accepted}
