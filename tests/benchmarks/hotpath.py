"""Where the microseconds of one screening go: `make bench ROOMS=hotpath`; MARKS=1m for a larger registry.

Titles against 100,000 marks are screened as `/v1/screenings` does it, in one thread, with a database of
its own. A signal after every few milliseconds of CPU looks at which step is being done; each step is named by
the innermost of its functions that is running. The kernels run without the interpreter, so their three parts
are timed apart, by calls of one part each.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import process_time
from types import FrameType

import numpy as np

from api.rights import scopes_of
from matching.index import Index, build_index
from matching.index.buffers import MISTYPED
from matching.index.search import _buffers_for, _joined
from matching.index.searching import PROBE_AGAIN, READ, READ_AND_PROBE, search_texts
from matching.index.texts import prepare
from matching.model import Mark
from partners.access import ClientOrder, create_client
from partners.db import Database, utc_now
from partners.keys import open_keyring
from partners.migrating import migrate
from partners.principal import Claims
from partners.records.clients import admit
from partners.records.listings import ListingFields
from partners.reference.frequencies import lexicon
from partners.registry import Registry, Snapshot
from partners.screening import Draft, Screener
from partners.tracing import Desk
from tests.benchmarks.matching import SIZES
from tests.benchmarks.peers.registries import make_names, make_titles

TITLES, BATCH, SECONDS, EVERY = 2_000, 250, 6.0, 0.001
STEPS: Mapping[tuple[str, str], str] = {
    ("partners/records/clients.py", "admit"): "admission",
    ("partners/db.py", "surveying"): "transaction",
    ("partners/advising.py", "make_offers"): "seller_and_seizures",
    ("partners/standings.py", "standings_of_references"): "seller_and_seizures",
    ("partners/lines.py", "present"): "lines",
    ("matching/index/texts.py", "prepare"): "folding",
    ("matching/index/texts.py", "other_views"): "other_spellings",
    ("matching/index/other_views.py", "pack_views"): "other_spellings",
    ("matching/index/search.py", "search_many"): "kernels",
    ("matching/index/hits.py", "hits_of"): "places_of_hits",
    ("matching/index/living.py", "_found"): "candidates",
    ("matching/scenes.py", "set_stage"): "words_and_cues",
    ("matching/scenes.py", "scenes_of"): "neighbors",
    ("matching/sieves.py", "look"): "evidence_of_the_name",
    ("matching/sieves.py", "sift"): "evidence_of_the_name",
    ("matching/sifting.py", "circumstances_of"): "circumstances",
    ("matching/screening.py", "_use_of"): "use",
    ("matching/screening.py", "_judge"): "weights_and_verdict",
    ("matching/screening.py", "_match"): "reasons",
    ("matching/screening.py", "_judged"): "choice_of_matches",
    ("matching/screening.py", "screen_many"): "rest_of_engine",
    ("partners/advising.py", "advise"): "wording",
    ("partners/screening.py", "screen"): "rest_of_service",
}
"""Functions and the steps they stand for; what is running inside none of them is not counted."""
ENGINE = frozenset(step for (path, _), step in STEPS.items() if path.startswith("matching/"))
ROOT = f"{Path(__file__).parents[2]}{os.sep}"
Steps = dict[str, float]


@contextmanager
def _sampled() -> Iterator[Counter[str]]:
    """Count, while this lasts, in which step the CPU's time is spent."""
    seen: Counter[str] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        while frame is not None:
            place = (frame.f_code.co_filename.removeprefix(ROOT), frame.f_code.co_name)
            if place in STEPS:
                seen[STEPS[place]] += 1
                return
            frame = frame.f_back

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    try:
        yield seen
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _profile(screen: Callable[[int], int]) -> Steps:
    """Microseconds of CPU of one screening by step; `screen` does the next ones and tells how many."""
    screen(0)
    done = turn = 0
    with _sampled() as seen:
        began = process_time()
        while process_time() - began < SECONDS:
            turn += 1
            done += screen(turn)
        each = 1e6 * (process_time() - began) / done
    return {step: each * count / seen.total() for step, count in seen.most_common()} | {"all": each}


