"""Caps: how often screening stopped short of everything, by the name that its answers give the reason."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

REGISTRY_STALE: Final = "registry_stale"
MARKET_STALE: Final = "market_stale"
CAPS: Final[Mapping[str, str]] = {
    "text_cut": "only the first 4,000 words of a text were read",
    "candidates_cut": "more places looked like marks than are judged; the foremost were",
    "completions_cut": "a name with hidden letters fits more marks than are compared",
    "matches_cut": "more marks were found than a screening names",
    REGISTRY_STALE: "the registry index has not been known to be complete for 10 seconds",
    MARKET_STALE: "what marketplaces' listings taught has not been read for 60 seconds",
}
"""What `limits` of a screening may hold."""


class Caps:
    """The counts of one process; any thread may count."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter(dict.fromkeys(CAPS, 0))
        self._lock = threading.Lock()

    def count(self, limits: Iterable[str]) -> None:
        """Count one screening under each of its limits."""
        with self._lock:
            self._counts.update(limits)

    @property
    def counts(self) -> dict[str, int]:
        """How many screenings named each limit, 0 where none did."""
        with self._lock:
            return dict(self._counts)
