"""A request is answered in time or refused, and what was refused is never committed."""

import threading
import time

import pytest
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import RawBody
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import func, select

from api.app import create_app
from api.house import House
from partners.errors import NotReady
from partners.records.feeds import feeds, set_place

DONE = {"late": threading.Event(), "begun": threading.Event()}


@post("/v1/late", operation_id="get_health", sync_to_thread=True)
def write_late(house: NamedDependency[House]) -> None:
    """Write, and be late before the commit."""

    def work(connection, _):
        set_place(connection, "late", 1)
        time.sleep(0.6)

    try:
        house.database.acting("sequencing", work)
    except NotReady:
        DONE["late"].set()
        raise


@post("/v1/begun", operation_id="get_health", sync_to_thread=True)
def write_and_dawdle(house: NamedDependency[House]) -> str:
    """Commit in time, and be late with the answer."""
    house.database.acting("sequencing", lambda connection, _: set_place(connection, "begun", 1))
    time.sleep(0.6)
    return "committed"


@get("/v1/slow", operation_id="get_health", sync_to_thread=True)
def read_slowly() -> str:
    time.sleep(0.6)
    return "too late"


@post("/v1/echo", operation_id="get_health", sync_to_thread=True)
def echo(body: RawBody) -> bytes:
    return body


@pytest.fixture
def places(database):
    def count():
        with database.surveying("sequencing") as connection:
            return connection.scalar(select(func.count()).select_from(feeds))

    return count


@pytest.fixture
def hasty(house):
    """A house whose requests have 0.25 seconds."""
    settings = replace(house.settings, request_seconds=0.25)
    app = create_app(replace(house, settings=settings), [write_late, write_and_dawdle, read_slowly, echo])
    with TestClient(app) as client:
        client.asgi = app
        yield client


def test_after_a_503_nothing_is_committed(hasty, places):
    DONE["late"].clear()
    started = time.monotonic()
    answer = hasty.post("/v1/late")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-ready")
    assert answer.headers["retry-after"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert time.monotonic() - started < 0.55
    assert DONE["late"].wait(5)
    assert places() == 0


def test_once_a_commit_began_its_answer_is_waited_for(hasty, places):
    answer = hasty.post("/v1/begun")
    assert (answer.status_code, answer.text) == (201, "committed")
    assert places() == 1


@pytest.fixture
def swift(bench_house):
    settings = replace(bench_house.settings, request_seconds=0.2)
    return create_app(replace(bench_house, settings=settings), [read_slowly, echo])


def test_what_only_reads_is_refused_as_well(swift):
    with TestClient(swift) as client:
        answer = client.get("/v1/slow")
    assert answer.status_code == 503
    assert answer.json()["instance"] == answer.headers["x-request-id"]


def test_a_body_that_never_ends_is_given_up(swift, stall):
    start, body = stall(swift, "/v1/echo", [b"x"] * 3)
    assert start["status"] == 408
    assert dict(start["headers"])[b"connection"] == b"close"
    assert b"/problems/request-timeout" in body["body"]


def test_the_token_endpoint_refuses_in_its_own_shape(swift_oauth, stall):
    start, body = stall(swift_oauth, "/oauth/token", [b"grant_type="])
    assert start["status"] == 408
    assert b'"error":"invalid_request"' in body["body"]


@pytest.fixture
def swift_oauth(bench_house):
    return create_app(replace(bench_house, settings=replace(bench_house.settings, request_seconds=0.2)))
