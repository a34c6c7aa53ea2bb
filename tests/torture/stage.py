"""The stage of a fault test: a database with endpoints and a backlog, and worker processes on it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from partners.db import utc_now
from partners.destinations import AddressRules
from partners.ids import new_id
from partners.keys import open_keyring
from partners.principal import Principal
from partners.records.clients import admit
from partners.records.endpoints import Endpoint, attempts, deliveries, endpoints
from partners.records.events import Fact, emit, events
from partners.records.organizations import add_organization
from partners.subscribing import Desk, Subscription, register_endpoint
from tests.backstage import WatchedDatabase
from tests.torture import forks
from tests.torture.sink import HOST, Arrival, Sink
from tests.torture.worker import MASTER_KEY, Order, work
from webhooks.signing import new_secret

BRISK: dict[str, float | int] = {
    "in_flight": 64,
    "ahead": 64,
    "poll": 0.05,
    "attempt": 1.0,
    "lease": 2.5,
    "group": 0.05,
    "group_size": 64,
}
SHORT: dict[str, Any] = {"attempt": 0.7, "lease": 1.3, "schedule": {"steps": [0.2] * 60}}
"""Leases that end soon after their worker, and tries that follow each other at once."""


class Worker:
    """A worker process."""

    def __init__(self, order: Order, log: Path) -> None:
        self.log = log
        self._ready, far = forks.pipe()
        self._process = forks.start(work, order, far, log=log)
        far.close()

    def ready(self) -> Worker:
        try:
            self._ready.recv()
        except EOFError:
            raise AssertionError(self.log.read_text()[-3000:]) from None
        finally:
            self._ready.close()
        return self

    def send(self, number: signal.Signals) -> None:
        os.kill(self._process.pid, number)

    def freeze(self) -> None:
        """SIGSTOP, and wait until every thread stands still: the signal itself does not wait for that."""
        self.send(signal.SIGSTOP)
        tasks = Path(f"/proc/{self._process.pid}/task")
        while any(not _stands_still(task) for task in tasks.iterdir()):
            time.sleep(0.001)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.join()

    def stop(self, seconds: float = 30) -> float:
        """SIGTERM; returns after how many seconds it had ended, cleanly."""
        started = time.monotonic()
        self._process.terminate()
        self._process.join(seconds)
        code = self._process.exitcode
        assert code == 0, (code, self.log.read_text()[-3000:])
        return time.monotonic() - started

    @property
    def memory(self) -> int:
        """Resident bytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    @property
    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _stands_still(task: Path) -> bool:
    return (task / "stat").read_text().rpartition(")")[2].split()[0] == "T"


