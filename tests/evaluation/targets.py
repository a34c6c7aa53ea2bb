"""What the figures ought to be."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """A figure by its name, and the value that it ought to have at least, or at most."""

    name: str
    value: float
    is_least: bool = True


def _at_most(name: str, value: float) -> Target:
    return Target(name, value, is_least=False)


REGISTRIES = ("held_out", "held_out_all", "held_out_1m")
EVERY_OTHER = (
    "exact", "upper", "joined", "spaced", "dotted", "parted", "zero_width", "full_width", "bold", "twins",
    "leet", "signs", "accents", "transposed", "inserted", "substituted", "doubled", "keyboard", "vowel",
    "plural", "printed", "two_errors", "transliterated", "masked", "twins_and_error", "leet_and_spaced",
)  # fmt: skip

TARGETS = (
    Target("obfuscation.all.all.recall", 0.984),
    Target("obfuscation.all.deleted.recall", 0.93),
    Target("obfuscation.all.sound.recall", 0.92),
    *[Target(f"obfuscation.all.{kind}.recall", 0.95) for kind in EVERY_OTHER],
    Target("long.all.exact.recall", 1.0),
    Target("long.all.one_edit.recall", 0.98),
    Target("long.all.word_dropped.recall", 0.85),
    Target("masked.top1", 0.90),
    Target("masked.top3", 0.95),
    *[
        Target(f"masked.synthetic.{size}.40_hidden.{place}", value)
        for size in ("brands", "brands_in_all")
        for place, value in (("top1", 0.92), ("top3", 0.97))
    ],
    *[
        Target(f"{name}.visible.recall_at_2", value)
        for name, value in zip(REGISTRIES, (0.90, 0.93, 0.88), strict=True)
    ],
    *[
        Target(f"{name}.typos6.recall_at_2", value)
        for name, value in zip(REGISTRIES, (0.80, 0.75, 0.65), strict=True)
    ],
    _at_most("held_out.wrong_per_1000_at_recall_80", 4),
    _at_most("held_out_all.wrong_per_1000_at_recall_80", 6),
    _at_most("held_out_1m.watched.wrong_per_1000_at_recall_80", 10),
    _at_most("held_out_1m.wrong_per_1000_at_recall_80", 35),
    Target("words.precision_at_recall_80", 0.85),
    _at_most("new_market.after_own.beside_home", 2),
    Target("nominative.recognised", 0.95),
    _at_most("nominative.origin_excused", 0.02),
    Target("replica.evasive.recall", 0.60),
    _at_most("held_out.calibration_error", 0.03),
)
