"""Lines: which policy speaks on a listing, which of their own the rights holders have drawn, and what makes
scores of estimates.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection

from matching.calibration import Calibration
from matching.narrowing import Narrowness
from matching.policies import DEFAULT_POLICY
from matching.scoring import Policy
from partners.records.calibrations import present_calibration, present_versions
from partners.records.policies import present_policies


class Lines(Struct, frozen=True, kw_only=True):
    """The policy that speaks, and the rights holders' own for their marks: organization id -> policy.

    Matches less sure than its `shown` line are neither kept nor shown. `narrowness` is which marks are
    looked for at all. Without a `calibration` a screening's score is the policy's estimate.
    """

    policy: Policy = DEFAULT_POLICY
    own: Mapping[str, Policy] = {}
    narrowness: Narrowness = "every"
    calibration: Calibration | None = None


SHIPPED = Lines()


def present_lines(connection: Connection) -> Lines:
    """The lines that are drawn now."""
    calibration = present_calibration(connection, DEFAULT_POLICY.version)
    return Lines(own=present_policies(connection), calibration=calibration)


class KnownLines:
    """The lines that are drawn now, read anew only when there is another version: none is ever taken back.

    Any thread may ask: as many versions are always the same ones.
    """

    def __init__(self) -> None:
        self._known: tuple[tuple[int, int], Lines] = ((0, 0), SHIPPED)

    def present(self, connection: Connection) -> Lines:
        """The lines as this transaction sees them."""
        present = present_versions(connection, DEFAULT_POLICY.version)
        known, lines = self._known
        if present != known:
            lines = present_lines(connection)
            self._known = (present, lines)
        return lines
