"""The delivery worker: claim fairly, sign, send, and acknowledge in groups."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import TypeVar

import structlog
import uvloop
from msgspec import Struct

from partners.db import Database, utc_now
from partners.keyring import KeyRefused, Keyring
from partners.outbound import Egress
from partners.records.attempts import Acknowledgement, acknowledge
from partners.records.outbox import Claim, Leased, claim_due, has_due, release
from webhooks.acknowledgement import Acknowledger
from webhooks.attempt import Parcel, Rules, make_attempt, open_parcel
from webhooks.delivery import HttpSender, Sender
from webhooks.schedule import Schedule

T = TypeVar("T")
_log = structlog.get_logger("touchstone.webhooks")


class Pace(Struct, frozen=True, kw_only=True):
    """How much at once, and how many seconds everything takes.

    `gather`: how long landed attempts wait for others before their places are filled again; `group`: how
    long outcomes wait to be written together; `drain`: how long a stopping worker waits for answers.
    """

    in_flight: int = 256
    per_endpoint: int = 8
    poll: float = 0.25
    attempt: float = 15.0
    lease: float = 60.0
    gather: float = 0.01
    group: float = 0.1
    group_size: int = 128
    drain: float = 8.0
    schedule: Schedule = Schedule()

    def __post_init__(self) -> None:
        if self.lease <= self.attempt + 10 * self.group:
            raise ValueError("a lease must outlast an attempt and its acknowledgement")


class Dispatcher:
    """Delivers what is due, from a thread and an event loop of its own.

    Any number of them, in any number of processes, may work on one database: leases keep them apart, and
    what a dead one had taken is due again when its lease ends.
    """

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        egress: Egress,
        *,
        pace: Pace | None = None,
        clock: Callable[[], datetime] = utc_now,
        sender: Sender | None = None,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._pace = pace or Pace()
        self._clock = clock
        self._rules = Rules(seconds=self._pace.attempt, schedule=self._pace.schedule, clock=clock)
        self._sender = sender or HttpSender(egress)
        self._name = secrets.token_hex(6)
        self._claims = count(1)
        self._flying: dict[asyncio.Task[None], Leased] = {}
        self._landed = 0  # since the last claim
        self._gathering: asyncio.TimerHandle | None = None
        self._busy = False
        self._draining = True
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._live, name="webhooks", daemon=True)
        self._started = threading.Event()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="webhooks-database")

    def start(self) -> None:
        """Begin to deliver; returns when the loop is running."""
        self._thread.start()
        self._started.wait()

    def wake(self) -> None:
        """Say that something may be due; safe from any thread, and never needed: the worker polls too."""
        self._call(self._nudge)

    def stop(self, *, drain: bool = True) -> None:
        """End the worker.

        With `drain` it claims no more, waits a while for what is in flight, writes the outcomes and gives
        the other leases back. Without, it drops everything as a killed process would.
        """
        self._call(self._ask_to_stop, drain)
        self._thread.join(self._pace.drain + 5)
        self._threads.shutdown(wait=drain)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(function, *arguments)

    def _ask_to_stop(self, drain: bool) -> None:  # noqa: FBT001 - call_soon takes positions only
        self._stopping, self._draining = True, drain
        self._nudge()

    def _nudge(self) -> None:
        self._nudged.set()

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._work())

    async def _work(self) -> None:
        self._nudged = asyncio.Event()
        self._outcomes = Acknowledger(self._write, self._pace.group, self._pace.group_size)
        self._loop = asyncio.get_running_loop()
        self._started.set()
        writing = asyncio.create_task(self._outcomes.run())
        try:
            while not self._stopping:
                await self._turn()
            if self._draining:
                await self._drain(writing)
        finally:
            for task in [writing, *self._flying]:
                task.cancel()
            await self._sender.close()

    async def _turn(self) -> None:
        """Fill the free places, then rest until something lands, is told, or may have come due."""
        self._settle_down()
        for parcel in await self._claim():
            self._launch(parcel)
        self._outcomes.forget_older(self._clock() - timedelta(seconds=self._pace.lease))
        try:
            await asyncio.wait_for(self._nudged.wait(), self._pace.poll)
        except TimeoutError:
            return

    def _settle_down(self) -> None:
        self._nudged.clear()
        self._landed = 0
        if self._gathering:
            self._gathering.cancel()
            self._gathering = None

    async def _claim(self) -> list[Parcel]:
        """Lease what fits; while nothing was due the last time, look before taking the writer's turn."""
        room = self._pace.in_flight - len(self._flying)
        try:
            if not room or not (self._busy or await self._in_thread(self._look)):
                return []
            parcels = await self._in_thread(lambda: self._take(room))
        except Exception as error:  # noqa: BLE001 - a database that is away ends no worker
            _log.warning("nothing_claimed", error=type(error).__name__)
            return []
        self._busy = bool(parcels)
        return parcels

    def _look(self) -> bool:
        with self._database.surveying("delivery") as connection:
            return has_due(connection, self._clock())

    def _take(self, room: int) -> list[Parcel]:
        now = self._clock()
        claim = Claim(
            token=f"{self._name}.{next(self._claims)}",
            now=now,
            lease_until=now + timedelta(seconds=self._pace.lease),
            limit=room,
            per_endpoint=self._pace.per_endpoint,
            busy=Counter(leased.endpoint_id for leased in list(self._flying.values())),
        )
        leased = self._database.acting("delivery", lambda connection, _: claim_due(connection, claim))
        return [parcel for one in leased if (parcel := self._open(one))]

    def _open(self, leased: Leased) -> Parcel | None:
        try:
            return open_parcel(leased, self._keyring)
        except (KeyRefused, ValueError) as error:
            _log.error("secret_not_opened", delivery=leased.id, error=type(error).__name__)
            return None

    def _launch(self, parcel: Parcel) -> None:
        task = asyncio.create_task(self._attempt(parcel))
        self._flying[task] = parcel.leased
        task.add_done_callback(self._land)

    async def _attempt(self, parcel: Parcel) -> None:
        try:
            self._outcomes.add(await make_attempt(parcel, self._sender, self._rules))
        except Exception:  # noqa: BLE001 - our own fault: the lease ends, and the delivery is due again
            _log.exception("attempt_failed", delivery=parcel.leased.id)

    def _land(self, task: asyncio.Task[None]) -> None:
        self._flying.pop(task, None)
        self._landed += 1
        if self._landed >= max(1, min(len(self._flying), self._pace.in_flight // 4)):
            self._nudged.set()
        elif not self._gathering:
            self._gathering = asyncio.get_running_loop().call_later(self._pace.gather, self._nudged.set)

    async def _write(self, group: Sequence[Acknowledgement]) -> None:
        now = self._clock()

        def work() -> set[str]:
            return self._database.acting(
                "delivery", lambda connection, _: acknowledge(connection, group, now)
            )

        await self._in_thread(work)
        if any(item.proof for item in group):
            self._nudged.set()  # what an endpoint was held back for is due now

    async def _drain(self, writing: asyncio.Task[None]) -> None:
        if self._flying:
            await asyncio.wait(list(self._flying), timeout=self._pace.drain)
        self._outcomes.close()
        await asyncio.wait([writing], timeout=2)
        unfinished = {leased.id: leased.token for leased in self._flying.values()}
        now = self._clock()
        if unfinished:
            await self._in_thread(
                lambda: self._database.acting("delivery", lambda c, _: release(c, unfinished, now))
            )

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
