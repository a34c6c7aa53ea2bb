"""Bulk jobs: lines that were kept are handed to the room they were posted to, chunk by chunk."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

import msgspec
from litestar import Controller, Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from api.deferring import BulkOrder
from api.house import House
from api.idempotency import Once
from api.ndjson import Posted
from partners.errors import Unauthorized
from partners.records.job_lines import BULK, answer_chunk, next_chunk
from partners.records.jobs import Job
from partners.working import Step

Room = Callable[[Mapping[str, Any]], Response[Any]]


class BulkJobs:
    """The kind of job that works through streams which were too long to be answered at once."""

    name = BULK

    def __init__(self, house: House, rooms: Mapping[str, Room]) -> None:
        self._house = house
        self._rooms = rooms

    def plan(self, now: datetime) -> None:  # noqa: ARG002 - partners plan these
        return None

    def do(self, job: Job, now: datetime) -> Step:  # noqa: ARG002 - each line has its own
        """Answer the next chunk; its answers are kept before the next one is begun.

        Raises:
            NotReady: none of its lines was done; the job goes on later.
        """
        with self._house.database.surveying("jobs") as connection:
            chunk = next_chunk(connection, self._house.keyring, job.id)
        if chunk is None:
            return Step(document=job.document, done=job.done, is_finished=True)
        order = msgspec.convert(job.document, BulkOrder)
        posted = Posted(body=chunk.given, is_stream=True, first=chunk.first)
        once = Once(house=self._house, keyed=None, status=200)  # each line's reference is its key
        room = self._rooms[order.operation]
        offered = {"house": self._house, "posted": posted, "once": once}
        try:
            answer = _read(room(offered | {"claims": order.claims, "conditions": order.conditions}))
        except Unauthorized:  # it is for good: whoever posted the stream may do so no longer
            return Step(document=job.document, done=job.done, is_finished=True, error="Unauthorized")
        return Step(
            document=job.document,
            done=chunk.last,
            is_finished=False,
            write=lambda connection: answer_chunk(connection, self._house.keyring, job.id, chunk, answer),
        )


def _read(answer: Response[Any]) -> bytes:
    if not isinstance(answer, Stream):
        raise TypeError("a stream is answered by a stream")
    lines: Iterable[bytes] = answer.iterator  # type: ignore[assignment]  # made of bytes, by api.ndjson
    return b"".join(lines)


def find_rooms(controllers: Iterable[Any]) -> dict[str, Room]:
    """The bulk-capable operations of these controllers, ready to be called outside a request."""
    return {
        str(handler.operation_id): _unbind(handler)
        for controller in controllers
        if inspect.isclass(controller) and issubclass(controller, Controller)
        for handler in vars(controller).values()
        if isinstance(handler, HTTPRouteHandler) and "bulk" in handler.opt
    }


def _unbind(handler: HTTPRouteHandler) -> Room:
    wanted = inspect.signature(handler.fn).parameters

    def room(offered: Mapping[str, Any]) -> Response[Any]:
        given = {name: value for name, value in offered.items() if name in wanted}
        return cast("Response[Any]", handler.fn(None, **given))  # rooms keep nothing in themselves

    return room
