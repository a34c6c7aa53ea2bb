"""Retro-screening: one new mark against stored listings, beside searching all of them again.

`retro.index.*`: a million made-up listings (words by Zipf's law, some names among them, some disguised) as a
vocabulary; the time to name the listings that one mark may concern, and that of searching all listings with
an index of that mark, measured on a sample and scaled up. TOUCHSTONE_BENCH_LISTINGS=100000 takes fewer.

`retro.{sqlite,postgresql}.*`: listings stored in a database, some hundred of which name the new mark; wall
time from the place of the registration in its feed to the last event, beside a job that reads all listings;
and the time in which all matches of the marks are advised anew under another policy.
TOUCHSTONE_BENCH_STORED=1000000 stores a million; that takes long.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import mean
from time import perf_counter, process_time

from sqlalchemy import func, insert, select

from matching.index import build_index
from matching.model import Mark, SeizureHistory
from matching.overriding import Overrides
from matching.vocabulary import Vocabulary, build_volume
from partners.db import Database
from partners.drawing import draw_policy
from partners.ids import new_id
from partners.keys import open_keyring
from partners.migrating import migrate
from partners.planning import SETTLING
from partners.preconditions import Conditions
from partners.principal import Claims, Kind
from partners.records.clients import admit, clients
from partners.records.events import events
from partners.records.listings import Listing, write_listings
from partners.records.organizations import add_organization
from partners.records.screenings import Screening, add_screenings, see_seizures
from partners.records.stock import note_changed
from partners.records.trademarks import TrademarkFields, put_trademarks
from partners.reference.frequencies import lexicon
from partners.registry import Registry
from partners.rescoring import Rescoring
from partners.rescreening import Rescreening
from partners.sequencing import Sequencer
from partners.stocking import Stock
from partners.tracing import Desk
from partners.working import JobBench
from tests.postgresql.launcher import EmbeddedPostgreSQL

LISTINGS = int(os.environ.get("TOUCHSTONE_BENCH_LISTINGS", "1000000"))
STORED = int(os.environ.get("TOUCHSTONE_BENCH_STORED", "20000"))
CONCERNED = 1_000
MARKS, SAMPLE, BATCH = 24, 4_000, 10_000
SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"] + [
    "an",
    "er",
    "is",
    "ol",
    "un",
]
LETTERS = str.maketrans("oie", "013")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _titles(random: Random, count: int, names: list[str]) -> Iterator[str]:
    """Titles of 6 to 14 words: ordinary ones by Zipf's law, made-up ones, and one name in ten titles."""
    words = [word for word in lexicon().frequency if len(word) > 1][:60_000]
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for number in range(count):
        title = random.choices(words, cum_weights=weights, k=random.randint(5, 12))
        title.insert(random.randint(0, 5), "".join(random.choices(SYLLABLES, k=random.randint(2, 4))))
        if number % 10 == 0:
            name = random.choice(names)
            title.insert(random.randint(0, 3), name.lower().translate(LETTERS) if number % 40 == 0 else name)
        yield " ".join(title)


def _names(random: Random) -> list[str]:
    return [
        " ".join("".join(random.choices(SYLLABLES, k=random.randint(2, 4))).title() for _ in range(words))
        for words in (1, 1, 1, 1, 2, 2, 3, 7)
        for _ in range(400)
    ]


def _mark(name: str) -> Mark:
    return Mark(id=name, text=name, rights_holder="", office="XX")


