"""The service as partners meet it: single screenings, and listings in bulk, stored and screened.

A real process on loopback, on SQLite and on PostgreSQL with row-level security, with a registry of marks. A
rate is per second of the service's own CPU, all of its threads and what it does behind the answer included,
less what it uses at rest (`idle_share` of a core);
`wall_per_s` is what the one client saw on this machine, `database_cpu_us` what PostgreSQL used beside it.
"""

from __future__ import annotations

import http.client
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random

from partners.migrating import migrate
from tests.benchmarks.peers.registries import make_names, make_titles
from tests.postgresql.launcher import EmbeddedPostgreSQL
from tests.running.plugin import find_port
from tests.running.process import Credentials, Service

MARKS, SCREENINGS, LISTINGS, ROUNDS = 20_000, 400, 2_000, 3
LINES, SELLERS, NAMED = 10_000, 200, 5
SETTLED, POLL, PATIENCE, RESTING = 0.05, 0.5, 120.0, 6
"""The service is at rest again when it uses at most this share of a core more than it does at rest."""
COUNTRIES = ("CN", "DE", "TR", "US", "VN")
Row = Mapping[str, object]


class Stage:
    """A running service with its registry, and one client connection to it."""

    def __init__(self, service: Service, server: EmbeddedPostgreSQL | None) -> None:
        self.service = service
        self._server = server
        self.shop = service.create_client("marketplace", "Shop")
        self._connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
        self.idle = 0.0  # the share of a core that the service uses at rest

    def send(self, path: str, body: bytes, kind: str, by: Credentials | None = None) -> bytes:
        """Post a body and read the whole answer."""
        headers = self.service.authorize(by or self.shop, "POST", path) | {"Content-Type": kind}
        self._connection.request("POST", path, body, headers)
        answer = self._connection.getresponse()
        read = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{path} was answered {answer.status}: {read[:300]!r}")
        return read

    def send_lines(self, path: str, rows: list[Row], by: Credentials | None = None) -> None:
        """Post NDJSON, and see that every line was taken."""
        body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        taken = self.send(path, body, "application/x-ndjson", by).count(b'"result":')
        if taken != len(rows):
            raise RuntimeError(f"{path} took {taken} lines of {len(rows)}")

    def cpu(self) -> float:
        """Seconds of CPU that the service has used."""
        return _cpu_of(self.service.process.pid) if self.service.process else 0.0

    def database_cpu(self) -> float:
        """Seconds of CPU that PostgreSQL has used: its first process, its ended children, and the living."""
        first = self._server.process_id if self._server else None
        return _cpu_of(first, with_ended=True) + sum(map(_cpu_of, _children_of(first))) if first else 0.0

    def settle(self) -> None:
        """Wait until what is done behind the answers is done."""
        deadline = time.monotonic() + PATIENCE
        while self._share() > self.idle + SETTLED and time.monotonic() < deadline:
            pass

    def rest(self) -> None:
        """See what the service uses at rest: its loops ask for work."""
        time.sleep(RESTING * POLL)
        self.idle = min(self._share() for _ in range(RESTING))

    def _share(self) -> float:
        """The share of a core that the service uses just now."""
        used, began = self.cpu(), time.perf_counter()
        time.sleep(POLL)
        return (self.cpu() - used) / (time.perf_counter() - began)

    def fill(self, names: list[str]) -> None:
        """Register the marks, and wait for the registry to find the last of them."""
        holder = self.service.create_client("rights_holder", "Owner")
        rows: list[Row] = [
            {"reference": f"M-{n}", "mark": name, "office": "EM", "nice_classes": [1 + n % 45]}
            for n, name in enumerate(names)
        ]
        for first in range(0, len(rows), LINES):
            self.send_lines("/v1/trademarks", rows[first : first + LINES], holder)
        probe = json.dumps({"reference": "probe", "title": f"genuine {names[-1]}"}).encode()
        deadline = time.monotonic() + PATIENCE
        while not json.loads(self.send("/v1/screenings", probe, "application/json"))["matches"]:
            if time.monotonic() > deadline:
                raise RuntimeError("the registry does not find what was registered")
            time.sleep(POLL)
        self.rest()


def _cpu_of(process_id: int, *, with_ended: bool = False) -> float:
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # it ended meanwhile
    return sum(map(int, fields[11 : 15 if with_ended else 13])) / os.sysconf("SC_CLK_TCK")


