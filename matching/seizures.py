"""How often goods like an offer's were seized before: priors fitted on public counts of seizure lines."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from matching.commodities import commodity_of
from matching.model import Reason, SeizureHistory
from matching.risk import band, least_of_band

# A year's counts are worth this much of the next year's.
YEARLY_FADING = 0.5
# What product and origin alone let expect counts as if it had been seen for this many years.
_IMAGINED_YEARS = 0.25


class SeizureCount(Struct, frozen=True):
    """Seizure lines of one commodity from one origin (ISO 3166-1 alpha-2) on one channel in one year."""

    year: int
    commodity: str
    origin: str
    channel: str
    lines: int


class SeizurePriors(Struct, frozen=True, kw_only=True):
    """Expected lines a year by (commodity, origin) and by channel's share, with the counts behind them."""

    source: str
    origin_names: Mapping[str, str]
    first_year: int
    last_year: int
    lines: Mapping[tuple[str, str], int]
    expected: Mapping[tuple[str, str], float]
    by_commodity: Mapping[str, float]
    by_origin: Mapping[str, float]
    channel_share: Mapping[tuple[str, str], float]
    unseen_share: float
    most_expected: float


def fit_priors(counts: Iterable[SeizureCount], source: str, origin_names: Mapping[str, str]) -> SeizurePriors:
    """Fit priors on published counts: late years weigh more, thin cells lean on their product and origin.

    Counts without an origin are left out; `source` and `origin_names` are words for the reasons.
    """
    known = [count for count in counts if count.origin and count.commodity]
    years = {count.year for count in known}
    last = max(years)
    fading = {year: YEARLY_FADING ** (last - year) for year in years}
    seen_years = math.fsum(fading.values())
    cells = _sum_by(known, fading, lambda count: (count.commodity, count.origin))
    by_commodity = _sum_by(known, fading, lambda count: (count.commodity, ""))
    by_origin = _sum_by(known, fading, lambda count: ("", count.origin))
    by_channel = _sum_by(known, fading, lambda count: (count.origin, count.channel))
    total = math.fsum(cells.values())
    weight = _IMAGINED_YEARS / (seen_years + _IMAGINED_YEARS)
    expected = {
        cell: (1 - weight) * seen / seen_years
        + weight * by_commodity[cell[0], ""] * by_origin["", cell[1]] / total / seen_years
        for cell, seen in cells.items()
    }
    unfaded = dict.fromkeys(years, 1.0)
    return SeizurePriors(
        source=source,
        origin_names=origin_names,
        first_year=min(years),
        last_year=last,
        lines={
            cell: round(seen)
            for cell, seen in _sum_by(known, unfaded, lambda count: (count.commodity, count.origin)).items()
        },
        expected=expected,
        by_commodity={key[0]: seen / seen_years for key, seen in by_commodity.items()},
        by_origin={key[1]: seen / seen_years for key, seen in by_origin.items()},
        channel_share={key: seen / by_origin["", key[0]] for key, seen in by_channel.items()},
        unseen_share=weight * seen_years / total,
        most_expected=max(expected.values()),
    )


def expected_lines(commodity: str, origin: str, priors: SeizurePriors, channel: str | None = None) -> float:
    """Lines a year to expect of a commodity from an origin, on one channel or on all of them."""
    cell = priors.expected.get((commodity, origin))
    if cell is None:
        margins = priors.by_commodity.get(commodity, 0.0) * priors.by_origin.get(origin, 0.0)
        cell = margins * priors.unseen_share
    if channel is None:
        return cell
    return cell * priors.channel_share.get((origin, channel), 0.0)


def seizure_prior(
    commodity: str | None, origin: str | None, priors: SeizurePriors, channel: str | None = None
) -> tuple[float, Reason | None]:
    """How known a route is for seizures, 0 to 1 on a logarithmic scale, and a sentence with the counts.

    1 is the commodity and origin with most lines a year; nothing known of product or origin gives 0, None.
    """
    if not commodity or not origin:
        return 0.0, None
    expected = expected_lines(commodity, origin, priors, channel)
    prior = round(min(1.0, math.log1p(expected) / math.log1p(priors.most_expected)), 4)
    lines = priors.lines.get((commodity, origin), 0)
    if not lines:
        return prior, None
    goods = commodity.replace("_", " ")
    place = priors.origin_names.get(origin, origin)
    text = (
        f"{priors.source} counts {lines:,} seizure lines of {goods} from {place} "
        f"in fiscal years {priors.first_year} to {priors.last_year}."
    )
    return prior, Reason("seizures_published", text, prior)


def seizure_history(
    category: str,
    nice_classes: frozenset[int],
    ships_from: str | None,
    similar: int,
    priors: SeizurePriors,
) -> SeizureHistory:
    """What seizures say of an offer: `similar` ones counted in our own records, and the published prior."""
    prior, published = seizure_prior(commodity_of(category, nice_classes), ships_from, priors)
    recorded = Reason(
        "seizures_recorded",
        f"{band(similar)} reported seizures were of the same goods from the same country.",
        round(math.log2(1.0 + least_of_band(similar)) / 4, 4),
    )
    reasons = ((recorded,) if similar else ()) + ((published,) if published else ())
    return SeizureHistory(similar=similar, prior=prior, reasons=reasons)


def _sum_by(
    counts: list[SeizureCount],
    fading: Mapping[int, float],
    key_of: Callable[[SeizureCount], tuple[str, str]],
) -> dict[tuple[str, str], float]:
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for count in counts:
        sums[key_of(count)] += count.lines * fading[count.year]
    return dict(sums)
