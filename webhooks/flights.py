"""Flights: one delivery on its way, or a run of them to an ordered endpoint, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from partners.records.attempts import Acknowledgement
from partners.records.lanes import Lane
from webhooks.attempt import Parcel

_GOES_ON = {"ok", "exhausted", "cancelled"}


class Flight:
    """What one task sends: nothing later before the head is ok or given up."""

    def __init__(self, parcels: list[Parcel]) -> None:
        self._parcels = parcels
        self._landed = 0
        self._is_held_up = False
        head = parcels[0].leased
        self.endpoint_id: str = head.endpoint_id
        self.lane: Lane = head.lane
        self.is_run = bool(head.ordinal)

    def next(self, until: datetime) -> Parcel | None:
        """The next delivery, if its lease lasts until then and nothing holds it up."""
        if self._is_held_up or self._landed == len(self._parcels):
            return None
        parcel = self._parcels[self._landed]
        ends_at = parcel.leased.lease_until
        return None if ends_at and ends_at < until else parcel

    def land(self, outcome: Acknowledgement) -> None:
        """Take the outcome of what `next` gave."""
        self._landed += 1
        self._is_held_up = outcome.state not in _GOES_ON

    @property
    def unused(self) -> dict[str, str]:
        """The leases that no attempt has ended: delivery id to token."""
        return {one.leased.id: one.leased.token for one in self._parcels[self._landed :]}


def form_flights(parcels: Iterable[Parcel]) -> list[Flight]:
    """Each delivery by itself; those of one ordered endpoint together, in their order."""
    runs: dict[str, list[Parcel]] = {}
    alone: list[Flight] = []
    for parcel in parcels:
        if parcel.leased.ordinal:
            runs.setdefault(parcel.leased.endpoint_id, []).append(parcel)
        else:
            alone.append(Flight([parcel]))
    for run in runs.values():
        run.sort(key=lambda parcel: parcel.leased.ordinal)
    return [*alone, *map(Flight, runs.values())]
