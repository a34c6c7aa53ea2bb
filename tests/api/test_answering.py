"""Headers that the front door puts on an answer: traces, and the end of an operation announced."""

from datetime import UTC, datetime
from typing import Any

import pytest
from litestar import get
from litestar.response import Response
from litestar.testing import TestClient

from api.app import create_app
from api.contract import draw_contract
from api.rights import Deprecation, Right

GOES = Deprecation(
    since=datetime(2026, 11, 1, tzinfo=UTC),
    sunset=datetime(2027, 5, 1, 12, tzinfo=UTC),
    document="https://touchstone.example/changes/old-things",
)
OLD = {"list_old_things": Right(None, limits=(), deprecation=GOES), "show_new_thing": Right(None, limits=())}


@get(
    "/v1/old-things",
    operation_id="list_old_things",
    tags=["health"],
    summary="Old things",
    sync_to_thread=True,
)
def list_old_things() -> Response[dict[str, Any]]:
    """A room whose days are numbered."""
    return Response({}, headers={"Link": '</v1/old-things?after=x>; rel="next"'})


@get("/v1/new-thing", operation_id="show_new_thing", tags=["health"], summary="A thing", sync_to_thread=True)
def show_new_thing() -> dict[str, Any]:
    """A room that stays."""
    return {}


@pytest.fixture(scope="module")
def client(bench_house):
    with TestClient(create_app(bench_house, [list_old_things, show_new_thing], OLD)) as client:
        yield client


def test_a_deprecated_operation_says_since_when_until_when_and_where_to_read(client):
    headers = client.get("/v1/old-things").headers
    assert headers["deprecation"] == "@1793491200"
    assert headers["sunset"] == "Sat, 01 May 2027 12:00:00 GMT"
    assert headers["link"].split(", ") == [
        '</v1/old-things?after=x>; rel="next"',
        '<https://touchstone.example/changes/old-things>; rel="deprecation"',
    ]


def test_others_say_nothing_of_the_kind(client):
    assert {"deprecation", "sunset", "link"}.isdisjoint(client.get("/v1/new-thing").headers)


def test_the_contract_marks_what_is_deprecated():
    paths = draw_contract([list_old_things, show_new_thing], {}, "/", OLD)["paths"]
    assert paths["/v1/old-things"]["get"]["deprecated"] is True
    assert "deprecated" not in paths["/v1/new-thing"]["get"]


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    "given", [TRACE, TRACE.replace("00-", "cc-", 1), TRACE.replace("00-", "01-", 1) + "-more"]
)
def test_a_trace_is_echoed(client, given):
    assert client.get("/v1/new-thing", headers={"traceparent": given}).headers["traceparent"] == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        "x",
        TRACE.upper(),
        TRACE + "-more",
        TRACE.replace("00-", "ff-", 1),
        TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        TRACE.replace("00f067aa0ba902b7", "0" * 16),
        TRACE[:-1],
        TRACE + "\t",
    ],
)
def test_a_trace_that_breaks_the_rules_is_ignored(client, given):
    assert "traceparent" not in client.get("/v1/new-thing", headers={"traceparent": given}).headers


def test_two_traces_are_none(client):
    headers = [("traceparent", TRACE), ("traceparent", TRACE)]
    assert "traceparent" not in client.get("/v1/new-thing", headers=headers).headers


def test_a_head_that_is_too_large_is_refused_with_a_problem(client):
    answer = client.get("/v1/new-thing", headers={"X-Much": "y" * 70_000})
    assert (answer.status_code, answer.json()["type"]) == (431, "/problems/headers-too-large")
    assert answer.headers["connection"] == "close"
    assert answer.json()["instance"] == answer.headers["x-request-id"]
