"""Relaying: events from the feed to a port of this machine, signed as the real ones are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from msgspec import Struct

from api.demo.caller import Caller
from webhooks.envelope import address_envelope
from webhooks.signing import read_secret

_SECONDS = 15  # a receiver has as long for an answer as in earnest
_BODY = ("type", "timestamp", "data")


class Relayed(Struct, frozen=True, kw_only=True):
    """What became of an event: the status, or the error that kept it from one."""

    event_id: str
    event_type: str
    answer: str
    milliseconds: float


class Relay:
    """Sends events to one receiver, one after the other.

    Raises:
        ValueError: the address is no http URL.
    """

    def __init__(self, url: str, secret: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or "@" in parts.netloc:
            raise ValueError("a receiver on this machine has an address like http://127.0.0.1:9000/")
        self.host = parts.hostname
        self.secret = secret
        self._port = parts.port or 80
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def send(self, event: dict[str, Any]) -> Relayed:
        """Send one event of the feed."""
        body = msgspec.json.encode({name: event[name] for name in _BODY})
        headers = address_envelope(event["id"], body, [read_secret(self.secret)], datetime.now(UTC))
        began = time.perf_counter()
        try:
            answer = self._post(body, headers)
        except (HTTPException, OSError) as error:
            answer = type(error).__name__
        spent = (time.perf_counter() - began) * 1000
        return Relayed(event_id=event["id"], event_type=event["type"], answer=answer, milliseconds=spent)

    def _post(self, body: bytes, headers: dict[str, str]) -> str:
        connection = HTTPConnection(self.host, self._port, timeout=_SECONDS)
        try:
            connection.request("POST", self._target, body, headers)
            return str(connection.getresponse().status)
        finally:
            connection.close()


def read_feed(
    caller: Caller, place: str | None, event_type: str | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events behind a place of the feed, each with the place to go on from, until there are no more."""
    while True:
        page = _read_page(caller, place, event_type)
        if not page["items"]:
            return
        for event in page["items"][:-1]:
            yield place or "", event
        place = page["next"]
        yield place or "", page["items"][-1]


def find_end(caller: Caller, event_type: str | None) -> str | None:
    """The place behind everything that was told until now."""
    place: str | None = None
    while True:
        page = _read_page(caller, place, event_type)
        place = page["next"] or place
        if not page["items"]:
            return place


def _read_page(caller: Caller, place: str | None, event_type: str | None) -> dict[str, Any]:
    asked = (
        {"limit": "200"} | ({"after": place} if place else {}) | ({"type": event_type} if event_type else {})
    )
    return caller.get("/v1/events?" + "&".join(f"{name}={quote(value)}" for name, value in asked.items()))
