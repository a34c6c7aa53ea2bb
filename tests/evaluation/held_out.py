"""Disguises of brands that no weight was fitted on, in titles of such brands, by a registry of brands, and by
larger ones that hold the brands among other names.

Lines are drawn on one part and measured on another. The market has learned from all titles, each without
those counted under the same brand; `first_day` is a marketplace that has learned nothing, `new_market` one
that has learned from other sources only, then from up to 5,000 of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from matching.index import Index, build_index
from matching.market import NO_MARKET, Market
from matching.model import Mark, SellerStanding
from matching.policies import DEFAULT_POLICY
from matching.screening import screen_many
from partners.reference.frequencies import lexicon
from tests.evaluation.measures import Measured, per_1000, ratio, share
from tests.evaluation.planted import (
    BRAND_SOURCES,
    Part,
    Sample,
    calibration_bounds,
    calibration_error,
    false_titles,
    found,
    look,
    marks_to_plant,
    plant,
    threshold_at,
    threshold_of,
    titles_of,
)
from tests.evaluation.sets import Title, key_of, market_of, marks_of, offer_of, read_set, read_titles
from tests.evaluation.synthetic import measure_hidden

BUDGETS = (2, 5, 10)
FAMILIES = ("all", "visible", "typos6", "typos45")
COUNTS: Mapping[Part, tuple[int, int]] = {"calibrate": (4_000, 1_500), "test": (5_000, 3_000)}
NEW = 2_000
OWN = 5_000
WORD = 3.0
RECALL = 0.8


def measure(folder: Path, missing: list[str], scale: float = 1.0) -> Iterator[Measured]:
    """Everything that is measured on brands and titles held out."""
    brands = brands_of(folder, missing)
    titles = read_titles(folder, missing)
    if not brands or not titles:
        return
    index = build_index(brands, lexicon())
    market = market_of(titles)
    yield from _measure_part("held_out", _samples(titles, brands, index, market, scale))
    yield from _measure_part("held_out.first_day", _samples(titles, brands, index, NO_MARKET, scale))
    yield from _measure_new_market(titles, brands, index, scale)
    yield from _measure_words(titles, index, market)
    yield from measure_hidden("brands", brands, index, scale)


def measure_among(
    size: str, folder: Path, index: Index, missing: list[str], scale: float = 1.0
) -> Iterator[Measured]:
    """The same disguised brands and titles by a larger registry; `watched` counts hits on the brands alone,
    as where they are a watch-list.
    """
    brands, titles = brands_of(folder, missing), read_titles(folder, missing)
    if brands and titles:
        samples = _samples(titles, brands, index, market_of(titles), scale)
        yield from _measure_part(f"held_out_{size}", samples)
        yield from _measure_watched(f"held_out_{size}", samples[1], {mark.text for mark in brands})
        yield from measure_hidden(f"brands_in_{size}", brands, index, scale)


def _measure_watched(name: str, tested: Sample, brands: Collection[str]) -> Iterator[Measured]:
    watched = tested._replace(hits=tuple(hit for hit in tested.hits if hit.mark in brands))
    wrong = false_titles(watched, threshold_of(watched, RECALL))
    yield per_1000(f"{name}.watched.wrong_per_1000_at_recall_80", wrong)


def brands_of(folder: Path, missing: list[str]) -> list[Mark]:
    """The names of a folder that are brands; all of them where that is not told."""
    listed = read_set(folder, "marks", missing)
    brands = [row for row in listed if row.get("source", "brand_label") in BRAND_SOURCES] or listed
    return marks_of(row["mark"] for row in brands)


def _samples(
    titles: Sequence[Title], brands: Sequence[Mark], index: Index, market: Market, scale: float
) -> list[Sample]:
    samples = []
    for part, (clean, planted) in COUNTS.items():
        counts = (round(clean * scale), round(planted * scale))
        cases = plant(titles_of(titles, part), marks_to_plant(brands, part), counts, f"planted {part}")
        samples.append(look(cases, index, market))
    return samples


def _measure_part(name: str, samples: Sequence[Sample]) -> Iterator[Measured]:
    calibrated, tested = samples
    if not any(case.mark for case in tested.cases):
        return
    for budget in BUDGETS:
        line = threshold_at(calibrated, budget)
        for family in FAMILIES:
            yield share(f"{name}.{family}.recall_at_{budget}", found(tested, line, family))
        yield per_1000(f"{name}.spent_at_{budget}", false_titles(tested, line))
    shipped = DEFAULT_POLICY.thresholds.disguise
    for family in FAMILIES:
        yield share(f"{name}.{family}.recall_at_shipped_line", found(tested, shipped, family))
    yield per_1000(f"{name}.spent_at_shipped_line", false_titles(tested, shipped))
    wrong = false_titles(tested, threshold_of(tested, RECALL))
    yield per_1000(f"{name}.wrong_per_1000_at_recall_80", wrong)
    for family in FAMILIES:
        yield share(f"{name}.{family}.recall_at_any_score", found(tested, -1.0, family))
    error, rows = calibration_error(tested)
    yield Measured(f"{name}.calibration_error", error, rows, calibration_bounds(tested))


def _measure_new_market(
    titles: Sequence[Title], brands: Sequence[Mark], index: Index, scale: float
) -> Iterator[Measured]:
    """One source as if it were a new marketplace: its noise beside that of a home market."""
    sources = sorted({title.source for title in titles})
    if len(sources) < 2:
        return
    source = max(sources, key=lambda each: sum(title.source == each for title in titles))
    own = [title for title in titles if title.source == source]
    others = [title for title in titles if title.source != source]
    random = Random("new market")  # noqa: S311 - repeatable, nothing secret
    learned = random.sample(own, min(OWN, len(own) // 2))
    known = set(learned)
    tested = [title for title in own if title not in known]
    counts = (round(NEW * scale), round(NEW * scale / 2))
    cases = plant(tested, marks_to_plant(brands, "test"), counts, "new market")
    markets = {"home": titles, "foreign": others, "after_own": [*others, *learned]}
    noise = {}
    for name, told in markets.items():
        sample = look(cases, index, market_of(told))
        noise[name] = per_1000(
            f"new_market.{name}.wrong_per_1000", false_titles(sample, threshold_of(sample, RECALL))
        )
        yield noise[name]
    if noise["home"].total:
        least = 1000 / noise["home"].total
        yield ratio("new_market.after_own.beside_home", noise["after_own"], noise["home"], least)


def _measure_words(titles: Sequence[Title], index: Index, market: Market) -> Iterator[Measured]:
    """Dictionary words that are marks, written plainly: how precisely they are told from ordinary words.

    Right is a mark that is the label; any other counts as wrong, so that precision is a lower bound.
    """
    labelled = [title for title in titles_of(titles, "test") if title.label]
    rows: list[tuple[float, bool]] = []
    drawn = Random("words").sample(labelled, min(NEW, len(labelled)))  # noqa: S311 - repeatable
    offers = [offer_of(title.text, seller=SellerStanding(reference=title.text)) for title in drawn]
    verdicts = screen_many(offers, index, market_of=lambda _: market)
    for title, verdict in zip(drawn, verdicts, strict=True):
        for match in verdict.matches:
            values = {each.code: each.value for each in match.comparisons}
            mark = index.mark(match.mark_id)
            if mark and values.get("plainly_written") and _is_a_word(mark):
                rows.append((match.score, key_of(mark.text) == key_of(title.label)))
    rows.sort(reverse=True)
    right = sum(truth for _, truth in rows)
    if right:
        wanted, taken = round(RECALL * right), 0
        hits = [place for place, (_, truth) in enumerate(rows, start=1) if truth]
        taken = hits[wanted - 1]
        yield share("words.precision_at_recall_80", [truth for _, truth in rows[:taken]])


def _is_a_word(mark: Mark) -> bool:
    return lexicon().frequency.get(key_of(mark.text), 0.0) >= WORD
