"""The one way out: every connection to the outside is opened here, to an address judged just before."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from tempfile import NamedTemporaryFile
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import httpx
from aiohttp import ClientRequest, ClientResponse, ClientTimeout
from aiohttp.abc import AbstractResolver, AbstractStreamWriter, ResolveResult
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from httpx_aiohttp import AiohttpTransport
from msgspec import Struct

from partners.credentials import CertificatePair
from partners.destinations import AddressRules, OutboundRefused, check_url
from partners.nameservers import Nameservers, SystemNames
from partners.progress import followed


class Egress(Struct, frozen=True, kw_only=True):
    """How calls leave: the address table, the name servers ("9.9.9.9" or "127.0.0.53:5353"), the bounds.

    `origin` is the host we call ourselves by. With a `proxy` ("http://proxy.internal:4750") every
    connection goes to it, and the addresses behind names are for it to judge.

    A look-up is kept for `lookup_seconds`, a connection used again for at most `connection_seconds`, so
    that a changed name takes effect.
    """

    rules: AddressRules = AddressRules()
    dns_servers: tuple[str, ...] = ()
    proxy: str = ""
    origin: str = "localhost"
    authorities: tuple[str, ...] = ()  # PEM, trusted beside the system's
    connect_seconds: float = 3.0
    lookup_seconds: int = 10
    idle_seconds: float = 15.0
    connection_seconds: float = 60.0


def refusal_of(error: BaseException | None) -> str | None:
    """The guard's reason, where a call failed because the guard refused it."""
    while error is not None:
        if isinstance(error, OutboundRefused):
            return error.reason
        error = error.__cause__ or error.__context__
    return None


def open_transport(egress: Egress, certificate: CertificatePair | None = None) -> httpx.AsyncBaseTransport:
    """Make the guarded transport; it opens its pool in the loop of the first call.

    It follows no redirect, reads no proxy or netrc from the environment, keeps no cookie, sends nothing
    twice, and refuses an answer whose headers pass 64 lines of 8 kB. The deadline of a whole call is the
    caller's: `asyncio.timeout` around it. Give each request the extension `call_timeout(egress)`.

    Raises:
        ValueError: the client certificate cannot be used.
    """
    context = _TracedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    for authority in egress.authorities:
        context.load_verify_locations(cadata=authority)
    if certificate:
        _load_certificate(context, certificate)
    return AiohttpTransport(
        verify=context,
        trust_env=False,
        proxy=httpx.Proxy(egress.proxy) if egress.proxy else None,
        client=lambda: _open_session(egress, context),
    )


def _load_certificate(context: ssl.SSLContext, pair: CertificatePair) -> None:
    """OpenSSL reads certificates from files only: one that nobody else can read, and gone at once."""
    with NamedTemporaryFile(prefix="touchstone-", suffix=".pem") as file:  # made with mode 0600
        file.write(f"{pair.private_key.strip()}\n{pair.certificate.strip()}\n".encode())
        file.flush()
        try:
            context.load_cert_chain(file.name)
        except ssl.SSLError:
            raise ValueError("the client certificate cannot be used") from None


def _open_session(egress: Egress, context: ssl.SSLContext) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=_GuardedConnector(egress, context),
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        request_class=_FollowedRequest,
        response_class=_FollowedResponse,
        max_line_size=8190,
        max_field_size=8190,
        max_headers=64,
    )


def _open_socket(info: tuple[Any, Any, int, str, tuple[Any, ...]], rules: AddressRules) -> socket.socket:
    """The guard: no socket exists for an address that the rules refuse."""
    family, kind, protocol, _, address = info
    rules.check_address(address[0])
    if not rules.allows_port(address[1]):
        raise OutboundRefused("port_not_allowed")
    if progress := followed():
        progress.phase, progress.peer = "tcp", address[0]
    return socket.socket(family, kind, protocol)


def _proxy_rules(proxy: str) -> AddressRules:
    """Every connection goes to the operator's own proxy, wherever it is, and to its port only."""
    port = httpx.URL(proxy).port or 80
    return AddressRules(allowed=("0.0.0.0/0", "::/0"), ports=frozenset({port}))


