"""The doorstep: what happens to every request before a room is found, and to every answer after it.

It gives the request its id, echoes its trace, refuses a head that is too large, keeps an encoded slash
inside its path segment, answers HEAD as GET without a body, adds the headers that answers have in common,
and writes the one log line and the counts of the request.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec
import structlog
from litestar.enums import HttpMethod, ScopeType
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    Message,
    Receive,
    Scope,
    Send,
)
from uuid_utils import uuid7

from api.answering import add_header, headers_of_answer
from api.etags import is_known, tag_of_answer
from api.limits import SLASH
from api.metrics import METHODS, Metrics
from api.problems import MEDIA_TYPE, make_problem
from partners.settings import Settings

log = structlog.get_logger("touchstone.http")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
# W3C Trace Context, version 00; a later version may say more behind it
_TRACE = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?P<id>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.{0,100})?"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOWHERE = "/\x00"  # no route has a control character, so nothing is found there
_UNREAD = frozenset([408, 413, 431])
_OF_BODY = frozenset([b"content-length", b"content-type"])
_QUIET = frozenset(["/healthz", "/readyz", "/metrics"])
_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}


class Doorstep:
    """An ASGI app around the app; `allowed` maps route templates to their `Allow` headers."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, allowed: Mapping[str, str], settings: Settings
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._allowed = allowed
        self._head_limit = settings.header_limit_bytes
        self._headers = dict(_HEADERS)
        if settings.base_url.startswith("https://"):
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
        answer = _Answer(send, scope, self._headers | {b"x-request-id": request_id.encode()}, self._allowed)
        if method == "HEAD":
            scope["state"]["method"] = method  # a proof of possession names what was sent
            scope = scope.copy()  # the server reads in its own that no body is to follow
            scope["method"] = HttpMethod.GET
        with structlog.contextvars.bound_contextvars(request_id=request_id, **_read_trace(scope)):
            try:
                await self._choose(scope)(scope, receive, answer.send)
            except Exception as error:
                # the answer had begun: all that is left is to break it off, and to say so
                log.exception("answer broken off", exc_info=error)
                raise
            finally:
                self._record(scope, method, answer.status, time.perf_counter() - started)

    def _choose(self, scope: Scope) -> ASGIApp:
        size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
        size += sum(len(name) + len(value) for name, value in scope["headers"])
        return self._app if size <= self._head_limit else _refuse_head

    def _record(self, scope: Mapping[str, Any], method: str, status: int, seconds: float) -> None:
        route = str(scope.get("path_template") or "unknown")
        claims = scope.get("auth")
        method = method if method in METHODS else "other"  # anybody may send any word for one
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
    """Sends an answer on: with the headers it lacks, and to a HEAD without its body."""

    def __init__(
        self, send: Send, scope: Scope, headers: Mapping[bytes, bytes], allowed: Mapping[str, str]
    ) -> None:
        self._send = send
        self._scope = scope
        self._method = scope.get("method")
        self._headers = headers
        self._allowed = allowed
        self._tagged: tuple[HTTPResponseStartEvent, dict[bytes, bytes]] | None = None
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers, cookies = self._complete(message["headers"])
            message["headers"] = [*headers.items(), *cookies]
            if self.status < 300 and b"etag" in headers:
                self._tagged = message, headers  # its tag is not whole before its body is there
                return
        elif message["type"] == "http.response.body":
            if self._tagged:
                await self._send(self._tag(*self._tagged, message))
                self._tagged = None
            if self._method == "HEAD":
                message["body"] = b""
        await self._send(message)

    def _tag(
        self, start: HTTPResponseStartEvent, headers: dict[bytes, bytes], body: HTTPResponseBodyEvent
    ) -> HTTPResponseStartEvent:
        """Make the tag whole; a GET that names it is answered without what is known already."""
        headers[b"etag"] = tag_of_answer(headers[b"etag"], body["body"])
        asked = next((value for name, value in self._scope["headers"] if name == b"if-none-match"), b"")
        if self._method in {"GET", "HEAD"} and asked and is_known(asked, headers[b"etag"]):
            self.status = 304
            body["body"] = b""
            headers = {name: value for name, value in headers.items() if name not in _OF_BODY}
        start["status"], start["headers"] = self.status, [*headers.items()]
        return start

    def _complete(
        self, headers: Iterable[tuple[bytes, bytes]]
    ) -> tuple[dict[bytes, bytes], list[tuple[bytes, bytes]]]:
        given = {name.lower(): value for name, value in headers if name.lower() != b"set-cookie"}
        cookies = [(name.lower(), value) for name, value in headers if name.lower() == b"set-cookie"]
        if self._method == "OPTIONS" and (allow := self._allowed.get(self._scope.get("path_template", ""))):
            given[b"allow"] = allow.encode()  # Litestar names the methods of one handler only
        if self.status in _UNREAD:
            given[b"connection"] = b"close"  # the rest of the body is not waited for
        added = headers_of_answer(self._scope)
        if b"link" in given and b"link" in added:
            given[b"link"] += b", " + added[b"link"]
        return {**self._headers, **added, **given}, cookies


async def _refuse_head(scope: Scope, _receive: Receive, send: Send) -> None:
    problem = make_problem("headers-too-large", "The headers and the path are too large together.")
    body = msgspec.json.encode(msgspec.structs.replace(problem, instance=scope["state"]["request_id"]))
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _read_trace(scope: Scope) -> dict[str, str]:
    """The caller's trace, which the answer echoes and the log names; one that breaks the rules is ignored."""
    given = [value for name, value in scope["headers"] if name == b"traceparent"]
    found = _TRACE.fullmatch(given[0]) if len(given) == 1 else None
    if not found or (given[0][:2] == b"00" and found[2]):
        return {}
    add_header(scope, b"traceparent", given[0].decode("ascii"))
    return {"trace_id": found["id"].decode()}


def _request_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    text = given.decode("latin-1")
    return text if _REQUEST_ID.fullmatch(text) else f"req_{uuid7().hex}"


def _keep_slashes(path: str, raw: bytes | None) -> str:
    """Decode the path segment by segment, so that `%2F` does not split one; an empty one leads nowhere."""
    sent = raw.partition(b"?")[0].decode("latin-1") if raw else path
    if "//" in sent or sent.endswith("/"):
        return _NOWHERE
    segments = [unquote(segment) for segment in sent.split("/")] if "%" in sent and raw else path.split("/")
    if _CONTROL.search("".join(segments)):
        return _NOWHERE
    return "/".join(segment.replace("/", SLASH) for segment in segments) if raw else path
