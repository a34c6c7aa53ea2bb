"""Timekeeping: a request is answered in time, or refused; what was refused is not committed afterwards.

A thread cannot be stopped. So a request has a `Deadline` that its handler's thread takes along to the doors
of the database: once the time is up they commit nothing, and once they commit the time is no longer up.
An answer that has begun, such as a stream whose first lines are committed, goes on to its end.
"""

from __future__ import annotations

import asyncio

import msgspec
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

from api.problems import MEDIA_TYPE, make_problem
from partners.deadlines import Deadline, under_deadline


class Timekeeper:
    """An ASGI app around the app."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watch = _Watch(receive, send, Deadline(self._seconds))
        timer = asyncio.get_running_loop().call_later(self._seconds, watch.ring)
        try:
            with under_deadline(watch.deadline):
                await self._app(scope, watch.receive, watch.send)
        except asyncio.CancelledError:
            if not watch.has_rung:
                raise  # somebody else's: the server is going down
            watch.task.uncancel()
            await _refuse(scope, send, was_reading=watch.is_reading)
        finally:
            timer.cancel()


class _Watch:
    """What one request is doing when its time is up."""

    def __init__(self, receive: Receive, send: Send, deadline: Deadline) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - an ASGI app is always awaited in a task
        self.task = task
        self.deadline = deadline
        self.has_rung = False
        self.is_reading = False
        self._has_begun = False
        self._receive = receive
        self._send = send

    async def receive(self) -> ReceiveMessage:
        self.is_reading = True
        event = await self._receive()
        self.is_reading = False
        return event

    async def send(self, message: Message) -> None:
        self._has_begun = True
        await self._send(message)

    def ring(self) -> None:
        if not self._has_begun and self.deadline.expire():
            self.has_rung = True
            self.task.cancel()


async def _refuse(scope: Scope, send: Send, *, was_reading: bool) -> None:
    if was_reading:
        problem = make_problem("request-timeout", "The body did not come in time.")
    else:
        problem = make_problem("not-ready", "It took too long; nothing was changed.")
    request_id = scope["state"].get("request_id", "")
    body = msgspec.json.encode(msgspec.structs.replace(problem, instance=request_id))
    media_type = MEDIA_TYPE
    if scope["path"].startswith("/oauth/"):
        word = "invalid_request" if was_reading else "temporarily_unavailable"
        body = msgspec.json.encode({"error": word, "error_description": problem.detail})
        media_type = "application/json"
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", b"2"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