class _GuardedConnector(aiohttp.TCPConnector):
    """Opens sockets through the guard, tells the peer of every call, and lets no connection grow old."""

    def __init__(self, egress: Egress, context: ssl.SSLContext) -> None:
        rules = _proxy_rules(egress.proxy) if egress.proxy else egress.rules
        super().__init__(
            resolver=_JudgingResolver(egress, rules),
            socket_factory=lambda info: _open_socket(info, rules),
            ssl=context,
            limit=0,  # whoever sends bounds what is in flight
            ttl_dns_cache=egress.lookup_seconds,
            keepalive_timeout=egress.idle_seconds,
        )
        self._seconds = egress.connection_seconds
        self._opened: WeakKeyDictionary[object, float] = WeakKeyDictionary()

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:  # noqa: ASYNC109 - aiohttp's own
        while True:
            connection = await super().connect(req, traces, timeout)
            now = time.monotonic()
            if now - self._opened.setdefault(connection.protocol, now) <= self._seconds:
                break
            connection.close()
        if (progress := followed()) and connection.transport:
            peer = connection.transport.get_extra_info("peername")
            progress.phase, progress.peer = "write", peer[0] if peer else progress.peer
        return connection


class _TracedContext(ssl.SSLContext):
    """Tells when the handshake begins; nothing else in the stack does."""

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT001, FBT002 - the standard library's own signature
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        if progress := followed():
            progress.phase = "tls"
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)


class _JudgingResolver(AbstractResolver):
    """Looks a name up and refuses it if any of its addresses is bad."""

    def __init__(self, egress: Egress, rules: AddressRules) -> None:
        self._egress = egress
        self._rules = rules
        self._names: SystemNames | Nameservers
        self._names = Nameservers(egress.dns_servers) if egress.dns_servers else SystemNames()

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - both are asked
    ) -> list[ResolveResult]:
        progress = followed()
        async with asyncio.timeout(self._egress.connect_seconds):
            addresses = await self._names(host, progress.tenant if progress else "")
        if not addresses:
            raise OSError(socket.EAI_NONAME, "the name has no address")
        for address in addresses:
            self._rules.check_address(address)
        return [_resolve_result(host, address, port) for address in addresses]

    async def close(self) -> None:
        self._names.close()


def _resolve_result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )


class _FollowedRequest(ClientRequest):
    """Tells when the body is written; aiohttp's own signals would cost a tenth of the call."""

    async def write_bytes(
        self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
    ) -> None:
        await super().write_bytes(writer, conn, content_length)
        progress = followed()
        if progress and progress.phase == "write":  # an answer may come first
            progress.phase = "headers"


class _FollowedResponse(ClientResponse):
    """Tells when the headers are read."""

    async def start(self, connection: Connection) -> ClientResponse:
        started = await super().start(connection)
        if progress := followed():
            progress.phase = "body"
        return started


class Unfetched(Exception):
    """A document could not be read; the sentence may be told, it names no address."""


class Sent(Struct, frozen=True):
    """What a POST sends."""

    body: bytes
    headers: dict[str, str]


def fetch(egress: Egress, url: str, *, most_bytes: int, seconds: float, sent: Sent | None = None) -> bytes:
    """Read a document by GET, in this thread: 200, at most so many bytes, in at most so many seconds.

    With something to be `sent` it is read by POST.

    Raises:
        OutboundRefused: the URL, or the address it leads to, must not be called.
        Unfetched: there is no such answer.
    """
    check_url(url, egress.rules)
    try:
        return asyncio.run(_fetch(egress, _request(egress, url, sent), most_bytes, seconds))
    except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, ValueError) as error:
        if reason := refusal_of(error):
            raise OutboundRefused(reason) from error
        raise Unfetched("it does not answer, or not in time") from error


def _request(egress: Egress, url: str, sent: Sent | None) -> httpx.Request:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **(sent.headers if sent else {})}
    extensions = {"timeout": {"connect": egress.connect_seconds}}
    if sent is None:
        return httpx.Request("GET", url, headers=headers, extensions=extensions)
    return httpx.Request("POST", url, content=sent.body, headers=headers, extensions=extensions)


async def _fetch(egress: Egress, request: httpx.Request, most_bytes: int, seconds: float) -> bytes:
    content = bytearray()
    transport = open_transport(egress)
    try:
        async with asyncio.timeout(seconds):
            response = await transport.handle_async_request(request)
            try:
                if response.status_code != 200:
                    raise Unfetched(f"it answers {response.status_code}")
                async for chunk in response.stream:  # type: ignore[union-attr]  # an async stream, from aiohttp
                    content += chunk
                    if len(content) > most_bytes:
                        raise Unfetched(f"it has more than {most_bytes} bytes")
            finally:
                await response.aclose()
    finally:
        await transport.aclose()
    return bytes(content)
