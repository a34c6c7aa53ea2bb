"""A flag on the wire: what customs and the seller's marketplace both may read of it."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from api.wire import ReasonOut, show_reason
from matching.model import Reason
from matching.risk import Band, band
from partners.records.flags import Flag, FlagLevel


class FlagOut(Struct, frozen=True, kw_only=True):
    """The flag on a seller's risk.

    A flag that was lifted or has expired stays in the feed once more, with `lifted_at`.
    """

    id: str
    level: FlagLevel
    score: float
    reasons: list[ReasonOut]
    seizures_band: Band
    alerts: int
    revision: int
    raised_at: datetime
    updated_at: datetime
    expires_at: datetime
    lifted_at: datetime | None


def show_flag(flag: Flag) -> FlagOut:
    return FlagOut(
        id=flag.id,
        level=flag.level,
        score=flag.score,
        reasons=[show_reason(reason) for reason in msgspec.convert(flag.reasons, list[Reason])],
        seizures_band=band(flag.seizures),
        alerts=flag.alerts,
        revision=flag.revision,
        raised_at=flag.raised_at,
        updated_at=flag.updated_at,
        expires_at=flag.expires_at,
        lifted_at=flag.lifted_at,
    )