class Stage:
    """One database, one organization, its endpoints, and what is due to them."""

    def __init__(self, url: str, sink: Sink, folder: Path, owner_url: str = "") -> None:
        self.url, self.sink, self._folder = url, sink, folder
        self._owner_url = owner_url or url
        self.database = WatchedDatabase(url, self._owner_url, admit, pool_size=4)
        self.keyring = open_keyring(self.database, MASTER_KEY, utc_now())
        self.rules = AddressRules(allow_http=True, allowed=(f"{HOST}/32",))
        self.owner = self.organization("Torture")
        self._workers: list[Worker] = []

    def reconnect(self) -> None:
        """Open the database anew: its connections have ended with the server."""
        self.database.close()
        self.database = WatchedDatabase(self.url, self._owner_url, admit, pool_size=4)

    @property
    def dialect(self) -> str:
        return self.database.dialect

    def act(self, work: Callable[[Any], Any]) -> Any:
        return self.database.acting("delivery", lambda connection, _: work(connection))

    def organization(self, name: str) -> Principal:
        made = self.database.acting(
            "access", lambda c, _: add_organization(c, "marketplace", name, utc_now())
        )
        return Principal(organization_id=made.id, kind="marketplace", client_id="torture")

    def endpoint(
        self, path: str, *, host: str = HOST, owner: Principal | None = None, **wanted: Any
    ) -> Endpoint:
        """An enabled endpoint at the sink; its secret is kept as `secrets[id]`."""
        secret = new_secret()
        desk = Desk(keyring=self.keyring, rules=self.rules, now=utc_now())
        asked = Subscription(url=self.sink.url(path, host), event_types=["*"], **wanted)
        made = self.act(lambda c: register_endpoint(c, owner or self.owner, asked, secret, desk))
        proved = update(endpoints).where(endpoints.c.id == made.id)
        self.act(lambda c: c.execute(proved.values(status="enabled", verified_at=utc_now())))
        asked = update(deliveries).where(deliveries.c.endpoint_id == made.id)
        self.act(lambda c: c.execute(asked.values(state="cancelled")))  # no questions here
        self.secret = secret
        return made

    def tell(self, count: int = 1, subject: str = "lst_1", **given: Any) -> list[str]:
        """Facts as the flows tell them, to every endpoint of the owner."""

        def work(connection: Any) -> list[str]:
            data = {"reference": "A-1", "verdict": "review", "score": 0.5, "matches": 1}
            fact = Fact(type="listing.screened", subject=subject, path="/v1/listings/A-1", data=data, **given)
            owner = (self.owner.kind, self.owner.organization_id)
            return [emit(connection, fact, [owner], utc_now())[0].id for _ in range(count)]

        return self.act(work)

    def fill(self, targets: list[Endpoint], count: int, size: int = 300) -> None:
        """So many events of one subject per endpoint, in turn, written in bulk."""
        padding = "x" * size
        for start in range(0, count, 5000):
            numbers = range(start, min(start + 5000, count))
            self.act(lambda c, numbers=numbers: self._write(c, targets, numbers, padding))

    def _write(self, connection: Any, targets: list[Endpoint], numbers: range, padding: str) -> None:
        now = utc_now()
        told, due = [], []
        for number in numbers:
            target, sequence = targets[number % len(targets)], number // len(targets) + 1
            event = {"id": new_id("evt"), "organization_id": target.organization_id, "type": "case.opened"}
            data = {"subject": target.id, "sequence": sequence, "padding": padding}
            body = json.dumps({"type": "case.opened", "data": data}).encode()
            told.append(
                event | {"subject": target.id, "sequence": sequence, "body": body, "occurred_at": now}
            )
            due.append(
                {
                    "id": new_id("dlv"),
                    "event_id": event["id"],
                    "endpoint_id": target.id,
                    "organization_id": target.organization_id,
                    "state": "due",
                    "due_at": now,
                    "created_at": now,
                    "ordinal": sequence if target.ordered else 0,
                }
            )
        connection.execute(insert(events), told)
        connection.execute(insert(deliveries), due)

    def worker(self, pace: dict[str, Any] | None = None, **order: Any) -> Worker:
        log = self._folder / f"worker-{len(self._workers)}.log"
        made = Worker(Order(url=self.url, pace={**BRISK, **(pace or {})}, **order), log)
        self._workers.append(made)
        return made.ready()

    def states(self, endpoint: Endpoint | None = None) -> dict[str, int]:
        counted = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
        if endpoint:
            counted = counted.where(deliveries.c.endpoint_id == endpoint.id)
        with self.database.surveying("delivery") as connection:
            return {state: count for state, count in connection.execute(counted) if state != "cancelled"}

    def event_ids(self, state: str) -> set[str]:
        with self.database.surveying("delivery") as connection:
            return set(connection.scalars(select(deliveries.c.event_id).where(deliveries.c.state == state)))

    def attempts(self) -> list[Any]:
        with self.database.surveying("delivery") as connection:
            return list(connection.execute(select(attempts).order_by(attempts.c.id)))

    def wait(self, condition: Callable[[], bool], seconds: float = 90.0) -> float:
        started = time.monotonic()
        while not condition():
            assert time.monotonic() - started < seconds, (self.states(), self.sink.count())
            time.sleep(0.05)
        return time.monotonic() - started

    def leases(self, endpoint: Endpoint | None = None) -> int:
        """How many deliveries a worker has taken, and not yet given back or written down."""
        counted = select(func.count()).where(deliveries.c.lease_token.is_not(None))
        if endpoint:
            counted = counted.where(deliveries.c.endpoint_id == endpoint.id)
        with self.database.surveying("delivery") as connection:
            return int(connection.scalar(counted) or 0)

    def wait_done(self, seconds: float = 90.0) -> float:
        return self.wait(lambda: "due" not in self.states(), seconds)

    def tally(self, arrivals: list[Arrival]) -> tuple[int, int]:
        """How many events got lost, and how many deliveries were more than one success each."""
        good = Counter(arrival.event for arrival in arrivals if arrival.status == 200)
        wanted = self.event_ids("ok") | self.event_ids("due")
        return len(wanted - set(good)), sum(good.values()) - len(good)

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()
        self.database.close()
