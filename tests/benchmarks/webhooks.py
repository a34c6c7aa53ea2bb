"""Deliveries per second and CPU per delivery of the whole worker, against the bare sender it is built on.

The floor is an `aiohttp` session that posts the same bytes to the same sink, 64 in flight; the worker claims,
signs, sends and acknowledges. The sink is a process of its own, so only the sender's CPU is counted.

The machine may be busy with other things, and a core costs twice as much when it is: each round of the worker
stands between two of the floor, and the ratio is the median of the rounds' own. A first round of both, that
opens connections and compiles statements, is not counted. The heap is settled as `touchstone worker` does it,
for both alike.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from statistics import median

import aiohttp
import httpx
from sqlalchemy import text

from partners.db import utc_now
from partners.destinations import AddressRules
from partners.heap import settle_heap
from partners.keys import open_keyring
from partners.migrating import migrate
from partners.outbound import Egress, open_transport
from partners.principal import Principal
from partners.records.clients import admit
from partners.records.endpoints import Endpoint
from partners.records.events import Fact, emit
from partners.records.organizations import add_organization
from partners.subscribing import Desk, Subscription, register_endpoint
from tests.backstage import WatchedDatabase
from tests.postgresql.launcher import EmbeddedPostgreSQL
from webhooks.delivery import HttpSender, Target
from webhooks.dispatch import Dispatcher
from webhooks.pace import Pace
from webhooks.signing import new_secret

HOST = "127.0.0.53"
ENDPOINTS = 50
EVENTS, ROUNDS = 160, 5
IN_FLIGHT = 64
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class _Sink(asyncio.Protocol):
    """Answers each request as soon as it is whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            self._transport.write(ANSWER)


def _serve(pipe: Pipe) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Sink, HOST, 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(pipe.recv)
        server.close()

    asyncio.run(serve())


class Sink:
    """A receiver in a process of its own."""

    def __enter__(self) -> str:
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far,), daemon=True)
        self._process.start()
        return f"http://{HOST}:{self._pipe.recv()}"

    def __exit__(self, *_: object) -> None:
        self._pipe.send("end")
        self._process.join(5)
        if self._process.is_alive():
            self._process.terminate()


