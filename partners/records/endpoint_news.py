"""News of endpoints: their organization hears when one is made, changed, fails, is well again, or misses out.

Nothing is told of what was itself such news, so that no failure feeds on its own reports.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, not_, select

from partners.among import among
from partners.principal import Kind
from partners.records.endpoints import Endpoint, deliveries, endpoints
from partners.records.events import Fact, emit_all, events
from partners.records.organizations import organizations
from partners.records.pacing import Turns


def tell_created(connection: Connection, kind: Kind, endpoint: Endpoint, now: datetime) -> None:
    """Tell that an endpoint was registered."""
    _tell(connection, "endpoint.created", kind, endpoint, {"status": endpoint.status}, now)


def tell_updated(
    connection: Connection, kind: Kind, endpoint: Endpoint, fields: Collection[str], now: datetime
) -> None:
    """Tell what of an endpoint is another than before."""
    data = {"status": endpoint.status, "fields": tuple(sorted(fields))}
    _tell(connection, "endpoint.updated", kind, endpoint, data, now)


def tell_deleted(connection: Connection, kind: Kind, endpoint: Endpoint, now: datetime) -> None:
    """Tell that an endpoint is gone."""
    _tell(connection, "endpoint.deleted", kind, endpoint, {}, now)


def tell_proved(connection: Connection, endpoint_ids: Collection[str], now: datetime) -> None:
    """Tell that endpoints have shown their challenge."""
    data = {"status": "enabled", "fields": ("status",)}
    rows = _find(connection, endpoint_ids)
    emit_all(connection, [_telling("endpoint.updated", row, data) for row in rows], now)


def tell_turns(connection: Connection, turns: Turns, now: datetime) -> None:
    """Tell which endpoints fail now, and which are well again."""
    named = dict.fromkeys(turns.failing, "endpoint.failing")
    named |= dict.fromkeys(turns.recovered, "endpoint.recovered")
    rows = _find(connection, named)
    emit_all(connection, [_telling(named[row.id], row, {}) for row in rows], now)


def tell_exhausted(connection: Connection, delivery_ids: Sequence[str], now: datetime) -> None:
    """Tell which deliveries were given up."""
    if not delivery_ids:
        return
    rows: list[Row[Any]] = list(connection.execute(_EXHAUSTED, {"ids": list(delivery_ids)}))
    told = [
        _telling(
            "endpoint.exhausted",
            row,
            {
                "delivery_id": row.delivery_id,
                "event_id": row.event_id,
                "event_type": row.event_type,
                "attempts": row.attempt,
                "last_status": row.last_status,
            },
        )
        for row in rows
    ]
    emit_all(connection, told, now)


def _tell(
    connection: Connection,
    type_: str,
    kind: Kind,
    endpoint: Endpoint,
    data: Mapping[str, object],
    now: datetime,
) -> None:
    known: dict[str, object] = {"url": endpoint.url, "reference": endpoint.reference}
    recipient = (kind, endpoint.organization_id)
    emit_all(connection, [(_fact(type_, endpoint.id, {**known, **data}), [recipient])], now)


def _telling(type_: str, row: Row[Any], data: Mapping[str, object]) -> tuple[Fact, list[tuple[Kind, str]]]:
    known: dict[str, object] = {"url": row.url, "reference": row.reference}
    return _fact(type_, row.id, {**known, **data}), [(row.kind, row.organization_id)]


def _fact(type_: str, endpoint_id: str, data: Mapping[str, object]) -> Fact:
    return Fact(type=type_, subject=endpoint_id, path=f"/v1/webhook-endpoints/{endpoint_id}", data=data)


def _find(connection: Connection, endpoint_ids: Collection[str]) -> list[Row[Any]]:
    if not endpoint_ids:
        return []
    return list(connection.execute(_ENDPOINTS, {"ids": sorted(endpoint_ids)}))


_OWNED = endpoints.join(organizations, organizations.c.id == endpoints.c.organization_id)
_COLUMNS = (
    endpoints.c.id,
    endpoints.c.organization_id,
    endpoints.c.url,
    endpoints.c.reference,
    organizations.c.kind,
)
_IDS = among(endpoints.c.id, "ids")
_ENDPOINTS = select(*_COLUMNS).select_from(_OWNED).where(_IDS, endpoints.c.deleted_at.is_(None))
_EXHAUSTED = (
    select(
        *_COLUMNS,
        deliveries.c.id.label("delivery_id"),
        deliveries.c.event_id,
        deliveries.c.attempt,
        deliveries.c.last_status,
        events.c.type.label("event_type"),
    )
    .select_from(
        _OWNED.join(deliveries, deliveries.c.endpoint_id == endpoints.c.id).join(
            events, events.c.id == deliveries.c.event_id
        )
    )
    .where(
        among(deliveries.c.id, "ids"),
        deliveries.c.trigger == "auto",
        not_(events.c.type.startswith(bindparam("own", "endpoint."))),
    )
    .order_by(deliveries.c.id)
)
