"""The contract document: OpenAPI 3.1, from what the framework draws, our types, and our tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from openapi.examples import EXAMPLES, PICTURES, load_answers
from openapi.links import describe_links
from openapi.operation import Operation
from openapi.particulars import CLIENT_SECRET, PARTICULARS
from openapi.responses import describe_problems, describe_success, shared_headers, shared_responses
from openapi.webhooks import describe_webhooks
from partners.records.event_types import EVENT_TYPES

_REF = "#/components/schemas/{name}"
_EMPTY = (False, None)
_SECURITY = (
    "Access tokens (RFC 9068): for programs by client credentials, with a secret or a JWT of one's own key;"
    " for people by code with PKCE (S256). Sent as Bearer, or, bound to a key (RFC 9449, customs always), as"
    " DPoP with a proof in the DPoP header of each request. Signed and verified as RFC8725 asks: one"
    " algorithm, one type, one issuer, one audience."
)
_TAGS = {
    "access": "Tokens (RFC 6749, 7009, 7523, 7662, 9068, 9449) and the server's metadata.",
    "people": "Who signs in for an organization, and in which role.",
    "organization": "Who I am.",
    "trademarks": "Rights holders: registrations of marks.",
    "listings": "Marketplaces: listings, screened in the same call.",
    "matches": "Where a listing and a registration met, and a person's judgement of it.",
    "policies": "Rights holders: lines of their own, and what they would have advised.",
    "cases": "Notices, takedown cases and decisions.",
    "sellers": "Marketplaces: traders and their risk.",
    "seizures": "Customs: what was taken out of trade.",
    "flags": "Seller-risk flags: a feed for customs.",
    "webhooks": "Endpoints, events and deliveries.",
    "jobs": "Streams that are too long to be answered at once.",
    "health": "For those who run the service.",
}


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the document's front page."""

    title: str
    version: str
    description: str
    server: str


def build_document(
    drawn: Mapping[str, Any], operations: Sequence[Operation], cover: Cover, parts: Sequence[type]
) -> dict[str, Any]:
    """Build the whole document.

    `drawn` is the framework's document, of which paths and parameters are taken; `parts` are further
    types that answers are made of (problems, lines of a stream).
    """
    schemas, components = _draw_schemas(operations, parts)
    paths: dict[str, dict[str, Any]] = {}
    for operation in sorted(operations, key=lambda one: (one.path, one.method)):
        method = operation.method.lower()
        paths.setdefault(operation.path, {})[method] = _describe(
            operation, drawn["paths"][operation.path][method], schemas
        )
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": cover.title,
            "version": cover.version,
            "description": cover.description,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": cover.server, "x-internal": False}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "webhooks": describe_webhooks(EVENT_TYPES),
        "components": {
            "schemas": components,
            "responses": shared_responses(),
            "headers": shared_headers(),
            "securitySchemes": {"oauth2": _describe_security(operations), "client_secret": CLIENT_SECRET},
        },
    }
    # through JSON once, so that what is tested is what is read: no tuples, no shared parts
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return plain


