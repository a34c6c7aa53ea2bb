"""The doorstep: what happens to every request before a room is found, and to every answer after it.

It gives the request its id, keeps an encoded slash inside its path segment, answers HEAD as GET
without a body, adds the security headers, and writes the one log line and the counts of the request.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import structlog
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from api.limits import SLASH
from api.metrics import Metrics

log = structlog.get_logger("touchstone.http")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOWHERE = "/\x00"  # no route has a control character, so nothing is found there
_QUIET = frozenset(["/healthz", "/readyz", "/metrics"])
_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}


class Doorstep:
    """An ASGI app around the app."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, https: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._headers = dict(_HEADERS)
        if https:
            self._headers[b"strict-transport-security"] = b"max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        method = str(scope["method"])
        scope["state"]["request_id"] = request_id
        scope["path"] = _keep_slashes(scope["path"], scope.get("raw_path"))
        answer = _Answer(send, self._headers | {b"x-request-id": request_id.encode()}, bare=method == "HEAD")
        if method == "HEAD":
            scope["method"] = HttpMethod.GET
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, answer.send)
            except Exception as error:
                # the answer had begun: all that is left is to break it off, and to say so
                log.exception("answer broken off", exc_info=error)
                raise
            finally:
                self._record(scope, method, answer.status, time.perf_counter() - started)

    def _record(self, scope: Mapping[str, Any], method: str, status: int, seconds: float) -> None:
        route = str(scope.get("path_template") or "unknown")
        claims = scope.get("auth")
        self._metrics.count(method, route, status, seconds)
        (log.debug if route in _QUIET else log.info)(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            client_id=claims.client_id if claims else None,
        )


class _Answer:
    """Sends an answer on, with headers it lacks, and without a body if it must be bare."""

    def __init__(self, send: Send, headers: Mapping[bytes, bytes], *, bare: bool) -> None:
        self._send = send
        self._headers = headers
        self._bare = bare
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = [(name.lower(), value) for name, value in message["headers"]]
            names = {name for name, _ in given}
            added = [(name, value) for name, value in self._headers.items() if name not in names]
            message = {**message, "headers": [*given, *added]}
        elif message["type"] == "http.response.body" and self._bare:
            message = {**message, "body": b""}
        await self._send(message)


def _request_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    text = given.decode("latin-1")
    return text if _REQUEST_ID.fullmatch(text) else f"req_{uuid7().hex}"


def _keep_slashes(path: str, raw: bytes | None) -> str:
    """Decode the path segment by segment, so that `%2F` does not split one."""
    if _CONTROL.search(path):
        return _NOWHERE
    if not raw or b"%2f" not in raw.lower():
        return path
    segments = raw.partition(b"?")[0].decode("latin-1").split("/")
    return "/".join(unquote(segment).replace("/", SLASH) for segment in segments)
