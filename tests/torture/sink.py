"""A receiver in a process of its own: raw sockets, every arrival counted, answers as the path says.

`/ok` 200 · `/fail/30` 500 three times in ten · `/slow/50` 200 after 50 ms · `/hang` never · `/drip` a byte
now and then · `/large` 16 kB that no database makes small · `/verify/KEY` 200 for a good signature by the
secret told, else 400. What comes behind is the endpoint's own name. A name server beside it knows
`good.test`, and lets `tar.test` wait.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import socket
import time
from collections import Counter
from multiprocessing.connection import Connection as Pipe
from typing import NamedTuple

import uvloop
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

HOST = "127.0.0.53"
HEAD = b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n"


class Arrival(NamedTuple):
    """One request: where, which event, when (the monotonic clock of the machine), the answer, the body."""

    path: str
    event: str
    at: float
    status: int
    body: bytes


class Book:
    """What the sink keeps."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.open: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.secrets: dict[str, list[str]] = {}
        self.moods: dict[str, int] = {}


class _Receiver(asyncio.Protocol):
    def __init__(self, book: Book) -> None:
        self._book = book

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._buffer = b""
        self._path: str | None = None

    def connection_lost(self, error: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        if self._path is not None:
            self._book.open[self._path] -= 1
            self._path = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].decode("latin-1")
            lines = (line.partition(":") for line in head.split("\r\n")[1:])
            headers = {name.lower(): value.strip() for name, _, value in lines}
            size = end + 4 + int(headers.get("content-length", 0))
            if len(self._buffer) < size:
                return
            body, self._buffer = self._buffer[end + 4 : size], self._buffer[size:]
            self._answer(head.split(" ")[1], headers, body)

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> None:
        book = self._book
        kind, _, rest = path[1:].partition("/")
        argument = rest.split("/")[0]
        status = book.moods.get(path, self._judge(kind, argument, headers, body))
        book.arrivals.append(Arrival(path, headers.get("webhook-id", ""), time.monotonic(), status, body))
        self._path = path
        book.open[path] += 1
        book.most[path] = max(book.most[path], book.open[path])
        delay = float(argument) / 1000 if kind == "slow" else 0.0
        if status == 0 or kind == "hang":
            asyncio.get_running_loop().call_later(20, self._transport.close)
        elif kind == "drip":
            self._transport.write(HEAD % (200, 10_000))
            self._drip(60)
        elif delay:
            asyncio.get_running_loop().call_later(delay, self._write, status, b"ok")
        else:
            self._write(status, os.urandom(8000).hex().encode() if kind == "large" else b"ok")

    def _judge(self, kind: str, argument: str, headers: dict[str, str], body: bytes) -> int:
        if kind == "fail":
            return 500 if random.random() * 100 < float(argument) else 200  # noqa: S311 - no secret
        if kind != "verify":
            return 200
        for secret in self._book.secrets.get(argument, []):
            try:
                Webhook(secret).verify(body, headers)
            except WebhookVerificationError:
                continue
            return 200
        return 400

    def _write(self, status: int, body: bytes) -> None:
        self._end()
        if not self._transport.is_closing():
            self._transport.write(HEAD % (status, len(body)) + body)

    def _drip(self, left: int) -> None:
        if self._transport.is_closing() or not left:
            self._transport.close()
            return
        self._transport.write(b"x")
        asyncio.get_running_loop().call_later(0.25, self._drip, left - 1)


class _Names(asyncio.DatagramProtocol):
    """Answers for every name but those below `tar.test`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        question = data[12:]
        if b"\x03tar\x04test" in question:
            return
        is_a = question[question.index(b"\0") + 1 :][:2] == b"\0\1"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\x05\0\x04" + socket.inet_aton(HOST) if is_a else b""
        self._transport.sendto(
            data[:2] + b"\x81\x80\0\1\0" + bytes([is_a]) + b"\0\0\0\0" + question + record, sender
        )


def _serve(pipe: Pipe) -> None:
    book = Book()

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Receiver(book), HOST, 0)
        names, _ = await loop.create_datagram_endpoint(_Names, local_addr=(HOST, 0))
        pipe.send((server.sockets[0].getsockname()[1], names.get_extra_info("sockname")[1]))
        while (order := await asyncio.to_thread(pipe.recv)) != "end":
            pipe.send(_obey(book, *order))

    uvloop.run(serve())


def _obey(book: Book, order: str, *arguments: object) -> object:
    if order == "arrivals":
        return book.arrivals[int(str(arguments[0])) :]
    if order == "count":
        return len(book.arrivals)
    if order == "most":
        return dict(book.most)
    if order == "trust":
        book.secrets[str(arguments[0])] = list(arguments[1])  # type: ignore[call-overload]  # any JSON
    elif order == "mood":
        book.moods[str(arguments[0])] = int(str(arguments[1]))
    elif order == "forget":
        book.arrivals.clear()
        book.most.clear()
        book.moods.clear()
    return None


class Sink:
    """The receiver as a test sees it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far,), daemon=True)
        self._process.start()
        self.port, self.names_port = self._pipe.recv()

    def url(self, path: str, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    def ask(self, *order: object) -> object:
        self._pipe.send(order)
        return self._pipe.recv()

    def arrivals(self, since: int = 0) -> list[Arrival]:
        return self.ask("arrivals", since)  # type: ignore[return-value]  # any JSON

    def count(self) -> int:
        return int(str(self.ask("count")))

    def close(self) -> None:
        self._pipe.send("end")
        self._process.join(5)
        if self._process.is_alive():
            self._process.terminate()
