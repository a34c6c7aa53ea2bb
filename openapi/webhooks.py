"""The `webhooks` section: one entry per event type, with the schema of what each kind of partner reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

from partners.principal import Kind
from partners.records.event_types import EventType

_SUBJECTS = {
    "case": ("case", "cases"),
    "endpoint": ("end", "webhook-endpoints"),
    "listing": ("lst", "listings"),
    "match": ("mch", "matches"),
    "notice": ("ntc", "notices"),
    "policy": ("pol", "policies"),
    "seizure": ("szr", "seizures"),
    "seller": ("flag", "flags"),
    "takedown": ("case", "cases"),
    "trademark": ("tm", "trademarks"),
}
_HEAD: dict[str, Any] = {
    "id": {"type": "string", "description": "id of the thing the event is about"},
    "path": {"type": "string", "description": "API path to the whole"},
    "subject": {"type": "string", "description": "what `sequence` counts"},
    "sequence": {"type": "integer", "minimum": 1, "description": "drop an event older than one you have"},
}
_TEST = {"test": {"const": True, "description": "there only on an event that you triggered yourself"}}
_HEADERS = (
    ("webhook-id", "the event's id: the same for every attempt, so that you can drop repetitions"),
    ("webhook-timestamp", "seconds since 1970 of this attempt; refuse one that is older than 5 minutes"),
    (
        "webhook-signature",
        (
            "`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`, `v1a,` and base64 of ed25519 over the "
            "same: one for each live secret or key, by spaces apart (Standard Webhooks 1.0)"
        ),
    ),
)


def describe_webhooks(catalogue: Mapping[str, EventType]) -> dict[str, Any]:
    """Build the OpenAPI 3.1 `webhooks` object from the catalogue of events."""
    return {name: {"post": _describe(name, event)} for name, event in sorted(catalogue.items())}


def _describe(name: str, event: EventType) -> dict[str, Any]:
    readers: dict[str, list[Kind]] = {}
    for kind, fields in event.fields.items():
        readers.setdefault(fields.__name__, []).append(kind)
    structs = {fields.__name__: fields for fields in event.fields.values()}
    return {
        "operationId": "receive_" + name.replace(".", "_"),
        "summary": event.summary,
        "description": f"Version {event.version}. Read by: {', '.join(sorted(event.fields))}.",
        "tags": ["webhooks"],
        "security": [],
        "parameters": [_describe_header(*header) for header in _HEADERS],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _join([body_schema(name, fields) for fields in structs.values()]),
                    "examples": {
                        " and ".join(kinds): {"value": make_example(name, structs[struct])}
                        for struct, kinds in readers.items()
                    },
                }
            },
        },
        "responses": {
            "2XX": {"description": "received; anything else is tried again"},
            "410": {"description": "gone: the endpoint is disabled and not called again"},
        },
    }


def body_schema(name: str, fields: type[Struct]) -> dict[str, Any]:
    """The JSON Schema of an event's body as one kind of partner reads it."""
    _, components = msgspec.json.schema_components([fields], ref_template="#/$defs/{name}")
    own = components.pop(fields.__name__)
    data: dict[str, Any] = {
        "type": "object",
        "properties": {**_HEAD, **_TEST, **own["properties"]},
        "required": [*_HEAD, *own.get("required", [])],
    }
    body: dict[str, Any] = _inline(
        {
            "type": "object",
            "title": fields.__name__,
            "properties": {
                "type": {"const": name},
                "timestamp": {"type": "string", "format": "date-time"},
                "data": data,
            },
            "required": ["type", "timestamp", "data"],
        },
        components,
    )
    return body


def _inline(schema: Any, components: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON is any shape
    """Put each component where it is referred to, so that a webhook's schema stands alone."""
    if isinstance(schema, list):
        return [_inline(part, components) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(components[schema["$ref"].rsplit("/", 1)[1]], components)
    return {key: _inline(part, components) for key, part in schema.items()}


def _join(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _describe_header(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def make_example(name: str, fields: type[Struct]) -> dict[str, Any]:
    """A body as one kind of partner gets it, about a thing that does not exist."""
    known = {field.name: _example_of(field.name, field.type) for field in msgspec.structs.fields(fields)}
    prefix, noun = _SUBJECTS[name.split(".", 1)[0]]
    identity = f"{prefix}_01m7zq3v8kf5tbg2h6w9rc4xya"
    head = {"id": identity, "path": f"/v1/{noun}/{identity}", "subject": identity, "sequence": 1}
    return {"type": name, "timestamp": "2026-11-21T12:00:00Z", "data": head | known}


def _example_of(name: str, annotation: Any) -> Any:  # noqa: ANN401 - a type annotation is any value
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    by_type: dict[Any, Any] = {int: 1, float: 0.93, datetime: "2026-12-21T12:00:00Z", date: "2026-11-20"}
    if annotation in by_type:
        return by_type[annotation]
    if get_origin(annotation) is tuple:
        return []
    if type(None) in get_args(annotation):
        return _example_of(name, get_args(annotation)[0])
    return {"mark": "NIKE", "reference": "A-123", "url": "https://partner.example/hooks"}.get(name, "…")
