"""The partners' receivers: a server on the loopback that verifies each webhook as Standard Webhooks asks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from time import monotonic
from typing import Any

from msgspec import Struct
from standardwebhooks import Webhook, WebhookVerificationError

_LARGEST = 1_000_000
Test = Callable[["Arrival"], bool]


class Arrival(Struct, frozen=True):
    """A verified webhook: who received it, when (seconds of this process' clock), and what it says."""

    partner: str
    id: str
    type: str
    data: Mapping[str, Any]
    at: float


class Tally(Struct, frozen=True, kw_only=True):
    """What came: deliveries that verified, those that did not, and those that came again."""

    verified: int
    failed: int
    duplicates: int
    by_type: Mapping[tuple[str, str], int]  # (partner, type) -> how many different events


class Receiver:
    """Receives webhooks for several partners, each at its own path, `/<partner>`."""

    def __init__(self) -> None:
        self._secrets: dict[str, Webhook] = {}
        self._arrivals: dict[tuple[str, str], Arrival] = {}
        self._failed = self._duplicates = 0
        self._changed = Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="receiver", daemon=True)
        self._thread.start()

    def url(self, partner: str) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/{partner}"

    def trust(self, partner: str, secret: str) -> None:
        """From now on this partner's webhooks must be signed with `secret` ("whsec_…")."""
        self._secrets[partner] = Webhook(secret)

    def accept(self, partner: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Verify one delivery; an event that came before is counted and otherwise forgotten."""
        try:
            message = self._secrets[partner].verify(body, dict(headers))
        except (KeyError, ValueError, WebhookVerificationError):
            with self._changed:
                self._failed += 1
            return False
        key = partner, {name.lower(): value for name, value in headers.items()}["webhook-id"]
        arrival = Arrival(partner, key[1], message["type"], message["data"], monotonic())
        with self._changed:
            self._duplicates += key in self._arrivals
            self._arrivals.setdefault(key, arrival)
            self._changed.notify_all()
        return True

    def wait_for(self, test: Test, seconds: float) -> Arrival | None:
        """The first webhook that passes a test, waiting for it if it has not come yet."""
        with self._changed:
            self._changed.wait_for(lambda: self._find(test), seconds)
            return self._find(test)

    def arrivals(self) -> list[Arrival]:
        """Every different event up to now, in the order of arrival."""
        with self._changed:
            return list(self._arrivals.values())

    def tally(self) -> Tally:
        with self._changed:
            by_type = Counter((arrival.partner, arrival.type) for arrival in self._arrivals.values())
            verified = len(self._arrivals) + self._duplicates
            return Tally(verified=verified, failed=self._failed, duplicates=self._duplicates, by_type=by_type)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def _find(self, test: Test) -> Arrival | None:
        return next((arrival for arrival in self._arrivals.values() if test(arrival)), None)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        accept = self.accept

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # keeps connections open, as the service does

            def do_POST(self) -> None:
                body = self.rfile.read(min(int(self.headers.get("content-length", 0)), _LARGEST))
                partner = self.path.strip("/")
                answer = json.dumps({"received": accept(partner, body, dict(self.headers))}).encode()
                self.send_response(200 if b"true" in answer else 401)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing: the report does."""

        return Handler
