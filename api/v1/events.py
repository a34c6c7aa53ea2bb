"""`/v1/events`: what your organization was told, as a feed without gaps for those who cannot receive."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import asdict

from api.house import House
from api.idempotency import Once
from api.paging import Page, Paging
from partners.principal import Claims
from partners.records.events import Event, get_event, list_events
from partners.retelling import replay


class EventOut(Struct, frozen=True, kw_only=True):
    """An event: `id` is its `webhook-id`; `type`, `timestamp` and `data` are the body that endpoints get."""

    id: str
    type: str
    timestamp: datetime
    data: dict[str, Any]
    labels: Annotated[dict[str, str], Meta(description="what endpoints may choose by")]
    replay_of: Annotated[str | None, Meta(description="the event that this one repeats under a new id")]


EndpointKey = Annotated[
    str, Meta(max_length=40, description="to this one alone; else to all that want it now")
]


class ReplayIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to replay to."""

    endpoint: EndpointKey | None = None


class _Body(Struct):
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

    @post(
        "/{key:str}/replay",
        operation_id="replay_event",
        summary="Tell an event anew",
        sync_to_thread=True,
    )
    def replay(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
        data: JSONBody[ReplayIn],
    ) -> Response[EventOut]:
        """Tell an event again under a new id, in the same bytes, so that receivers do not drop it.

        To send it with the same id, resend its delivery.
        """
        return once.answer(lambda: _replay(house, claims, key, data.endpoint))


def _replay(house: House, claims: Claims, key: str, endpoint: str | None) -> EventOut:
    now = house.clock()
    told = house.database.writing(claims, lambda connection, who: replay(connection, who, key, endpoint, now))
    house.wake()
    return _out(told)


def _out(event: Event) -> EventOut:
    body = msgspec.json.decode(event.body, type=_Body)
    return EventOut(id=event.id, labels=event.labels, replay_of=event.replay_of, **asdict(body))
