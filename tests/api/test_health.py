"""Health: alive, ready, counted."""

from datetime import timedelta

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from api.app import create_app
from partners.db import Database
from partners.records.clients import admit
from partners.registry import Registry


def test_a_process_that_answers_is_alive(bench_house):
    with TestClient(create_app(bench_house)) as client:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_house_with_all_its_parts_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ready": True,
            "database_reachable": True,
            "database_migrated": True,
            "registry_ready": True,
            "registry_version": 0,
            "registry_age_seconds": 0.0,
            "stale_sources": [],
        },
    )


def test_without_the_registry_it_is_not_ready(house, now):
    waiting = replace(house, registry=Registry(house.database, lambda: now))
    with TestClient(create_app(waiting)) as client:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert (answer.json()["ready"], answer.json()["registry_ready"]) == (False, False)
    assert answer.json()["registry_age_seconds"] is None


def test_a_stale_source_is_named_and_requests_are_served(house, now):
    times = [now]
    late = Registry(house.database, lambda: times[0])
    late.refresh()
    times[0] = now + timedelta(seconds=11)
    with TestClient(create_app(replace(house, registry=late))) as client:
        answer = client.get("/readyz")
        late.refresh()
        again = client.get("/readyz")
    assert (answer.status_code, answer.json()["stale_sources"]) == (200, ["registry_stale"])
    assert again.json()["stale_sources"] == []


def test_limits_that_screenings_reach_are_counted_by_their_names(watch, bench_house):
    bench_house.registry.caps.count(["text_cut", "matches_cut"])
    bench_house.registry.caps.count(["text_cut"])
    _, text = watch("127.0.0.1")
    assert 'touchstone_screening_limits_total{limit="text_cut"} 2.0' in text
    assert 'touchstone_screening_limits_total{limit="candidates_cut"} 0.0' in text


def probe(house, url):
    database = Database(url, admit, pool_size=2)
    with TestClient(create_app(replace(house, database=database))) as client:
        answer = client.get("/readyz")
    database.close()
    return answer


def test_an_empty_database_is_not_ready(house, tmp_path):
    answer = probe(house, f"sqlite+pysqlite:///{tmp_path / 'empty.db'}")
    assert answer.status_code == 503
    assert (answer.json()["database_reachable"], answer.json()["database_migrated"]) == (True, False)


def test_a_database_that_is_not_there_is_not_ready(house, tmp_path):
    answer = probe(house, f"sqlite+pysqlite:///{tmp_path / 'no folder' / 'touchstone.db'}")
    assert answer.status_code == 503
    assert answer.json()["database_reachable"] is False


@pytest.fixture
def watch(bench_house, exchange):
    """Ask for the metrics from an address, with headers."""

    def ask(address, token="", **headers):
        settings = replace(bench_house.settings, metrics_token=token)
        app = create_app(replace(bench_house, settings=settings))
        answers = exchange(app, "GET", "/metrics", headers, [b""], address=address)
        return answers[0]["status"], answers[1]["body"].decode()

    return ask


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.0.0.53"])
def test_loopback_reads_the_metrics(watch, address):
    status, text = watch(address)
    assert status == 200
    assert "touchstone_registry_version 7.0" in text


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "::2", "testclient"])
def test_others_do_not(watch, address):
    assert watch(address)[0] == 403


def test_a_proxy_on_this_machine_is_not_loopback(watch):
    assert watch("127.0.0.1", **{"x-forwarded-for": "192.0.2.1"})[0] == 403


def test_the_metrics_token_opens_from_anywhere_and_is_then_required(watch):
    assert watch("192.0.2.1", token="t0ps3cret", authorization="Bearer t0ps3cret")[0] == 200
    assert watch("192.0.2.1", token="t0ps3cret", authorization="Bearer other")[0] == 401
    assert watch("127.0.0.1", token="t0ps3cret")[0] == 401


def test_requests_are_counted_by_route_template(bench_house, exchange):
    app = create_app(bench_house)
    for path in ("/healthz", "/healthz", "/v1/organization", "/no/such/path", "/nor/this"):
        exchange(app, "GET", path, {}, [b""])
    exchange(app, "BREW", "/healthz", {}, [b""])
    text = exchange(app, "GET", "/metrics", {}, [b""], address="127.0.0.1")[1]["body"].decode()
    assert 'touchstone_http_requests_total{method="GET",route="/healthz",status="200"} 2.0' in text
    assert 'touchstone_http_requests_total{method="GET",route="/v1/organization",status="401"} 1.0' in text
    assert 'touchstone_http_requests_total{method="GET",route="unknown",status="404"} 2.0' in text
    assert 'touchstone_http_requests_total{method="other",route="unknown",status="405"} 1.0' in text
