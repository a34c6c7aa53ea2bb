"""The market: all listings are submitted in streams, and some one by one to see how long one takes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from api.demo.caller import Caller
from api.demo.listings import Product

LINES = 500  # listings per stream: often enough to show how far it is
SINGLES = 300
_EXAMPLES = 3
_SHOWN_USES = ("replica", "origin", "comparison", "compatible", "descriptive", "part_of_name")


class Example(Struct, frozen=True):
    """A listing as it was submitted, and its screening."""

    listing: Product
    screening: dict[str, Any]


class Market(Struct):
    """What came of the listings; times in seconds."""

    verdicts: Counter[str] = field(default_factory=Counter)
    uses: Counter[str] = field(default_factory=Counter)
    evasions: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    matches: int = 0
    seconds: float = 0.0
    examples: dict[tuple[str, str], list[Example]] = field(default_factory=dict)
    latencies: dict[str, list[float]] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        return self.verdicts.total() + len(self.refused)

    def note(self, listing: Product, line: dict[str, Any]) -> None:
        """Count one answered line."""
        if "result" not in line:
            self.refused.append(f"{line['reference']}: {line['problem'].get('detail', line['problem'])}")
            return
        screening = line["result"]["screening"]
        self.verdicts[screening["verdict"]] += 1
        self.matches += len(screening["matches"])
        for match in screening["matches"]:
            self.uses[match["use"]] += 1
            self.evasions.update(match["evasions"])
        if screening["matches"]:
            kind = screening["verdict"], screening["matches"][0]["use"]
            found = self.examples.setdefault(kind, [])
            if len(found) < _EXAMPLES:
                found.append(Example(listing, screening))

    def pick(self, most: int) -> list[Example]:
        """A few examples, the gravest verdicts first, each of another kind as long as there are."""
        kinds = sorted(self.examples, key=_rank)
        rounds = [
            self.examples[kind][turn] for turn in range(_EXAMPLES) for kind in kinds if self._has(kind, turn)
        ]
        return sorted(rounds[:most], key=lambda one: _rank((one.screening["verdict"], "")))

    def _has(self, kind: tuple[str, str], turn: int) -> bool:
        return turn < len(self.examples[kind])


def _rank(kind: tuple[str, str]) -> tuple[int, int]:
    verdict, use = kind
    place = _SHOWN_USES.index(use) if use in _SHOWN_USES else len(_SHOWN_USES)
    return ("alert", "review", "clear").index(verdict), place


def submit_all(caller: Caller, listings: Sequence[Product], show: Callable[[int], None]) -> Market:
    """Submit all listings in streams; `show` hears of each answered batch."""
    market = Market()
    began = time.perf_counter()
    for start in range(0, len(listings), LINES):
        batch = listings[start : start + LINES]
        lines = caller.stream("/v1/listings", [listing.body for listing in batch])
        for listing, line in zip(batch, lines, strict=True):
            market.note(listing, line)
        show(len(batch))
    market.seconds = time.perf_counter() - began
    return market


def time_singles(
    caller: Caller, listings: Sequence[Product], market: Market, show: Callable[[int], None]
) -> None:
    """Ask one by one, without keeping and with: how long a partner waits for one answer."""
    step = max(1, len(listings) // SINGLES)
    chosen = [listings[place * step % len(listings)] for place in range(SINGLES)]
    for path, name in (("/v1/screenings", "screen one, keep nothing"), ("/v1/listings", "submit one, kept")):
        market.latencies[name] = []
        for listing in chosen:
            _, seconds = caller.time("POST", path, listing.body)
            market.latencies[name].append(seconds)
            show(1)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not pass."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]
