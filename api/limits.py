"""Limits of what comes in: sizes, media types, parameters; every refusal is a 4xx before any work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.routes import HTTPRoute

from api.decoding import decode
from api.problems import FieldError, Refusal
from partners.settings import Settings

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
NDJSON = "application/x-ndjson"
PROBLEM = "application/problem+json"
SLASH = "\x1f"  # stands for %2F inside one segment of a path until the route is found
JOB_TIMES = 8  # the body of a job may be so many times larger than one that is answered at once
_MAX_TARGET = 8_192  # characters of a query string


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body is decoded without coercion, and whose size is held even when chunked."""

    async def json(self) -> Any:  # noqa: ANN401 - the handler's signature says which struct it is
        """Decode the body into the handler's own `data` struct."""
        check_media_type(self, {JSON, MERGE_PATCH} if self.method == "PATCH" else {JSON})
        field = self.route_handler.parsed_data_field
        return decode(await self.body(), field.annotation if field else Any)

    async def body(self) -> bytes:
        """Read the whole body, up to the limit of its media type; dependencies ask for it side by side."""
        async with self.scope["state"].setdefault("body_lock", asyncio.Lock()):
            known = self._connection_state.body
            if not isinstance(known, bytes):
                known = self._connection_state.body = await self._read(self._limit())
        self._body = known
        return known

    def _limit(self) -> int:
        settings: Settings = self.app.state.house.settings
        bulk = "bulk" in self.route_handler.opt and self.content_type[0] == NDJSON
        limit = settings.bulk_limit_bytes if bulk else settings.body_limit_bytes
        if bulk and prefers_async(self):
            return limit * JOB_TIMES
        return min(limit, self.route_handler.resolve_request_max_body_size() or limit)

    async def _read(self, limit: int) -> bytes:
        if (self.content_length or 0) > limit:
            raise _too_large(limit)
        parts: list[bytes] = []
        size = 0
        while True:
            event: Mapping[str, Any] = await self.receive()
            if event["type"] == "http.disconnect":
                raise Refusal("malformed", "The body ended before it was complete.")
            parts.append(event.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise _too_large(limit)
            if not event.get("more_body", False):
                return b"".join(parts)


def prefers_async(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the client would rather come back for its answers (RFC 7240)."""
    preferences = request.headers.get("prefer", "").split(",")
    return any(one.split(";")[0].strip().lower() == "respond-async" for one in preferences)


def _too_large(limit: int) -> RequestEntityTooLarge:
    """Litestar's own exception: a room with another shape of errors maps it as any other 413."""
    return RequestEntityTooLarge(f"The body is larger than {limit} bytes.")


def check_media_type(request: Request[Any, Any, Any], allowed: set[str]) -> str:
    """Tell the body's media type.

    Raises:
        Refusal: 415 for another type, another charset than UTF-8, or a compressed body.
    """
    kind, options = request.content_type
    named = ", ".join(sorted(allowed))
    if kind.lower() not in allowed:
        raise Refusal("unsupported-media-type", f"Send {named}.", headers={"Accept": named})
    if options.get("charset", "utf-8").lower() != "utf-8":
        raise Refusal("unsupported-media-type", "JSON is UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal("unsupported-media-type", "Send the body uncompressed.")
    return kind.lower()


def restore_slashes(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Give path parameters their encoded slashes back, now that the route is found."""
    found: dict[str, Any] = connection.scope["path_params"]
    if any(isinstance(value, str) and SLASH in value for value in found.values()):
        connection.scope["path_params"] = {
            name: value.replace(SLASH, "/") if isinstance(value, str) else value
            for name, value in found.items()
        }


class Parameters:
    """Checks of a request's parameters and of what it accepts, before its handler runs."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}

    def learn(self, app: Litestar) -> None:
        """Read from the finished app which query parameters each operation knows."""
        for route in app.routes:
            if isinstance(route, HTTPRoute):
                for handler, model in route.route_handler_map.values():
                    names = frozenset(field.field_alias for field in model.expected_query_params)
                    self._names[str(handler)] = names

    async def check(self, request: Request[Any, Any, Any]) -> None:
        """Litestar's `before_request` hook.

        Raises:
            Refusal: 400 for an unknown or repeated parameter or a NUL; 406 where JSON is not accepted.
        """
        if not request.scope["path"].startswith("/v1/"):
            return  # the OAuth rooms answer in a shape of their own
        _check_accept(request)
        query: bytes = request.scope["query_string"]
        if query:
            self._check_query(query, self._names.get(str(request.route_handler), frozenset()))

    def _check_query(self, query: bytes, known: frozenset[str]) -> None:
        if len(query) > _MAX_TARGET:
            raise Refusal("malformed", "The query is too long.")
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
        errors = [
            _parameter(name, "is given more than once")
            for name, times in Counter(n for n, _ in pairs).items()
            if times > 1
        ]
        errors += [
            _parameter(name, "is not a parameter of this operation") for name, _ in pairs if name not in known
        ]
        errors += [_parameter(name, "has a NUL character") for name, value in pairs if "\0" in value]
        if errors:
            raise Refusal("invalid", "A query parameter does not fit.", errors)


def _parameter(name: str, detail: str) -> FieldError:
    return FieldError(pointer=f"/{name}", detail=detail, source="query")


def _check_accept(request: Request[Any, Any, Any]) -> None:
    drawn = request.route_handler.opt.get("draws")
    answered = [JSON, NDJSON, PROBLEM, *([drawn] if drawn else [])]
    if request.headers.get("accept", "*/*") != "*/*" and request.accept.best_match(answered) is None:
        raise Refusal("not-acceptable", f"Answers are {' or '.join([JSON, *answered[3:]])}.")
