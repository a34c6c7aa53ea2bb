"""The delivery worker: claim fairly, sign, send, and acknowledge in groups."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
import uvloop

from partners.db import Database, utc_now
from partners.keyring import Keyring
from partners.outbound import Egress
from partners.records.attempts import Acknowledgement, acknowledge
from webhooks.acknowledgement import Acknowledger
from webhooks.attempt import Rules, make_attempt
from webhooks.claiming import Claimer, Room
from webhooks.delivery import HttpSender, Sender
from webhooks.flights import Flight, form_flights
from webhooks.pace import Pace

T = TypeVar("T")
_log = structlog.get_logger("touchstone.webhooks")


class Dispatcher:
    """Delivers what is due, from a thread and an event loop of its own.

    Any number of them, in any number of processes, may work on one database: leases keep them apart, and
    what a dead one had taken is due again when its lease ends. `clock` is the host's: it dates signatures,
    and on SQLite, which has no other, also what is due.
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
        self._pace = pace or Pace()
        self._claimer = Claimer(database, keyring, timedelta(seconds=self._pace.lease), clock)
        self._rules = Rules(
            seconds=self._pace.attempt,
            schedule=self._pace.schedule,
            clock=self._claimer.now,
            signing_clock=clock,
        )
        self._sender = sender or HttpSender(egress)
        self._flying: dict[asyncio.Task[None], Flight] = {}
        self._queue: deque[Flight] = deque()  # leased, and waiting for a place
        self._asked_at = 0  # so many were flying or queued after the last claim
        self._gathering: asyncio.TimerHandle | None = None
        self._late_at = 0.0  # when late retries were last asked for
        self._busy = False
        self._draining = True
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._live, name="webhooks", daemon=True)
        self._started = threading.Event()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="webhooks-database")
        self._stop_listening: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to deliver; returns when the loop is running."""
        self._thread.start()
        self._started.wait()
        self._stop_listening = self._database.listen(self.wake)

    def wake(self) -> None:
        """Say that something may be due; safe from any thread, and never needed: the worker polls too."""
        self._call(self._nudge_soon)

    def stop(self, *, drain: bool = True) -> None:
        """End the worker.

        With `drain` it claims no more, waits a while for what is in flight, writes the outcomes and gives
        the other leases back. Without, it drops everything as a killed process would.
        """
        self._call(self._ask_to_stop, drain)
        self._stop_listening()
        self._thread.join(self._pace.drain + 5)
        self._threads.shutdown(wait=drain)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(function, *arguments)

    def _ask_to_stop(self, drain: bool) -> None:  # noqa: FBT001 - call_soon takes positions only
        self._stopping, self._draining = True, drain
        self._nudged.set()

    def _nudge_soon(self) -> None:
        """Let others come along: a claim for each would cost more than what it brings."""
        if not self._gathering:
            self._gathering = asyncio.get_running_loop().call_later(self._pace.gather, self._nudged.set)

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._work())

    async def _work(self) -> None:
        self._nudged = asyncio.Event()
        size = self._pace.group_size
        self._outcomes = Acknowledger(self._write, self._pace.group, size, 8 * size)
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
        await self._claim()
        self._outcomes.forget_older(self._claimer.now() - timedelta(seconds=self._pace.lease))
        try:
            await asyncio.wait_for(self._nudged.wait(), self._pace.poll)
        except TimeoutError:
            return

    def _settle_down(self) -> None:
        self._nudged.clear()
        if self._gathering:
            self._gathering.cancel()
            self._gathering = None

    async def _claim(self) -> None:
        """Lease what fits; while nothing was due the last time, look before taking the writer's turn."""
        room = self._room()
        try:
            if not (room.first or room.late) or not (self._busy or await self._in_thread(self._claimer.look)):
                return
            parcels = await self._in_thread(lambda: self._claimer.take(room))
        except Exception as error:  # noqa: BLE001 - a database that is away ends no worker
            _log.warning("nothing_claimed", error=type(error).__name__)
            return
        self._busy = bool(parcels)
        for flight in form_flights(parcels):
            if flight.lane == "late":
                self._launch(flight)
            else:
                self._queue.append(flight)
        self._fill_places()
        self._asked_at = len(self._flying) + len(self._queue)

    def _fill_places(self) -> None:
        while self._queue and len(self._flying) < self._pace.in_flight and not self._stopping:
            self._launch(self._queue.popleft())

    def _launch(self, flight: Flight) -> None:
        task = asyncio.create_task(self._fly(flight))
        self._flying[task] = flight
        task.add_done_callback(self._land)

    def _room(self) -> Room:
        flying = Counter(flight.lane for flight in self._flying.values())
        late, now = self._pace.late_in_flight - flying["late"], asyncio.get_running_loop().time()
        if now - self._late_at < self._pace.poll:
            late = 0  # they have waited for minutes: to ask now and then is enough
        else:
            self._late_at = now
        taken = flying["first"] + len(self._queue)
        unwritten = max(0, len(self._outcomes) - self._pace.group_size)  # who cannot write sends no more
        return Room(
            first=max(0, self._pace.in_flight + self._pace.ahead - taken - unwritten),
            late=max(0, late),
            per_endpoint=self._pace.per_endpoint,
            busy=Counter(flight.endpoint_id for flight in [*self._flying.values(), *self._queue])
            + self._outcomes.failing,
        )

    async def _fly(self, flight: Flight) -> None:
        """Send one delivery, or those of an ordered endpoint one after the other while all goes well."""
        longest = timedelta(seconds=self._pace.attempt + 10 * self._pace.group)
        try:
            while parcel := flight.next(self._claimer.now() + longest):
                outcome = await make_attempt(parcel, self._sender, self._rules)
                flight.land(outcome)
                self._outcomes.add(outcome)
                if self._stopping:
                    break
        except Exception:  # noqa: BLE001 - our own fault: the lease ends, and the delivery is due again
            _log.exception("attempt_failed", endpoint=flight.endpoint_id)
            return
        await self._end(flight)

    async def _end(self, flight: Flight) -> None:
        """An endpoint's next run waits for the last one's outcomes: they are not kept waiting for others."""
        if flight.is_run:
            self._outcomes.hurry()
        if unused := flight.unused:
            with suppress(Exception):  # the leases end by themselves
                await self._in_thread(lambda: self._claimer.give_back(unused))

    def _land(self, task: asyncio.Task[None]) -> None:
        self._flying.pop(task, None)
        self._fill_places()
        left = len(self._flying) + len(self._queue)
        if left <= self._asked_at - (self._pace.in_flight + self._pace.ahead) // 2 or not left:
            self._nudged.set()
        elif not self._queue:
            self._nudge_soon()

    async def _write(self, group: Sequence[Acknowledgement]) -> None:
        now = self._claimer.now()

        def work() -> set[str]:
            return self._database.acting(
                "delivery", lambda connection, _: acknowledge(connection, group, now)
            )

        await self._in_thread(work)
        if any(item.is_ordered or item.proof for item in group):
            self._nudge_soon()  # what they held back is due now

    async def _drain(self, writing: asyncio.Task[None]) -> None:
        if self._flying:
            await asyncio.wait(list(self._flying), timeout=self._pace.drain)
        self._outcomes.close()
        await asyncio.wait([writing], timeout=2)
        left = [*self._flying.values(), *self._queue]
        unfinished = {key: token for flight in left for key, token in flight.unused.items()}
        if unfinished:
            await self._in_thread(lambda: self._claimer.give_back(unfinished))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
