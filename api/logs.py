"""Logs: one JSON object a line on stderr, and never a token, secret, body or personal datum in it.

A request is logged by its method, route template, status, duration, request id and client id. Of an
exception we keep its type and the places it passed, not its message: messages quote values.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from threading import Lock
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

_HIDDEN = "[hidden]"
_PRIVATE_KEYS = re.compile(
    r"auth|token(?!_id)|secret|password|assertion|cookie|body|payload|query|title|email|e_mail|phone|address|party",
    re.IGNORECASE,
)
_PRIVATE_TEXT = re.compile(
    r"eyJ[\w-]{8,}(?:\.[\w-]*){1,4}"  # a JSON Web Token
    r"|(?:Bearer|Basic|DPoP)\s+\S+"
    r"|(?:whsec|tsk)_[\w+/=-]{8,}"
    r"|\bts_[0-9a-z]{26}_[\w-]{8,}"  # a client secret
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user and password in a URL
    r"|\?[\w%.~-]+=\S*",  # a query
    re.IGNORECASE,
)
# Libraries whose own lines say more than we may keep, with the least severe level they may use.
_QUIETER = {
    "alembic": logging.WARNING,
    "authlib": logging.INFO,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "uvicorn.access": logging.CRITICAL,
}


def configure_logs(level: str, stream: TextIO = sys.stderr) -> None:
    """Send structlog's lines and those of the standard library to `stream`, in one shape.

    Raises:
        ValueError: there is no such level.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _RENDER],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _QUIETER.items():
        logging.getLogger(name).setLevel(least)
    # Our own lines go straight to the stream: through the standard library each costs four times as much.
    lock = Lock()
    structlog.configure(
        processors=[*_SHARED, _RENDER],
        logger_factory=lambda *names: _Lines(stream, lock, *names),
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        cache_logger_on_first_use=False,
    )


class _Lines:
    """Writes finished lines, whole ones, from any thread."""

    def __init__(self, stream: TextIO, lock: Lock, name: str = "touchstone") -> None:
        self._stream = stream
        self._lock = lock
        self.name = name

    def msg(self, line: str) -> None:
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()

    debug = info = warning = error = critical = msg


def _add_name(logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["logger"] = event["_record"].name if "_record" in event else logger.name
    return event


def hide_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: hide values under private names, and what looks private inside texts."""
    return {name: _hide(name, value) for name, value in event.items()}


def _hide(name: str, value: object) -> object:
    if name.startswith("_"):  # structlog's own
        return value
    if _PRIVATE_KEYS.search(name):
        return _HIDDEN
    match value:
        case str():
            return _PRIVATE_TEXT.sub(_HIDDEN, value)
        case dict():
            return {inner: _hide(str(inner), held) for inner, held in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_hide("", held) for held in value]
    return value


def _reduce_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    if record := event.get("_record"):
        given = given or record.exc_info
        record.exc_info = record.exc_text = record.stack_info = None
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = [_describe(link) for link in _chain(error)]
    return event


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _describe(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    return {"type": f"{kind.__module__}.{kind.__qualname__}", "at": _places(error.__traceback__)}


def _places(trace: TracebackType | None) -> list[str]:
    return [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-12:]
    ]


_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    _add_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _reduce_exception,
    hide_private,
)
_RENDER = structlog.processors.JSONRenderer()