def _draw_schemas(
    operations: Sequence[Operation], parts: Sequence[type]
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Schemas by `<operation id> takes` and `<operation id> answers`, and the components they refer to."""
    named: dict[str, Any] = {}
    for operation in operations:
        for role in ("takes", "answers"):
            if (annotation := getattr(operation, role)) is not None:
                named[f"{operation.operation_id} {role}"] = annotation
    drawn, components = msgspec.json.schema_components([*named.values(), *parts], ref_template=_REF)
    schemas = dict(zip(named, drawn[: len(named)], strict=True))
    return schemas, dict(sorted(components.items()))


def _describe(
    operation: Operation, drawn: Mapping[str, Any], schemas: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "summary": drawn["summary"],
        "description": _describe_right(operation, drawn.get("description", "")),
        "tags": drawn.get("tags", []),
        "security": [{"oauth2": [operation.scope]}] if operation.scope else [],
    }
    if operation.is_deprecated:
        described["deprecated"] = True
    if parameters := [_describe_parameter(parameter) for parameter in drawn.get("parameters", [])]:
        described["parameters"] = parameters
    if takes := schemas.get(f"{operation.operation_id} takes"):
        described["requestBody"] = _describe_body(operation, takes)
    success = describe_success(operation, schemas.get(f"{operation.operation_id} answers"))
    described["responses"] = success | describe_problems(operation)
    return _complete(operation.operation_id, described | PARTICULARS.get(operation.operation_id, {}))


def _complete(operation_id: str, described: dict[str, Any]) -> dict[str, Any]:
    """Add to each successful answer its example, and where it leads."""
    responses = {}
    for status, answer in described["responses"].items():
        if not status.startswith("2"):
            responses[status] = answer
            continue
        answering = "get_job" if status == "202" and "200" in described["responses"] else operation_id
        content = {
            media_type: body
            if (example := _answered(answering, media_type)) is None
            else body | {"examples": {"ordinary": {"value": example}}}
            for media_type, body in answer.get("content", {}).items()
        }
        responses[status] = (
            answer | ({"content": content} if content else {}) | {"links": describe_links(answering)}
        )
    return described | {"responses": responses}


def _answered(operation_id: str, media_type: str) -> object:
    """What an operation answered once in a form; a line of a stream is described beside it."""
    if media_type == "application/x-ndjson":
        return None
    answers = PICTURES if media_type == "image/svg+xml" else load_answers()
    return answers.get(operation_id)


def _describe_right(operation: Operation, text: str) -> str:
    if not operation.scope:
        return text
    people = f"; among people: {operation.role}" if operation.role != "reader" else ""
    return f"{text}\n\nScope `{operation.scope}`; for: {', '.join(sorted(operation.kinds))}{people}."


def _describe_parameter(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter is given or not, never null: drop the framework's nulls and defaults of OpenAPI itself."""
    kept = {name: value for name, value in drawn.items() if value not in _EMPTY}
    schema = dict(kept["schema"])
    for choice in (choice for choice in schema.pop("oneOf", ()) if choice.get("type") != "null"):
        schema |= choice
    if isinstance(schema.get("type"), list):
        (schema["type"],) = (name for name in schema["type"] if name != "null")
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    schema.pop("description", None)
    for bound in ("minimum", "maximum"):
        if bound in schema:
            schema[bound] = int(schema[bound])
    if kept["in"] == "path":
        kept.setdefault("description", "our id, or your own reference, percent-encoded")
        schema |= {"minLength": 1, "maxLength": 400}
    return kept | {"schema": schema}


def _describe_body(operation: Operation, schema: dict[str, Any]) -> dict[str, Any]:
    one: dict[str, Any] = {"schema": schema}
    if example := EXAMPLES.get(operation.operation_id):
        one["examples"] = {"ordinary": {"value": example}}
    content = {"application/json": one}
    if operation.method == "PATCH":
        content = {"application/merge-patch+json": one, "application/json": one}
    if operation.is_bulk:
        content["application/x-ndjson"] = {"schema": schema}
    return {"required": True, "content": content}


def _describe_security(operations: Iterable[Operation]) -> dict[str, Any]:
    scopes = sorted({operation.scope for operation in operations if operation.scope})
    described = {scope: _describe_scope(scope) for scope in scopes}
    return {
        "type": "oauth2",
        "description": _SECURITY,
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth/token",
                "scopes": described,
            },
            "authorizationCode": {
                "authorizationUrl": "/oauth/authorize",
                "tokenUrl": "/oauth/token",
                "refreshUrl": "/oauth/token",
                "scopes": described,
            },
        },
    }


def _describe_scope(scope: str) -> str:
    noun, _, verb = scope.partition(":")
    return f"{'read' if verb == 'read' else 'change'} {noun.replace('_', ' ')}"
