"""Metrics for Prometheus: how many requests, how long they took, and how the registry is."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from partners.registry import Registry

METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class _Limits(Collector):
    """Screenings that named a limit, by its name."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            "touchstone_screening_limits",
            "Screenings that left something out, by the limit their answer names",
            labels=["limit"],
        )
        for name, count in sorted(self._registry.caps.counts.items()):
            family.add_metric([name], float(count))
        yield family


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
        stale = Gauge("touchstone_stale_sources", "Sources not up to date", registry=self._collector)
        stale.set_function(lambda: float(len(registry.stale)))
        self._collector.register(_Limits(registry))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def render(self) -> bytes:
        """All metrics in the text format that Prometheus reads."""
        return generate_latest(self._collector)
