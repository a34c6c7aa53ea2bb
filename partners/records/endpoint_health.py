"""How endpoints fare, as their organization sees it: what went well last, what failed, and the breaker."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, and_, case, func, not_, select

from partners.principal import Principal
from partners.records.endpoints import attempts, deliveries, endpoints
from partners.records.pacing import endpoint_pacing

LATEST: Final = 1_000
"""So many deliveries are looked at, so that a page costs the same however long the history is."""


class EndpointHealth(Struct, frozen=True, kw_only=True):
    """`succeeded_at` and `failed_at` are of attempts; nothing goes out before `shut_until`."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failures: int = 0  # in a row
    shut_until: datetime | None = None  # the breaker is open


def read_health(
    connection: Connection, principal: Principal, endpoint_id: str | None = None
) -> dict[str, EndpointHealth]:
    """How one endpoint fares, or all of them, by the latest deliveries; without a row all is unknown."""
    outcomes = _read_outcomes(connection, principal.organization_id, endpoint_id)
    breakers = _read_breakers(connection, principal.organization_id)
    return {
        key: EndpointHealth(
            succeeded_at=outcomes.get(key, (None, None))[0],
            failed_at=outcomes.get(key, (None, None))[1],
            failures=breakers.get(key, (0, None))[0],
            shut_until=breakers.get(key, (0, None))[1],
        )
        for key in outcomes.keys() | breakers.keys()
    }


def _read_outcomes(
    connection: Connection, organization_id: str, endpoint_id: str | None
) -> dict[str, tuple[datetime | None, datetime | None]]:
    """By endpoint, when an attempt last succeeded and last failed."""
    latest = select(deliveries.c.id, deliveries.c.endpoint_id).where(
        deliveries.c.organization_id == organization_id
    )
    if endpoint_id is not None:
        latest = latest.where(deliveries.c.endpoint_id == endpoint_id)
    recent = latest.order_by(deliveries.c.id.desc()).limit(LATEST).subquery()
    went_well = and_(attempts.c.error.is_(None), attempts.c.status.between(200, 299))
    statement = (
        select(
            recent.c.endpoint_id,
            func.max(case((went_well, attempts.c.sent_at))).label("succeeded_at"),
            func.max(case((not_(went_well), attempts.c.sent_at))).label("failed_at"),
        )
        .join(attempts, attempts.c.delivery_id == recent.c.id)
        .group_by(recent.c.endpoint_id)
    )
    rows = connection.execute(statement)
    return {row.endpoint_id: (row.succeeded_at, row.failed_at) for row in rows}


def _read_breakers(connection: Connection, organization_id: str) -> dict[str, tuple[int, datetime | None]]:
    """By endpoint, its failures in a row, and until when its breaker is open."""
    pacing = endpoint_pacing.c
    statement = (
        select(pacing.endpoint_id, pacing.failures, pacing.open_until)
        .join(endpoints, endpoints.c.id == pacing.endpoint_id)
        .where(endpoints.c.organization_id == organization_id)
    )
    return {row.endpoint_id: (row.failures, row.open_until) for row in connection.execute(statement)}
