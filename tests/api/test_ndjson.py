"""One object or a stream of them."""

import json

from litestar import Response, post
from litestar.di import NamedDependency
from sqlalchemy.exc import OperationalError

from api.app import create_app
from api.ndjson import BATCH, Bulk, Posted, Result

NDJSON = {"Content-Type": "application/x-ndjson"}


def submit(bench, *lines):
    answer = bench.post("/v1/stones", content=b"\n".join(lines), headers=NDJSON)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.content.splitlines()]


def test_one_object_is_answered_as_itself(bench):
    answer = bench.post("/v1/stones", json={"title": "x", "reference": "A"})
    assert (answer.status_code, answer.headers["etag"].split("-")[0]) == (201, '"1')
    assert answer.json()["reference"] == "A"


def test_one_object_that_breaks_a_rule_is_a_problem(bench):
    answer = bench.post("/v1/stones", json={"title": "ruled out"})
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "/title", "detail": "is ruled out"}],
    )


def test_each_line_has_its_answer_in_order(bench):
    answers = submit(bench, b'{"title": "x", "reference": "A"}', b'{"title": "y", "reference": "B"}', b"")
    assert [(answer["line"], answer["status"], answer["reference"]) for answer in answers] == [
        (1, 201, "A"),
        (2, 201, "B"),
    ]
    assert answers[1]["result"]["title"] == "y"


def test_blank_lines_are_skipped_but_counted(bench):
    answers = submit(bench, b"", b'{"title": "x"}\r', b"  ", b'{"title": "y"}')
    assert [answer["line"] for answer in answers] == [2, 4]


def test_a_bad_line_harms_no_other(bench):
    lines = [
        b'{"title": 3, "reference": "A"}',
        b'{"title": "x"}',
        b"\xff",
        b'{"title": "ruled out"}',
        b'{"title": "y"}',
    ]
    answers = submit(bench, *lines)
    assert [answer["status"] for answer in answers] == [400, 201, 400, 422, 201]
    assert answers[0]["reference"] == "A"
    assert answers[0]["problem"]["errors"] == [{"pointer": "/title", "detail": "Expected `str`, got `int`"}]


def test_a_fault_of_one_line_harms_no_other(bench):
    answers = submit(bench, b'{"title": "x"}', b'{"title": "crash"}', b'{"title": "y"}')
    assert [answer["status"] for answer in answers] == [201, 500, 201]


def test_a_broken_last_line_is_its_own_400(bench):
    answers = submit(bench, b'{"title": "x"}', b'{"title": "y", "refer')
    assert [answer["status"] for answer in answers] == [201, 400]
    assert answers[1]["problem"]["type"] == "/problems/malformed"


def test_deep_nesting_in_a_line_is_its_own_400(bench):
    answers = submit(
        bench, b'{"title": "x", "extra": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"title": "y"}'
    )
    assert [answer["status"] for answer in answers] == [400, 201]


def test_a_revoked_token_is_the_answer_to_the_whole_stream(bench):
    lines = b'{"title": "x"}\n{"title": "revoked"}'
    answer = bench.post("/v1/stones", content=lines, headers=NDJSON)
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")


def test_a_token_revoked_midway_is_told_line_by_line(bench):
    lines = [b'{"title": "x"}'] * BATCH + [b'{"title": "revoked", "reference": "R"}', b'{"title": "y"}']
    answers = submit(bench, *lines)
    assert [answer["status"] for answer in answers] == [201] * BATCH + [401, 401]
    assert answers[BATCH]["reference"] == "R"


def test_many_lines_are_answered_in_order(bench):
    answers = submit(bench, *[json.dumps({"title": "x", "quantity": n}).encode() for n in range(1000)])
    assert [answer["result"]["quantity"] for answer in answers] == list(range(1000))


def test_10000_lines_are_taken_and_one_more_is_not(bench):
    full = b'{"title": "x"}\n' * 10_000
    assert bench.post("/v1/stones", content=full, headers=NDJSON).content.count(b"\n") == 10_000
    answer = bench.post("/v1/stones", content=full + b"{}", headers=NDJSON)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_a_batch_is_answered_before_the_next_is_begun(bench_house, exchange, pebble_in):
    """An acknowledged line is a kept line: its answer waits for no later one."""
    trail = []

    @post(
        "/v1/stones", operation_id="get_health", opt={"bulk": Bulk(pebble_in, pebble_in)}, sync_to_thread=True
    )
    def take(posted: NamedDependency[Posted]) -> Response[dict]:
        def submit(pebbles):
            trail.append("begun")
            return [Result(status=201, body=pebble) for pebble in pebbles]

        return posted.answer(pebble_in, submit)

    def heed(message):
        if message.get("body"):
            trail.append("answered")

    app = create_app(bench_house, [take])
    headers = {"content-type": "application/x-ndjson"}
    exchange(app, "POST", "/v1/stones", headers, [b'{"title": "x"}\n' * BATCH * 3], heed)
    assert trail == ["begun", "answered"] * 3


def test_a_database_that_fails_midway_is_asked_once_a_batch(bench_house, exchange, pebble_in):
    calls = []

    @post(
        "/v1/stones", operation_id="get_health", opt={"bulk": Bulk(pebble_in, pebble_in)}, sync_to_thread=True
    )
    def take(posted: NamedDependency[Posted]) -> Response[dict]:
        def keep(pebbles):
            calls.append(len(pebbles))
            if len(calls) > 1:
                raise OperationalError("insert", {}, Exception("gone"))
            return [Result(status=201, body=pebble) for pebble in pebbles]

        return posted.answer(pebble_in, keep)

    headers = {"content-type": "application/x-ndjson"}
    body = b'{"title": "x"}\n' * BATCH * 3
    _, *parts = exchange(create_app(bench_house, [take]), "POST", "/v1/stones", headers, [body])
    answers = [json.loads(line) for part in parts for line in part["body"].splitlines()]
    assert [answer["status"] for answer in answers] == [201] * BATCH + [503] * BATCH * 2
    assert calls == [BATCH] * 3
