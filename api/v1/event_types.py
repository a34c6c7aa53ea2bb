"""`/v1/event-types`: the catalogue of what can be heard, each type with the schema of its body."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from api.house import House
from api.idempotency import Once
from openapi.webhooks import body_schema, make_example
from partners.errors import NotFound
from partners.principal import Claims, Kind
from partners.records.event_types import EVENT_TYPES, EventType, name_labels
from partners.retelling import Example, trigger_event


class EventTypeOut(Struct, frozen=True, kw_only=True):
    """A type of event, and the JSON Schema of its body as your kind of partner gets it, with an example.

    `version` is raised by a change that a receiver could stumble over; new fields are none.
    """

    name: str
    version: int
    summary: str
    labels: Annotated[list[str], Meta(description="that its events carry, for endpoints to choose by")]
    schema: dict[str, Any]
    example: dict[str, Any]


class TriggeredOut(Struct, frozen=True, kw_only=True):
    """The test event that was told."""

    event: str


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
                _out(name, one, one.fields[kind])
                for name, one in sorted(EVENT_TYPES.items())
                if kind in one.fields
            ]
        )

    @post(
        "/{key:str}/trigger",
        operation_id="trigger_event",
        summary="Tell yourself a test event",
        status_code=202,
        sync_to_thread=True,
    )
    def trigger(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
    ) -> Response[TriggeredOut]:
        """Tell yourself an event of this type with the example's data: `data.test` is true, nothing happened.

        It goes to each endpoint of yours that asked for the type, and into your feed.
        """
        return once.answer(lambda: _trigger(house, claims, key))


def _trigger(house: House, claims: Claims, key: str) -> TriggeredOut:
    now = house.clock()
    told = house.database.writing(
        claims, lambda connection, who: trigger_event(connection, who, _example(who.kind, key), now)
    )
    house.wake()
    return TriggeredOut(event=told.id)


def _out(name: str, one: EventType, fields: type[Struct]) -> EventTypeOut:
    return EventTypeOut(
        name=name,
        version=one.version,
        summary=one.summary,
        labels=sorted(name_labels(name, fields.__struct_fields__).values()),
        schema=body_schema(name, fields),
        example=make_example(name, fields),
    )


def _example(kind: Kind, name: str) -> Example:
    one = EVENT_TYPES.get(name)
    if one is None or kind not in one.fields:
        raise NotFound("no such type of event")
    data = make_example(name, one.fields[kind])["data"]
    return Example(name, data["id"], data["path"], data)