def _children_of(process_id: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == process_id:
            yield int(path.parent.name)


@contextmanager
def open_stage(name: str) -> Iterator[Stage]:
    """A service on one database; on PostgreSQL its login owns nothing."""
    with tempfile.TemporaryDirectory() as folder, _database(name, Path(folder)) as (url, owner_url, server):
        migrate(owner_url, url if server else None)
        settings = {"REQUESTS_PER_S": "0", "BULK_LINES_PER_S": "0", "LOG_LEVEL": "warning"}
        service = Service(url, Path(folder), find_port(), settings, owner_url)
        try:
            yield Stage(service.start(), server)
        finally:
            service.end()


@contextmanager
def _database(name: str, folder: Path) -> Iterator[tuple[str, str, EmbeddedPostgreSQL | None]]:
    if name == "sqlite":
        url = f"sqlite+pysqlite:///{folder / 'touchstone.db'}"
        yield url, url, None
        return
    with EmbeddedPostgreSQL() as server:
        server.create_database("http")
        server.create_login()
        yield server.login_url("http"), server.url("http"), server


def make_rows(titles: list[str], seed: int) -> list[Row]:
    """Listings as a marketplace submits them, of some hundred sellers."""
    random = Random(seed)  # noqa: S311 - repeatable, nothing secret
    return [
        {
            "reference": f"L-{seed}-{place}",
            "title": title,
            "price": {"amount": f"{random.randint(5, 300)}.90", "currency": "EUR"},
            "condition": "new",
            "ships_from": random.choice(COUNTRIES),
            "ships_to": ["DE", "FR"],
            "seller": f"S-{random.randrange(SELLERS)}",
        }
        for place, title in enumerate(titles)
    ]


def _titles(names: list[str], random: Random, count: int) -> list[str]:
    """Titles with a name each: one in five of a registered mark, and one in four of those disguised."""
    named = make_titles(names[:MARKS], random, -(-count // NAMED))
    others = iter(make_titles(names[MARKS:], random, count))
    return [named[place // NAMED] if place % NAMED == 0 else next(others) for place in range(count)]


def _timed(stage: Stage, work: Callable[[], None], count: int) -> dict[str, float]:
    """Microseconds a piece: of the service's CPU, of the database's, and of the wall until the answer."""
    cpu, database, began = stage.cpu(), stage.database_cpu(), time.perf_counter()
    work()
    wall = time.perf_counter() - began
    stage.settle()
    at_rest = stage.idle * (time.perf_counter() - began)
    costs = {
        "cpu_us": stage.cpu() - cpu - at_rest,
        "database_cpu_us": stage.database_cpu() - database,
        "wall_us": wall,
    }
    return {name: 1e6 * seconds / count for name, seconds in costs.items()}


def _best(costs: list[dict[str, float]]) -> dict[str, float]:
    """The least of several rounds: others use this machine, too."""
    least = {name: min(cost[name] for cost in costs) for name in costs[0]}
    rates = {"per_s": 1e6 / least["cpu_us"], "wall_per_s": 1e6 / least["wall_us"]}
    return rates | {name: least[name] for name in ("cpu_us", "database_cpu_us")}


def _measure(name: str) -> dict[str, float]:
    random = Random(11)  # noqa: S311 - repeatable, nothing secret
    names = make_names(random, 2 * MARKS)
    rows = make_rows(_titles(names, random, SCREENINGS + ROUNDS * LISTINGS), 1)
    with open_stage(name) as stage:
        stage.fill(names[:MARKS])
        asked = [json.dumps(row).encode() for row in rows[:SCREENINGS]]

        def screen_all() -> None:
            for body in asked:
                stage.send("/v1/screenings", body, "application/json")

        single = [_timed(stage, screen_all, len(asked)) for _ in range(ROUNDS)]
        parts = [rows[SCREENINGS + n * LISTINGS :][:LISTINGS] for n in range(ROUNDS)]
        bulk = [
            _timed(stage, lambda part=part: stage.send_lines("/v1/listings", part), len(part))
            for part in parts
        ]
    return {
        f"http.{name}.idle_share": stage.idle,
        **{f"http.screening.{name}.{key}": value for key, value in _best(single).items()},
        **{f"http.bulk.{name}.{key}": value for key, value in _best(bulk).items()},
    }


def measure() -> dict[str, float]:
    """Measure `http.screening.*` and `http.bulk.*`; `http.screening.per_s` is the worse of both databases."""
    measured = _measure("sqlite") | _measure("postgresql")
    worse = min(measured[f"http.screening.{name}.per_s"] for name in ("sqlite", "postgresql"))
    return {"http.screening.per_s": worse} | measured
