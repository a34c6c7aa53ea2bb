"""The heap: what lives as long as the process is not looked through for garbage again and again."""

from __future__ import annotations

import gc
from typing import Final

LOOK_AFTER: Final = 50_000
"""So many objects, made and not given up, bring the next look; Python's 700 are twelve deliveries' worth."""


def begin_heap() -> None:
    """Look for garbage seldom from the first import on: nearly all that a process begins with stays."""
    gc.set_threshold(LOOK_AFTER, 5, 5)


def settle_heap() -> None:
    """Set apart what was made so far; called once, when all is in place.

    A hundred thousand objects of modules and statements outlive every look, and a worker's claims ask for
    one every second: that cost a fifth of its processor time.
    """
    gc.collect()
    gc.freeze()
    begin_heap()
