"""Compile the vocabulary's kernels before they are needed: `python -m matching.vocabulary.compile`."""

from __future__ import annotations

from matching.lexicon import NO_WORDS
from matching.model import Mark
from matching.vocabulary.living import Vocabulary
from matching.vocabulary.volume import Told, build_volume

_NAMES = ("Zorglub", "United Widget Makers of Upper Zorgland Incorporated")


def warm_up() -> None:
    """Build a small vocabulary and ask it in every way."""
    marks = [Mark(id=name, text=name, rights_holder="", office="XX") for name in _NAMES]
    told: list[Told] = [(name, {"title": name}) for name in _NAMES]
    Vocabulary((), NO_WORDS).add(build_volume(told, NO_WORDS)).find(marks)


if __name__ == "__main__":
    warm_up()
