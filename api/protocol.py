"""The protocol: uvicorn's, which reads a request's head without end or haste; ours bounds both.

What it refuses is answered by the same problems (RFC 9457) as everything else.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.problems import MEDIA_TYPE, make_problem


def _refusal(slug: str, detail: str) -> bytes:
    """The answer to what never became a request: a problem as any other, after which the connection ends."""
    problem = make_problem(slug, detail)
    body = msgspec.json.encode(problem)
    head = (
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n"
        f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


_TOO_LARGE = _refusal("headers-too-large", "The head of the request is too large.")
_TOO_SLOW = _refusal("request-timeout", "The head of the request did not come in time.")
_MALFORMED = _refusal("malformed", "This is no request of HTTP/1.1.")


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose head grows beyond all bounds, does not come to its end, or cannot be read."""

    most_bytes = 131_072  # twice what the front door takes: its answer is the better one
    most_seconds = 15.0
    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn, asyncio hands a transport that writes
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Count what comes until a head is whole; what comes behind it is the body, counted elsewhere."""
        if self._timer is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._timer is not None and self._head_bytes > self.most_bytes:
            self._close(_TOO_LARGE)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's one sentence, in plain text
        """Answer what its parser refuses."""
        self._close(_MALFORMED)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:  # another one on a connection that was kept
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._forget_head()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._timer = self.loop.call_later(self.most_seconds, self._close, _TOO_SLOW)

    def _forget_head(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self, answer: bytes) -> None:
        self._forget_head()
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
