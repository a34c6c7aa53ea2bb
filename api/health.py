"""Health: for the one who runs the service and for the machines that watch it."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST

from api.house import House
from api.metrics import Metrics
from api.problems import Refusal, challenge
from partners.readiness import check_database


class HealthOut(Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str = "ok"


class ReadinessOut(Struct, frozen=True, kw_only=True):
    """Whether requests can be served: all parts must be true. With stale sources it still answers, and names
    them in `limits` of each screening.
    """

    ready: bool
    database_reachable: bool
    database_migrated: bool
    registry_ready: bool
    registry_version: int
    registry_age_seconds: float | None  # since the index was last known to be complete; null: never yet
    stale_sources: list[str]


@get(
    "/healthz",
    operation_id="get_health",
    summary="Is the process alive?",
    tags=["health"],
    sync_to_thread=False,
)
def get_health() -> HealthOut:
    """Answer 200 as long as the process can answer at all."""
    return HealthOut()


@get("/readyz", operation_id="get_readiness", summary="Can it serve?", tags=["health"], sync_to_thread=True)
def get_readiness(house: NamedDependency[House]) -> Response[ReadinessOut]:
    """Answer 200 when the database is reachable and migrated and the registry index is ready, else 503."""
    reachable, migrated = check_database(house.database)
    registry = house.registry
    ready = reachable and migrated and registry.ready
    readiness = ReadinessOut(
        ready=ready,
        database_reachable=reachable,
        database_migrated=migrated,
        registry_ready=registry.ready,
        registry_version=registry.version,
        registry_age_seconds=registry.age,
        stale_sources=list(registry.stale),
    )
    return Response(
        readiness, status_code=200 if ready else 503, headers={} if ready else {"Retry-After": "2"}
    )


@get(
    "/metrics",
    operation_id="get_metrics",
    summary="Counters for Prometheus",
    tags=["health"],
    media_type="text/plain",
    sync_to_thread=False,
)
def get_metrics(
    request: Request[Any, Any, Any], house: NamedDependency[House], metrics: NamedDependency[Metrics]
) -> Response[bytes]:
    """Answer the counters: with `METRICS_TOKEN` as bearer token where it is set, else to loopback only."""
    _check_watcher(request, house.settings.metrics_token)
    return Response(metrics.render(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _check_watcher(request: Request[Any, Any, Any], token: str) -> None:
    if token:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {token}".encode()):
            header = {"WWW-Authenticate": challenge()}
            raise Refusal("unauthorized", "Send the metrics token.", headers=header)
    elif not _is_loopback(request):
        raise Refusal("forbidden", "Metrics are for loopback callers, or for METRICS_TOKEN.")


def _is_loopback(request: Request[Any, Any, Any]) -> bool:
    """A proxy on this machine calls from loopback too, for anybody: its headers give it away."""
    if {"forwarded", "x-forwarded-for", "x-real-ip"} & set(request.headers.keys()) or not request.client:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
