"""`/v1/event-types`: the catalogue of what can be heard, each type with the schema of its body."""

from __future__ import annotations

from typing import Any

from litestar import Controller, get
from litestar.di import NamedDependency
from msgspec import Struct

from api.house import House
from openapi.webhooks import body_schema
from partners.principal import Claims
from partners.records.event_types import EVENT_TYPES


class EventTypeOut(Struct, frozen=True, kw_only=True):
    """A type of event, and the JSON Schema of its body as your kind of partner gets it."""

    name: str
    summary: str
    schema: dict[str, Any]


class EventTypesOut(Struct, frozen=True, kw_only=True):
    """The catalogue of your kind of partner."""

    items: list[EventTypeOut]


class EventTypeController(Controller):
    path = "/v1/event-types"
    tags = ("webhooks",)

    @get(operation_id="list_event_types", summary="What can be heard", sync_to_thread=True)
    def index(self, house: NamedDependency[House], claims: NamedDependency[Claims]) -> EventTypesOut:
        """Answer every type of event that your kind of partner can hear of."""
        with house.database.reading(claims) as (_, principal):
            kind = principal.kind
        return EventTypesOut(
            items=[
                EventTypeOut(name=name, summary=one.summary, schema=body_schema(name, one.fields[kind]))
                for name, one in sorted(EVENT_TYPES.items())
                if kind in one.fields
            ]
        )
