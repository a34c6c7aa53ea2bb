"""What a rights holder may draw otherwise for its own marks, and within what bounds.

Evidence and its weights are everybody's: they are calibrated, and no policy changes what is known. A rights
holder moves lines. It can ask for more or fewer reviews of its own marks, never for an alert on what the law
lets anybody do: compatible and descriptive use, plain naming without independent signals, licensed sellers,
names of up to four letters; and no verdict is a takedown. What customs count is not a rights holder's line to
draw either: by moving it, one could learn the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import asdict, replace

from matching.scoring import Policy
from matching.thresholds import Thresholds

BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "doubtful": (0.4, 0.95),
    "named": (0.7, 0.99),
    "disguise": (0.3, 0.95),
    "letters_of_alert": (5, 40),
    "letters_of_disguise": (6, 40),
    "price_deviations": (3.0, 50.0),
    "signals_of_review": (2, 5),
    "signals_of_alert": (3, 5),
    "letters_shown": (3, 20),
    "hidden_share": (0.0, 0.5),
}
"""Between what, both included, each line may be drawn."""


class Overrides(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The lines that are drawn otherwise; what is None stays as it ships."""

    doubtful: float | None = None
    named: float | None = None
    disguise: float | None = None
    letters_of_alert: int | None = None
    letters_of_disguise: int | None = None
    price_deviations: float | None = None
    signals_of_review: int | None = None
    signals_of_alert: int | None = None
    letters_shown: int | None = None
    hidden_share: float | None = None
    uses_reviewed: tuple[Literal["comparison", "bundle"], ...] | None = None
    strong_cue: Literal["review", "alert"] | None = None
    weak_cue: Literal["clear", "review"] | None = None


def find_broken_bounds(overrides: Overrides, base: Thresholds) -> list[tuple[str, str]]:
    """What of it is not allowed: pairs of field and sentence."""
    broken = []
    for name, (least, most) in BOUNDS.items():
        value = getattr(overrides, name)
        if value is not None and not least <= value <= most:
            broken.append((name, f"it may be drawn between {least:g} and {most:g}"))
    lines = draw_lines(overrides, base)
    if lines.doubtful > lines.named:
        broken.append(("doubtful", "what is doubtful lies below what is surely named"))
    if lines.signals_of_review > lines.signals_of_alert:
        broken.append(("signals_of_review", "a review takes no more signals than an alert"))
    return broken


def draw_lines(overrides: Overrides, base: Thresholds) -> Thresholds:
    """The lines with what is overridden."""
    return replace(base, **{name: value for name, value in asdict(overrides).items() if value is not None})


def override(base: Policy, overrides: Overrides, version: str) -> Policy:
    """A policy of its own version: the same evidence and weights, other lines."""
    return replace(base, version=version, thresholds=draw_lines(overrides, base.thresholds))
