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

from api.house import House
from api.ndjson import Posted
from partners.principal import Claims
from partners.records.job_lines import BULK, answer_chunk, next_chunk
from partners.records.jobs import Job
from partners.working import Step

Room = Callable[..., Response[Any]]


class BulkJobs:
    """The kind of job that works through streams which were too long to be answered at once."""

    name = BULK

    def __init__(self, house: House, rooms: Mapping[str, Room]) -> None:
        self._house = house
        self._rooms = rooms

    def plan(self, now: datetime) -> None:  # noqa: ARG002 - partners plan these
        return None

    def do(self, job: Job, now: datetime) -> Step:  # noqa: ARG002 - each line has its own
        """Answer the next chunk; its answers are kept before the next one is begun."""
        with self._house.database.surveying("jobs") as connection:
            chunk = next_chunk(connection, job.id)
        if chunk is None:
            return Step(document=job.document, done=job.done, is_finished=True)
        claims = msgspec.convert(job.document["claims"], Claims)
        posted = Posted(body=chunk.given, is_stream=True, first=chunk.first)
        room = self._rooms[job.document["operation"]]
        answer = _read(room(house=self._house, claims=claims, posted=posted))
        return Step(
            document=job.document,
            done=chunk.last,
            is_finished=False,
            write=lambda connection: answer_chunk(connection, job.id, chunk, answer),
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
    def room(**given: Any) -> Response[Any]:  # noqa: ANN401 - the handler's own parameters
        return cast("Response[Any]", handler.fn(None, **given))  # rooms keep nothing in themselves

    return room
