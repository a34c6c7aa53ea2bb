"""Compile all kernels before they are needed: `python -m matching.index.compile`, once after installing."""

from __future__ import annotations

from matching.index import build_index
from matching.model import Mark

_NAMES = ("Zorglub", "Rick Ovens", "United Widget Makers of Upper Zorgland Incorporated")


def warm_up() -> None:
    """Build a small index and search it in every way."""
    marks = [Mark(id=name, text=name, rights_holder="", office="XX") for name in _NAMES]
    index = build_index(marks).changed(marks[:1], ["Rick Ovens"]).rebuilt()
    for title in ("a Zorlgub b", "Z⭐rglub", _NAMES[2]):
        index.search({"title": title})


if __name__ == "__main__":
    warm_up()
