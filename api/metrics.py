"""Metrics for Prometheus: how many requests, how long they took, and how the registry is."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from partners.registry import Registry

METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """One app's counters; labels are route templates, so their number is bounded."""

    def __init__(self, registry: Registry) -> None:
        self._collector = CollectorRegistry()
        self._requests = Counter(
            "touchstone_http_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self._collector,
        )
        self._seconds = Histogram(
            "touchstone_http_request_seconds",
            "Time until the answer's last byte",
            ["route"],
            buckets=_SECONDS,
            registry=self._collector,
        )
        ready = Gauge("touchstone_registry_ready", "1 when marks can be searched", registry=self._collector)
        ready.set_function(lambda: float(registry.ready))
        version = Gauge(
            "touchstone_registry_version", "Newest registration searched", registry=self._collector
        )
        version.set_function(lambda: float(registry.version))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def render(self) -> bytes:
        """All metrics in the text format that Prometheus reads."""
        return generate_latest(self._collector)
