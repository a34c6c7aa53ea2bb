"""Answering: headers that the front door puts on whatever answer a request gets, its refusals too."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime

from litestar.types import Scope

from api.rights import Deprecation

_KEY = "answer_headers"


def add_header(scope: Scope, name: bytes, value: str) -> None:
    """Put a header on the answer, behind what is there of a list."""
    headers = headers_of_answer(scope)
    encoded = value.encode("latin-1")
    headers[name] = headers[name] + b", " + encoded if name in headers else encoded


def headers_of_answer(scope: Scope) -> dict[bytes, bytes]:
    """What was put on the answer so far."""
    headers: dict[bytes, bytes] = scope["state"].setdefault(_KEY, {})
    return headers


def announce_end(scope: Scope, deprecation: Deprecation) -> None:
    """Tell that an operation goes: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and where to read of it."""
    add_header(scope, b"deprecation", f"@{int(deprecation.since.timestamp())}")
    if deprecation.sunset:
        add_header(scope, b"sunset", format_datetime(deprecation.sunset.astimezone(UTC), usegmt=True))
    if deprecation.document:
        add_header(scope, b"link", f'<{deprecation.document}>; rel="deprecation"')
