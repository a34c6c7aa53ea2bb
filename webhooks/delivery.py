"""One attempt: a signed POST through the one way out, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from ssl import SSLCertVerificationError
from typing import Literal, Protocol

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from msgspec import Struct
from msgspec.structs import replace
from yarl import URL

from partners.credentials import Credentials
from partners.destinations import AddressRules, OutboundRefused, check_url
from partners.outbound import Egress, open_transport, refusal_of
from partners.progress import Phase, Progress, follow_call
from webhooks.tokens import TokenRefused, TokenRequest, Tokens

RESPONSE_LIMIT = 16_384
_MOST_POOLS = 256  # of connections that show a certificate
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
    "token_refused",
]


class Target(Struct, frozen=True, kw_only=True):
    """Where a request goes, for whom, and what lets us in there.

    Look-ups are capped for each `tenant`; tokens and connections with a certificate are the `owner`'s own.
    """

    url: str
    tenant: str = ""
    owner: str = ""
    credentials: Credentials = Credentials()
    method: Literal["POST", "OPTIONS"] = "POST"


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
    date: str | None = None
    consents: bool = False  # to OPTIONS: our origin may deliver

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


class _Request(Struct, frozen=True):
    """What is sent, as both aiohttp and a transport that was swapped in can take it."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes
    timeout: aiohttp.ClientTimeout


class HttpSender:
    """Sends through the guarded transport's own session: httpx's layers cost as much as the call itself."""

    def __init__(self, egress: Egress, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._egress = egress
        self._transport = transport or open_transport(egress)
        self._timeout = aiohttp.ClientTimeout(sock_connect=egress.connect_seconds)  # all else: the deadline
        self._certified: OrderedDict[tuple[str, str], httpx.AsyncBaseTransport] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()
        self._tokens = Tokens(self._fetch_token)

    async def send(self, target: Target, headers: Mapping[str, str], body: bytes, deadline: float) -> Outcome:
        """Make one attempt; token, DNS, connection, answer and its body all fall under the one deadline."""
        started = time.perf_counter()
        client = target.credentials.oauth2
        given = {**target.credentials.headers, **headers}
        if client is None:
            return await self._call(target, given, body, deadline)
        try:
            async with asyncio.timeout(deadline):
                token = await self._tokens.take(target.owner, client, target.tenant, deadline)
        except (TokenRefused, TimeoutError) as refused:
            spent = round((time.perf_counter() - started) * 1000, 3)
            return Outcome(
                error="token_refused", phase="dns", detail=str(refused) or None, milliseconds=spent
            )
        given["authorization"] = f"Bearer {token}"
        left = deadline - (time.perf_counter() - started)
        outcome = await self._call(target, given, body, left)
        if outcome.status == 401:
            self._tokens.forget(target.owner)
        spent = round((time.perf_counter() - started) * 1000, 3)
        hidden = quote_response(outcome.response, [token]).encode() if outcome.response else b""
        return replace(outcome, milliseconds=spent, response=hidden)

    async def _fetch_token(self, request: TokenRequest, deadline: float) -> tuple[int | None, bytes]:
        target = Target(url=request.url, tenant=request.tenant)
        outcome = await self._call(target, request.headers, request.body, deadline)
        return (outcome.status if outcome.error is None else None), outcome.response

    async def _call(
        self, target: Target, headers: Mapping[str, str], body: bytes, deadline: float
    ) -> Outcome:
        started = time.perf_counter()
        progress = follow_call(target.tenant)
        try:
            request = self._request(target, headers, body)
            transport = self._transport_to(target)
        except OutboundRefused as refused:
            return Outcome(error="address_refused", phase="dns", detail=refused.reason)
        except (ValueError, httpx.InvalidURL):
            return Outcome(error="invalid_request", phase="dns")
        answer = _Answer()
        error: ErrorClass | None = None
        detail: str | None = None
        try:
            async with asyncio.timeout(deadline):
                await _exchange(transport, request, answer)
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
            date=answer.headers.get("date"),
            consents=target.method == "OPTIONS" and error is None and self._is_allowed(answer),
        )

    def _request(self, target: Target, headers: Mapping[str, str], body: bytes) -> _Request:
        url = _read_url(target.url, self._egress.rules)
        if target.method == "OPTIONS":
            headers = {**headers, "webhook-request-origin": self._egress.origin}
        text = "".join(headers.values())
        if not (text.isascii() and text.isprintable()):
            raise ValueError("a header that cannot be sent")
        return _Request(target.method, url, headers, body, self._timeout)

    def _transport_to(self, target: Target) -> httpx.AsyncBaseTransport:
        """A connection that shows a certificate is never another endpoint's: each has a pool of its own."""
        pair = target.credentials.client_certificate
        if pair is None:
            return self._transport
        key = (target.owner, pair.certificate)
        if key not in self._certified:
            self._certified[key] = open_transport(self._egress, pair)
            if len(self._certified) > _MOST_POOLS:
                _, oldest = self._certified.popitem(last=False)
                self._closing.add(asyncio.create_task(_close_later(oldest)))
        self._certified.move_to_end(key)
        return self._certified[key]

    def _is_allowed(self, answer: _Answer) -> bool:
        allowed = answer.headers.get("webhook-allowed-origin", "").strip().lower()
        succeeded = answer.status is not None and 200 <= answer.status < 300
        return succeeded and allowed in {"*", self._egress.origin.lower()}

    async def close(self) -> None:
        for task in self._closing:
            task.cancel()
        for transport in (self._transport, *self._certified.values()):
            await transport.aclose()


async def _close_later(transport: httpx.AsyncBaseTransport) -> None:
    """Close a pool when what is under way in it must have ended."""
    try:
        await asyncio.sleep(60)
    finally:
        await transport.aclose()


async def _exchange(transport: httpx.AsyncBaseTransport, request: _Request, answer: _Answer) -> None:
    if not isinstance(transport, AiohttpTransport):
        await _exchange_by(transport, request, answer)
        return
    if not isinstance(session := transport.client, aiohttp.ClientSession):
        session = transport.client = transport.get_client()
    proxy = transport.proxy
    async with session.request(
        request.method,
        request.url,
        headers=request.headers,
        data=request.body or None,
        allow_redirects=False,
        auto_decompress=False,
        timeout=request.timeout,
        proxy=str(proxy.url) if proxy else None,
        proxy_auth=aiohttp.BasicAuth(*proxy.auth) if proxy and proxy.auth else None,
    ) as response:
        answer.status, answer.headers = response.status, response.headers
        async for chunk in response.content.iter_any():
            answer.content += chunk
            if len(answer.content) >= RESPONSE_LIMIT:
                response.close()  # what is unread is never read
                break


async def _exchange_by(transport: httpx.AsyncBaseTransport, request: _Request, answer: _Answer) -> None:
    url, headers = str(request.url), dict(request.headers)
    made = httpx.Request(request.method, url, headers=headers, content=request.body)
    response = await transport.handle_async_request(made)
    try:
        answer.status, answer.headers = response.status_code, response.headers
        async for chunk in response.stream:  # type: ignore[union-attr]  # transports answer with async ones
            answer.content += chunk
            if len(answer.content) >= RESPONSE_LIMIT:
                break
    finally:
        await response.aclose()


@lru_cache(maxsize=4096)
def _read_url(url: str, rules: AddressRules) -> URL:
    """Judge and take apart a URL; the same one is sent to again and again."""
    check_url(url, rules)
    return URL(str(httpx.URL(url)), encoded=True)


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
