"""Endpoints that fail: since when, and what follows when it is for too long or they ask for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, or_, select, update

from partners.among import among
from partners.db import UTC
from partners.principal import WORKER, Kind, Principal
from partners.records import audit
from partners.records.endpoints import endpoints
from partners.records.events import Fact, emit
from partners.records.organizations import get_organization, list_operators
from partners.records.switching import disable_endpoint

PATIENCE: Final = timedelta(days=5)
"""An endpoint that has answered nothing but failure for so long is disabled."""


def note_outcomes(
    connection: Connection, succeeded: Mapping[str, datetime], failed: Mapping[str, datetime]
) -> None:
    """Keep since when endpoints fail.

    Args:
        succeeded: of each endpoint the time of its last success.
        failed: of each endpoint the time of its first failure behind that.
    """
    if succeeded:
        connection.execute(_RECOVER, {"ids": sorted(succeeded)})
    if failed:
        rows = [{"endpoint": key, "since": failed[key]} for key in sorted(failed)]
        connection.execute(_FAIL, rows)


def find_hopeless(
    connection: Connection, endpoint_ids: Collection[str], now: datetime
) -> list[tuple[str, str, str]]:
    """Those of these endpoints that have failed for too long: id, organization and URL."""
    if not endpoint_ids:
        return []
    rows = connection.execute(_HOPELESS, {"ids": sorted(endpoint_ids), "before": now - PATIENCE})
    return [(row.id, row.organization_id, row.url) for row in rows]


def disable_and_tell(
    connection: Connection, endpoint: tuple[str, str, str], reason: str, now: datetime
) -> bool:
    """Disable an endpoint (id, organization, URL) for a reason, and tell its organization and the operator.

    Tells whether it was open until now.
    """
    endpoint_id, organization_id, url = endpoint
    if not disable_endpoint(connection, endpoint_id, url, reason, now):
        return False
    owner = get_organization(connection, organization_id)
    fact = Fact(
        type="endpoint.disabled",
        subject=endpoint_id,
        path=f"/v1/webhook-endpoints/{endpoint_id}",
        data={"url": url, "reason": reason, "organization_id": owner.id, "organization": owner.name},
    )
    told: dict[str, Kind] = dict.fromkeys(list_operators(connection), "operator")
    told[owner.id] = owner.kind
    emit(connection, fact, [(kind, key) for key, kind in told.items()], now)
    service = Principal(organization_id=owner.id, kind=owner.kind, client_id=WORKER.client_id)
    audit.record(connection, service, "endpoint.disabled", endpoint_id, {"reason": reason}, now)
    return True


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_SINCE = bindparam("since", type_=UTC())
_RECOVER = (
    update(endpoints)
    .where(among(endpoints.c.id, "ids"), endpoints.c.failing_since.is_not(None))
    .values(failing_since=None)
)
_FAIL = (
    update(endpoints)
    .where(
        endpoints.c.id == bindparam("endpoint"),
        or_(endpoints.c.failing_since.is_(None), endpoints.c.failing_since > _SINCE),
    )
    .values(failing_since=_SINCE)
)
_HOPELESS = select(endpoints.c.id, endpoints.c.organization_id, endpoints.c.url).where(
    among(endpoints.c.id, "ids"),
    endpoints.c.status == "enabled",
    endpoints.c.failing_since <= bindparam("before", type_=UTC()),
)
