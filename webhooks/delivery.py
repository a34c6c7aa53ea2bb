"""One attempt: a signed POST through the one way out, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from ssl import SSLCertVerificationError
from typing import Literal, Protocol

import aiohttp
import httpx
from msgspec import Struct

from partners.destinations import AddressRules, OutboundRefused, check_url
from partners.outbound import Egress, Phase, Progress, follow_call, open_transport, refusal_of

RESPONSE_LIMIT = 16_384
ErrorClass = Literal[
    "address_refused",
    "certificate_rejected",
    "connection_failed",
    "disconnected",
    "invalid_answer",
    "invalid_request",
    "name_not_resolved",
    "timed_out",
    "tls_failed",
]


class Target(Struct, frozen=True):
    """Where a delivery goes; what an endpoint wants beside its URL finds its place here."""

    url: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of one attempt.

    `phase` is how far it came, `error` what ended it there, None when the answer was read;
    `response` holds at most 16 kB of the answer; `detail` is the guard's reason.
    """

    status: int | None = None
    phase: Phase = "body"
    error: ErrorClass | None = None
    detail: str | None = None
    milliseconds: float = 0.0
    peer: str | None = None
    response: bytes = b""
    retry_after: str | None = None
    control: str | None = None  # the receiver's `webhook-delivery` header

    @property
    def is_success(self) -> bool:
        return self.error is None and self.status is not None and 200 <= self.status < 300


class Sender(Protocol):
    """Anything that can make one attempt."""

    async def send(self, target: Target, headers: Mapping[str, str], body: bytes, deadline: float) -> Outcome:
        """Make one attempt within `deadline` seconds, and never raise for what the other side does."""

    async def close(self) -> None:
        """Let go of what is kept open."""


class _Answer:
    """What has arrived so far; it outlives the exchange that a deadline cuts."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.content = bytearray()


class HttpSender:
    """Sends through the guarded transport, without httpx's client layer: it costs half of a delivery."""

    def __init__(self, egress: Egress, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._egress = egress
        self._transport = transport or open_transport(egress)

    async def send(self, target: Target, headers: Mapping[str, str], body: bytes, deadline: float) -> Outcome:
        """Make one attempt; DNS, connection, answer and its body all fall under the one deadline."""
        started = time.perf_counter()
        progress = follow_call()
        try:
            request = self._request(target, headers, body)
        except OutboundRefused as refused:
            return Outcome(error="address_refused", phase="dns", detail=refused.reason)
        except (ValueError, httpx.InvalidURL):
            return Outcome(error="invalid_request", phase="dns")
        answer = _Answer()
        error: ErrorClass | None = None
        detail: str | None = None
        try:
            async with asyncio.timeout(deadline):
                await self._exchange(request, answer)
        except (httpx.HTTPError, aiohttp.ClientError, OSError, ValueError) as failure:
            error, detail = _classify(failure, progress), refusal_of(failure)
        return Outcome(
            status=answer.status,
            phase=progress.phase,
            error=error,
            detail=detail,
            milliseconds=round((time.perf_counter() - started) * 1000, 3),
            peer=progress.peer,
            response=bytes(answer.content[:RESPONSE_LIMIT]),
            retry_after=answer.headers.get("retry-after"),
            control=answer.headers.get("webhook-delivery"),
        )

    def _request(self, target: Target, headers: Mapping[str, str], body: bytes) -> httpx.Request:
        url = _read_url(target.url, self._egress.rules)
        timeout = {"connect": self._egress.connect_seconds}
        return httpx.Request("POST", url, headers=headers, content=body, extensions={"timeout": timeout})

    async def _exchange(self, request: httpx.Request, answer: _Answer) -> None:
        response = await self._transport.handle_async_request(request)
        try:
            answer.status, answer.headers = response.status_code, response.headers
            async for chunk in response.stream:  # type: ignore[union-attr]  # an async stream, from aiohttp
                answer.content += chunk
                if len(answer.content) >= RESPONSE_LIMIT:
                    break  # closing an unread answer closes its connection
        finally:
            await response.aclose()

    async def close(self) -> None:
        await self._transport.aclose()


@lru_cache(maxsize=4096)
def _read_url(url: str, rules: AddressRules) -> httpx.URL:
    """Judge and take apart a URL; the same one is sent to again and again."""
    check_url(url, rules)
    return httpx.URL(url)


def _classify(failure: BaseException, progress: Progress) -> ErrorClass:
    causes = list(_causes(failure))
    if any(isinstance(cause, OutboundRefused) for cause in causes):
        return "address_refused"
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return "timed_out"
    if progress.phase == "dns":
        return "name_not_resolved"
    if progress.phase == "tcp":
        return "connection_failed"
    if progress.phase == "tls":
        refused = any(isinstance(cause, SSLCertVerificationError) for cause in causes)
        return "certificate_rejected" if refused else "tls_failed"
    unreadable = any(isinstance(cause, aiohttp.ClientResponseError | ValueError) for cause in causes)
    return "invalid_answer" if unreadable else "disconnected"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def quote_response(content: bytes, hidden: Sequence[str]) -> str:
    """The answer as text that may be kept and shown: no NUL, and none of the words to hide."""
    text = content.decode("utf-8", "replace").replace("\0", "\ufffd")
    for word in hidden:
        text = text.replace(word, "[redacted]")
    return text
