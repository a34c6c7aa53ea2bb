"""Lines: which policy speaks on a listing, and which of their own the rights holders have drawn."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection

from matching.narrowing import Narrowness
from matching.policies import DEFAULT_POLICY
from matching.scoring import Policy
from partners.records.policies import count_versions, present_policies


class Lines(Struct, frozen=True, kw_only=True):
    """The policy that speaks, and the rights holders' own for their marks: organization id -> policy.

    Matches less sure than its `shown` line are neither kept nor shown. `narrowness` is which marks are
    looked for at all.
    """

    policy: Policy = DEFAULT_POLICY
    own: Mapping[str, Policy] = {}
    narrowness: Narrowness = "every"


SHIPPED = Lines()


def present_lines(connection: Connection) -> Lines:
    """The lines that are drawn now."""
    return Lines(own=present_policies(connection))


class KnownLines:
    """The lines that are drawn now, read anew only when there is another version: none is ever taken back.

    Any thread may ask: as many versions are always the same ones.
    """

    def __init__(self) -> None:
        self._known: tuple[int, Lines] = (0, SHIPPED)

    def present(self, connection: Connection) -> Lines:
        """The lines as this transaction sees them."""
        count = count_versions(connection)
        known, lines = self._known
        if count != known:
            lines = present_lines(connection)
            self._known = (count, lines)
        return lines
