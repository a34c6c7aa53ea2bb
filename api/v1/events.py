"""`/v1/events`: what your organization was told, as a feed without gaps for those who cannot receive."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from api.house import House
from api.paging import Page, Paging
from partners.principal import Claims
from partners.records.events import Event, get_event, list_events


class EventOut(Struct, frozen=True, kw_only=True):
    """An event: `id` is its `webhook-id`, the rest is the body that endpoints get."""

    id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]


class EventController(Controller):
    path = "/v1/events"
    tags = ("webhooks",)

    @get(operation_id="list_events", summary="Follow the feed of events", sync_to_thread=True)
    def index(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        event_type: Annotated[str | None, QueryParameter(name="type", max_length=60)] = None,
    ) -> Response[Page[EventOut]]:
        """Answer events in the order in which they became certain, oldest first; none is ever missed.

        Keep `next` and come back with it as `after`: an empty page says that you have seen everything.
        """
        after = int(paging.after or 0)
        with house.database.reading(claims) as (connection, principal):
            found = list_events(connection, principal, after=after, limit=paging.limit, type_=event_type)
        return paging.answer_feed([_out(one) for one in found], [str(one.position) for one in found])

    @get("/{key:str}", operation_id="get_event", summary="Read an event", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> EventOut:
        """Read one event as its endpoints get it."""
        with house.database.reading(claims) as (connection, principal):
            return _out(get_event(connection, principal, key))


def _out(event: Event) -> EventOut:
    body = msgspec.json.decode(event.body)
    return EventOut(id=event.id, type=body["type"], timestamp=event.occurred_at, data=body["data"])