def _timed(work: Callable[[], None], count: int) -> tuple[float, float]:
    """Deliveries per second, and CPU microseconds of this process for each."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    seconds, used = time.perf_counter() - wall, time.process_time() - cpu
    return count / seconds, used / count * 1e6


def send_bare(sink: str, body: bytes, count: int) -> None:
    """The floor: nothing but posts."""

    async def main() -> None:
        left = iter(range(count))
        headers = {"content-type": "application/json", "webhook-id": "evt_1", "webhook-timestamp": "1"}
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def sender() -> None:
                for number in left:
                    async with session.post(
                        f"{sink}/{number % ENDPOINTS}", data=body, headers=headers
                    ) as answer:
                        await answer.read()

            await asyncio.gather(*[sender() for _ in range(IN_FLIGHT)])

    asyncio.run(main())


class Outbox:
    """A database with a backlog: every event is due to every endpoint."""

    def __init__(self, url: str, sink: str, owner_url: str) -> None:
        migrate(owner_url, url)
        self.database = WatchedDatabase(url, owner_url, admit, pool_size=4)
        self.keyring = open_keyring(self.database, b"b" * 32, utc_now())
        self.egress = Egress(rules=AddressRules(allow_http=True, allowed=(f"{HOST}/32",)))
        self.owner = self.database.acting("access", self._own)
        self.endpoints = [self._register(f"{sink}/{number}") for number in range(ENDPOINTS)]

    def _own(self, connection, _principal) -> Principal:
        made = add_organization(connection, "marketplace", "Bench", utc_now())
        return Principal(organization_id=made.id, kind="marketplace", client_id="bench")

    def _register(self, url: str) -> Endpoint:
        desk = Desk(keyring=self.keyring, rules=self.egress.rules, now=utc_now())
        wanted = Subscription(url=url, event_types=["*"])
        return self.database.acting(
            "delivery", lambda c, _: register_endpoint(c, self.owner, wanted, new_secret(), desk)
        )

    def fill(self, events: int) -> bytes:
        """Tell so many facts of about 1 kB; returns one body."""
        facts = [
            Fact(
                type="match.judged",
                subject=f"mch_{number}",
                path=f"/v1/matches/mch_{number}",
                data={"judgement": "confirmed", "reason": "x" * 800},
            )
            for number in range(events)
        ]
        recipient = [("marketplace", self.owner.organization_id)]
        told = [
            self.database.acting("delivery", lambda c, _, one=one: emit(c, one, recipient, utc_now()))
            for one in facts
        ]
        return told[0][0].body

    def drain(self) -> None:
        """Deliver everything that is due."""
        pace = Pace(in_flight=IN_FLIGHT, poll=0.05)
        worker = Dispatcher(self.database, self.keyring, self.egress, pace=pace)
        worker.start()
        while self._is_waiting():
            time.sleep(0.1)
        worker.stop()

    def _is_waiting(self) -> bool:
        """Asked by index: to count them all would be measured, too."""
        lane = text("SELECT 1 FROM deliveries WHERE state = 'due' AND ordinal = 0 AND late = 0 LIMIT 1")
        with self.database.surveying("delivery") as connection:
            return connection.execute(lane).first() is not None


async def _send_through(sender: HttpSender, sink: str, body: bytes, count: int) -> None:
    left = iter(range(count))
    headers = {"content-type": "application/json", "webhook-id": "evt_1", "webhook-timestamp": "1"}

    async def send() -> None:
        for number in left:
            await sender.send(Target(url=f"{sink}/{number % ENDPOINTS}"), headers, body, 10.0)

    await asyncio.gather(*[send() for _ in range(IN_FLIGHT)])
    await sender.close()


class _Layered(httpx.AsyncBaseTransport):
    """The guarded transport behind httpx's own requests and answers."""

    def __init__(self, egress: Egress) -> None:
        self._inner = open_transport(egress)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _measure_layers(egress: Egress, sink: str, body: bytes, count: int) -> dict[str, float]:
    """CPU of our sender alone, and what httpx's layer would add to it."""
    direct = _timed(lambda: asyncio.run(_send_through(HttpSender(egress), sink, body, count)), count)[1]
    layered = HttpSender(egress, _Layered(egress))
    behind = _timed(lambda: asyncio.run(_send_through(layered, sink, body, count)), count)[1]
    return {"webhooks.sender_cpu_us": direct, "webhooks.httpx_layer_cpu_us": behind - direct}


def _compare(works: list[tuple[float, float]], floors: list[tuple[float, float]]) -> float:
    """CPU of a delivery over that of the floor just before and just after it: the median of the rounds."""
    around = [(before[1] + after[1]) / 2 for before, after in pairwise(floors)]
    return median(work[1] / floor for work, floor in zip(works, around, strict=True))


def _measure_on(name: str, url: str, sink: str, owner_url: str = "") -> dict[str, float]:
    """The worker on one database, and the floor beside it: medians of rounds."""
    outbox = Outbox(url, sink, owner_url or url)
    try:
        body = outbox.fill(EVENTS // 4)
        outbox.drain()
        settle_heap()
        count = EVENTS * ENDPOINTS
        floors, works = [_timed(lambda: send_bare(sink, body, count), count)], []
        for _ in range(ROUNDS):
            outbox.fill(EVENTS)
            works.append(_timed(outbox.drain, count))
            floors.append(_timed(lambda: send_bare(sink, body, count), count))
        floor_rate, floor_cpu = (median(values) for values in zip(*floors, strict=True))
        rate, cpu = (median(values) for values in zip(*works, strict=True))
        layers = _measure_layers(outbox.egress, sink, body, count) if name == "sqlite" else {}
    finally:
        outbox.database.close()
    return layers | {
        f"webhooks.{name}.per_s": rate,
        f"webhooks.{name}.cpu_us": cpu,
        f"webhooks.{name}.ratio_floor": _compare(works, floors),
        f"webhooks.{name}.floor_per_s": floor_rate,
        f"webhooks.{name}.floor_cpu_us": floor_cpu,
    }


def measure() -> dict[str, float]:
    """Measure `webhooks.{sqlite,postgresql}.*`; the database server's own CPU is not counted."""
    with Sink() as sink, tempfile.TemporaryDirectory() as folder, EmbeddedPostgreSQL() as server:
        server.create_database("webhooks")
        server.create_login()
        return {
            **_measure_on("sqlite", f"sqlite+pysqlite:///{Path(folder) / 'bench.db'}", sink),
            **_measure_on("postgresql", server.login_url("webhooks"), sink, server.url("webhooks")),
        }
