"""Calibrations: tables from estimates to scores, version by version, each with how far its scores hold.

A version never changes and is never deleted, so that whatever was scored by it can be recomputed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    bindparam,
    func,
    insert,
    select,
)

from matching.calibration import Calibration, Knot
from matching.reliability import Reliability
from partners.db import UTC, JSONDocument, hold, metadata, to_struct
from partners.ids import new_id
from partners.records.policies import policies

calibrations = Table(
    "calibrations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    # The policy that ships whose estimates these are.
    Column("policy_version", String(60), nullable=False),
    Column("judgements", Integer, nullable=False),
    Column("organizations", Integer, nullable=False),
    # How many judgements there were at all, those that do not count among them.
    Column("known", Integer, nullable=False),
    Column("knots", JSONDocument, nullable=False),
    Column("reliability", JSONDocument, nullable=False),
    Column("fitted_at", UTC, nullable=False),
    Index("ux_calibrations_version", "version", unique=True),
    Index("ix_calibrations_policy", "policy_version", "version"),
)
_LOCK: Final = "calibrations"
_POLICY: Final = "policy"
_PRESENT: Final = select(  # built once: every screening asks
    select(func.count()).select_from(policies).scalar_subquery(),
    select(func.max(calibrations.c.version))
    .where(calibrations.c.policy_version == bindparam(_POLICY))
    .scalar_subquery(),
)


class CalibrationVersion(Struct, frozen=True, kw_only=True):
    """A row: one table, what it was made of, and how far its scores hold."""

    id: str
    version: int
    policy_version: str
    judgements: int
    organizations: int
    known: int
    knots: tuple[Knot, ...]
    reliability: Reliability
    fitted_at: datetime

    @property
    def calibration(self) -> Calibration:
        return Calibration(
            version=self.version,
            policy_version=self.policy_version,
            judgements=self.judgements,
            organizations=self.organizations,
            knots=self.knots,
        )


def add_calibration(connection: Connection, row: CalibrationVersion) -> CalibrationVersion:
    """Keep a table as the next version, whatever number it carries."""
    hold(connection, _LOCK)
    last = connection.scalar(select(func.max(calibrations.c.version))) or 0
    row = msgspec.structs.replace(row, id=new_id("cal"), version=last + 1)
    values: dict[str, Any] = msgspec.structs.asdict(row)
    connection.execute(insert(calibrations).values(values))
    return row


def find_latest(connection: Connection, policy_version: str) -> CalibrationVersion | None:
    """The present table for the estimates of a policy that ships."""
    mine = select(calibrations).where(calibrations.c.policy_version == policy_version)
    row = connection.execute(mine.order_by(calibrations.c.version.desc()).limit(1)).one_or_none()
    return to_struct(row, CalibrationVersion) if row else None


def present_calibration(connection: Connection, policy_version: str) -> Calibration | None:
    """The table by which a policy's estimates become scores now; None: they are estimates."""
    latest = find_latest(connection, policy_version)
    return latest.calibration if latest else None


def present_versions(connection: Connection, policy_version: str) -> tuple[int, int]:
    """How many versions of rights holders' policies there are, and which table for a policy is the latest.

    None of either is ever deleted, so the same numbers mean the same lines.
    """
    count, latest = connection.execute(_PRESENT, {_POLICY: policy_version}).one()
    return count, latest or 0


def calibrations_named(connection: Connection, versions: Collection[int]) -> dict[int, Calibration]:
    """Tables by their versions."""
    if not versions:
        return {}
    columns = (calibrations.c[name] for name in Calibration.__struct_fields__)
    rows = connection.execute(select(*columns).where(calibrations.c.version.in_(versions)))
    return {row.version: to_struct(row, Calibration) for row in rows}
