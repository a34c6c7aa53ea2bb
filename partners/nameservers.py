"""Looking a name up: through the system, or through name servers of the operator's choice (RFC 1035)."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from weakref import WeakValueDictionary

_A, _AAAA = 1, 28
_ANSWER, _TRUNCATED, _NAME_ERROR = 0x8000, 0x0200, 3
_TRY_SECONDS = 1.0


class NameserverFailed(OSError):
    """No name server gave an answer that can be read."""


class SystemNames:
    """The system's resolver, in threads of its own: `getaddrinfo` has no timeout.

    A thread is taken until the system answers, though nobody waits any more. So each tenant may take a
    few only: names whose servers never answer keep their own tenant waiting, and nobody else.
    """

    def __init__(
        self, threads: int = 32, per_tenant: int = 4, look_up: Callable[[str], list[str]] | None = None
    ) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="lookup")
        self._per_tenant = per_tenant
        self._look_up = look_up or _look_up
        self._slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def __call__(self, host: str, tenant: str = "") -> list[str]:
        slots = self._slots.setdefault(tenant, asyncio.Semaphore(self._per_tenant))
        await slots.acquire()
        loop = asyncio.get_running_loop()
        try:
            found = self._threads.submit(self._look_up, host)
        except RuntimeError:
            slots.release()
            raise
        found.add_done_callback(lambda _: _call_soon(loop, slots.release))
        return await asyncio.wrap_future(found)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _call_soon(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended: nobody waits
        loop.call_soon_threadsafe(function)


def _look_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class Nameservers:
    """Asks the given servers ("9.9.9.9", "[2620:fe::fe]:53", "127.0.0.53:5353"), each once, in order."""

    def __init__(self, servers: tuple[str, ...]) -> None:
        self._servers = [_read_server(server) for server in servers]

    async def __call__(self, host: str, tenant: str = "") -> list[str]:  # noqa: ARG002 - no thread is taken
        if host == "localhost" or host.endswith(".localhost"):
            return ["127.0.0.1", "::1"]  # RFC 6761: never asked outside
        for server in self._servers:
            try:
                v4, v6 = await asyncio.gather(_ask(server, host, _A), _ask(server, host, _AAAA))
            except (OSError, NameserverFailed):
                continue
            return v4 + v6
        raise NameserverFailed("no name server answered")

    def close(self) -> None:
        """Nothing is kept open between questions."""


async def _ask(server: tuple[str, int], host: str, kind: int) -> list[str]:
    query = make_query(host, kind)
    async with asyncio.timeout(_TRY_SECONDS):
        answer = await _ask_udp(server, query)
        if struct.unpack_from("!H", answer, 2)[0] & _TRUNCATED:
            answer = await _ask_tcp(server, query)
    return read_answer(answer, query)


class _Question(asyncio.DatagramProtocol):
    """One datagram out; the first one back that carries our question is the answer."""

    def __init__(self, query: bytes) -> None:
        self._query = query
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _addr: object) -> None:
        if not self.answer.done() and _answers(data, self._query):
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)


async def _ask_udp(server: tuple[str, int], query: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    transport, question = await loop.create_datagram_endpoint(lambda: _Question(query), remote_addr=server)
    try:
        transport.sendto(query)
        return await question.answer
    finally:
        transport.close()


async def _ask_tcp(server: tuple[str, int], query: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(struct.pack("!H", len(query)) + query)
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        return await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        raise NameserverFailed("the answer was cut") from None
    finally:
        writer.close()


def make_query(host: str, kind: int) -> bytes:
    """A question for one record type, with an id nobody can guess."""
    labels = b"".join(bytes([len(label)]) + label for label in host.encode("ascii").split(b"."))
    return (
        struct.pack("!6H", secrets.randbelow(65536), 0x0100, 1, 0, 0, 0)
        + labels
        + struct.pack("!BHH", 0, kind, 1)
    )


def _answers(data: bytes, query: bytes) -> bool:
    """An answer repeats the id and the question."""
    if len(data) < len(query) or data[:2] != query[:2] or not data[2] & 0x80:
        return False
    return data[12 : len(query)].lower() == query[12:].lower()


def read_answer(data: bytes, query: bytes) -> list[str]:
    """The addresses in an answer, aliases followed by the server; a name that is not there has none.

    Raises:
        NameserverFailed: the answer belongs to another question, reports a failure, or cannot be read.
    """
    if not _answers(data, query):
        raise NameserverFailed("the answer belongs to another question")
    _, flags, _, count, _, _ = struct.unpack_from("!6H", data)
    if flags & 0xF not in {0, _NAME_ERROR}:
        raise NameserverFailed("the name server reports a failure")
    found: list[str] = []
    position = len(query)
    try:
        for _ in range(count):
            position = _skip_name(data, position)
            kind, _, _, length = struct.unpack_from("!HHIH", data, position)
            content = data[position + 10 : position + 10 + length]
            position += 10 + length
            if kind == _A:
                found.append(str(IPv4Address(content)))
            elif kind == _AAAA:
                found.append(str(IPv6Address(content)))
    except (struct.error, ValueError, IndexError):
        raise NameserverFailed("the answer cannot be read") from None
    return found


def _skip_name(data: bytes, position: int) -> int:
    while length := data[position]:
        if length >= 0xC0:
            return position + 2
        position += 1 + length
    return position + 1


def _read_server(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if text.count(":") == 1 or (text.startswith("[") and not text.endswith("]")):
        return host.strip("[]"), int(port)
    return text.strip("[]"), 53