def _measure_index() -> dict[str, float]:
    random = Random(3)  # noqa: S311 - repeatable, nothing secret
    names = _names(random)
    titles = list(_titles(random, LISTINGS, names))
    start = process_time()
    vocabulary = Vocabulary((), lexicon())
    for first in range(0, LISTINGS, BATCH):
        told = [(f"lst_{first + at:026d}", {"title": each}) for at, each in enumerate(titles[first:][:BATCH])]
        vocabulary = vocabulary.add(build_volume(told, lexicon()))
    build = process_time() - start
    marks = [_mark(name) for name in random.sample(names, MARKS)]
    vocabulary.find(marks[:1])
    times, rescans, found = [], [], 0
    for mark in marks:
        start = process_time()
        found += len(vocabulary.find([mark]) or ())
        times.append(process_time() - start)
        rescans.append(_rescan(mark, titles))
    size = sum(each.nbytes for volume in vocabulary.volumes for each in (*volume.texts, volume.ids))
    ordered = sorted(times)
    return {
        "retro.index.listings": float(LISTINGS),
        "retro.index.mark_ms": 1000 * mean(times),
        "retro.index.mark_p50_ms": 1000 * ordered[len(ordered) // 2],
        "retro.index.mark_worst_ms": 1000 * ordered[-1],
        "retro.index.ratio_rescan": mean(rescans) / mean(times),
        "retro.index.candidates": found / len(marks),
        "retro.index.bytes_per_listing": size / LISTINGS,
        "retro.index.build_us_per_listing": 1e6 * build / LISTINGS,
    }


def _rescan(mark: Mark, titles: list[str]) -> float:
    """CPU seconds of searching all titles with an index of one mark, from a sample."""
    index = build_index([mark], lexicon())
    step = max(1, len(titles) // (SAMPLE // MARKS))
    part = titles[::step]
    start = process_time()
    for title in part:
        index.search({"title": title})
    return (process_time() - start) * len(titles) / len(part)


class _Stage:
    """A database with listings stored as if they had been screened before the mark was registered."""

    def __init__(self, url: str, folder: Path) -> None:
        migrate(url)
        self.database = Database(url, admit, clock="host")
        self.keyring = open_keyring(self.database, b"m" * 32, NOW)
        self.shop = self._partner("marketplace")
        self.owner = self._partner("rights_holder")
        self.sequencer = Sequencer(self.database)
        self.registry = Registry(self.database, lambda: NOW)
        self.stock = Stock(self.database, folder=folder)
        self.registry.refresh()

    def _partner(self, kind: Kind) -> Claims:
        def work(connection, _principal):  # type: ignore[no-untyped-def] # a bench is not type-checked
            organization = add_organization(connection, kind, kind, NOW)
            client = {"id": new_id("cli"), "organization_id": organization.id, "name": kind, "scopes": []}
            connection.execute(
                insert(clients).values(**client, auth_method="client_secret_basic", created_at=NOW)
            )
            return Claims(
                client_id=client["id"], organization_id=organization.id, kind=kind,
                scopes=frozenset(), token_id="t",
            )  # fmt: skip

        return self.database.acting("access", work)

    def store(self, titles: list[str]) -> None:
        for first in range(0, len(titles), BATCH):
            part = titles[first : first + BATCH]
            self.database.acting("screening", lambda c, _, part=part: self._write(c, part))
        while self.sequencer.place():
            pass
        while self.stock.refresh():
            pass

    def _write(self, connection, titles: list[str]) -> None:  # type: ignore[no-untyped-def] # a benchmark
        rows, kept = [], []
        for title in titles:
            screening = _clear(new_id("scr"))
            listing = Listing(
                id=new_id("lst"),
                organization_id=self.shop.organization_id,
                reference=new_id("ref"),
                revision=1,
                document={"title": title},
                screening_id=screening.id,
                verdict="clear",
                created_at=NOW,
                updated_at=NOW,
            )
            rows.append(listing)
            kept.append((listing.id, 1, screening))
        write_listings(connection, rows, [])
        add_screenings(connection, self.shop.organization_id, kept)
        note_changed(connection, [listing.id for listing in rows])

    def rescreen(self, name: str, *, with_stock: bool) -> tuple[float, float, int]:
        """Register a mark; wall and CPU seconds until its last event is written, and how many there are."""
        fields = TrademarkFields(reference=name, mark=name, office="EM", nice_classes=(25,))
        owner = self.owner.organization_id
        self.database.writing(self.owner, lambda c, _: put_trademarks(c, owner, [fields], NOW))
        before = self._events()
        start, start_cpu = perf_counter(), process_time()
        self.sequencer.place()
        self.registry.refresh()
        stock = self.stock if with_stock else None
        rescreening = Rescreening(Desk(self.database, self.keyring), self.registry, lambda: NOW, stock=stock)
        while rescreening.work():
            pass
        return perf_counter() - start, process_time() - start_cpu, self._events() - before

    def redraw(self) -> tuple[float, float, int]:
        """Draw a line otherwise; seconds until it is answered, and until the last match is advised anew."""
        desk, before, start = Desk(self.database, self.keyring), self._events(), perf_counter()
        draw_policy(desk, self.owner, Overrides(strong_cue="review"), Conditions(), NOW)
        answered = perf_counter() - start
        bench = JobBench(self.database, [Rescoring(desk)], lambda: NOW + SETTLING)
        while bench.work():
            pass
        return answered, perf_counter() - start, self._events() - before

    def _events(self) -> int:
        with self.database.surveying("delivery") as connection:
            return connection.scalar(select(func.count()).select_from(events)) or 0


def _clear(screening_id: str) -> Screening:
    return Screening(
        id=screening_id, listing="", verdict="clear", score=0.0, limits=(), matches=(),
        seizures=see_seizures(SeizureHistory()), seller=None, policy_version="2026.2", registry_version=0,
        screened_at=NOW,
    )  # fmt: skip


def _measure_database(name: str, url: str, folder: Path) -> dict[str, float]:
    random = Random(5)  # noqa: S311 - the same
    stage = _Stage(url, folder)
    ordinary = list(_titles(random, STORED - 2 * CONCERNED, _names(random)))
    concerned = [
        f"{mark} 1:1 replica {title}"
        for mark in ("Zorglubex", "Quitarovan")
        for title in _titles(random, CONCERNED, ["plain"])
    ]
    titles = ordinary + concerned
    random.shuffle(titles)
    stage.store(titles)
    seconds, cpu, told = stage.rescreen("Zorglubex", with_stock=True)
    seconds_reading, _, told_reading = stage.rescreen("Quitarovan", with_stock=False)
    answered, redrawn, told_anew = stage.redraw()
    stage.database.close()
    return {
        f"retro.{name}.listings": float(STORED),
        f"retro.{name}.seconds": seconds,
        f"retro.{name}.cpu_seconds": cpu,
        f"retro.{name}.events": float(told),
        f"retro.{name}.events_by_reading": float(told_reading),
        f"retro.{name}.ratio_reading": seconds_reading / seconds,
        f"retro.{name}.reading_us_per_listing": 1e6 * seconds_reading / STORED,
        f"retro.{name}.policy_answer_seconds": answered,
        f"retro.{name}.policy_seconds": redrawn,
        f"retro.{name}.policy_events": float(told_anew),
    }


def measure() -> dict[str, float]:
    """Measure `retro.*`."""
    measured = _measure_index()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        measured |= _measure_database("sqlite", f"sqlite+pysqlite:///{path / 'a.db'}", path / "sqlite")
        with EmbeddedPostgreSQL() as server, server.temporary_database() as url:
            measured |= _measure_database("postgresql", url, path / "postgresql")
    return measured