def _profile_kernels(index: Index, titles: list[str]) -> Steps:
    """Microseconds of one title in each part of the kernels, less what a call of them costs by itself."""
    segment, words = index.layers[0].handed.places, index.words.table
    prepared = [_joined([(prepare("title", title).data, MISTYPED)]) for title in titles]
    buffers = _buffers_for(max(len(data) for data, _ in prepared))
    none = np.zeros((0, 8), dtype=np.int64)
    search_texts(*prepared[0], segment, buffers.places, words, READ_AND_PROBE)
    costs = dict.fromkeys(("call", "read", "all", "probe"), 0.0)
    for data, table in prepared:
        parts = zip(
            costs, (none, table, table, table), (READ, READ, READ_AND_PROBE, PROBE_AGAIN), strict=True
        )
        for name, rows, step in parts:
            began = process_time()
            search_texts(data, rows, segment, buffers.places, words, step)
            costs[name] += 1e6 * (process_time() - began) / len(titles)
    return {
        "read_tokens": costs["read"] - costs["call"],
        "windows": costs["all"] - costs["read"] - costs["probe"] + costs["call"],
        "hashes_lines_and_distances": costs["probe"] - costs["call"],
    }


class _Stage:
    """A service's own parts around an index: an admitted marketplace, a database, a screener."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        url = f"sqlite+pysqlite:///{folder / 'hotpath.db'}"
        migrate(url)
        self.database = Database(url, admit, 2)
        allowed = scopes_of("marketplace")
        order = ClientOrder(kind="marketplace", name="Shop", scopes=(), allowed=allowed)
        made = create_client(self.database, order, utc_now())
        self.claims = Claims(
            client_id=made.client_id,
            organization_id=made.organization_id,
            kind="marketplace",
            scopes=allowed,
            token_id="bench",
        )
        marks = [Mark(id=f"m{n}", text=name, rights_holder="", office="XX") for n, name in enumerate(names)]
        self.index = build_index(marks, lexicon())
        registry = Registry(self.database)
        registry._snapshot = Snapshot(self.index, 0)
        keyring = open_keyring(self.database, b"m" * 32, utc_now())
        self.screener = Screener(Desk(self.database, keyring), registry, utc_now)

    def screens(self, drafts: list[Draft], size: int) -> Callable[[int], int]:
        """Screen the drafts, so many at a time, over and over."""

        def screen(turn: int) -> int:
            first = turn * size % len(drafts)
            return len(self.screener.screen(self.claims, drafts[first : first + size]))

        return screen


def measure() -> dict[str, float]:
    """Measure `hotpath.{single,batch,kernels}.*_us`, and the engine's share of both."""
    random = Random(7)  # noqa: S311 - repeatable, nothing secret
    names = make_names(random, SIZES[(os.environ.get("TOUCHSTONE_BENCH_MARKS") or "100k").split(",")[0]])
    titles = make_titles(names, random, TITLES)
    drafts = [
        Draft(reference=f"L-{n}", fields=ListingFields(title=title), seller=f"S-{n % 200}")
        for n, title in enumerate(titles)
    ]
    with tempfile.TemporaryDirectory() as folder:
        stage = _Stage(Path(folder), names)
        try:
            found = {
                "single": _profile(stage.screens(drafts, 1)),
                "batch": _profile(stage.screens(drafts, BATCH)),
                "kernels": _profile_kernels(stage.index, titles),
            }
        finally:
            stage.database.close()
    shares = {
        f"hotpath.{name}.engine_share": sum(found[name].get(step, 0) for step in ENGINE) / found[name]["all"]
        for name in ("single", "batch")
    }
    return {
        f"hotpath.{name}.{step}_us": cost for name, steps in found.items() for step, cost in steps.items()
    } | shares
