"""Bad input is a 4xx problem with its place, never a 500: on a route of one object and on a bulk one."""

import json

import pytest

JSON = {"Content-Type": "application/json"}
BAD_BODIES = {
    "no JSON": (b"{title", 400, "malformed"),
    "two documents": (b'{"title": "x"} {}', 400, "malformed"),
    "nothing": (b"", 400, "malformed"),
    "a byte order mark": (b'\xef\xbb\xbf{"title": "x"}', 400, "malformed"),
    "invalid UTF-8": (b'{"title": "\xff"}', 400, "malformed"),
    "an encoded surrogate": (b'{"title": "\xed\xa0\x80"}', 400, "malformed"),
    "a lone surrogate": (b'{"title": "\\ud800 and more text"}', 400, "malformed"),
    "a surrogate at the end": (b'{"title": "\\ud800"}', 400, "malformed"),
    "100,000 levels": (
        b'{"title": "x", "extra": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        400,
        "malformed",
    ),
    "65 levels": (b'{"title": "x", "extra": ' + b"[" * 64 + b"]" * 64 + b"}", 400, "malformed"),
    "an escaped NUL": (b'{"title": "a\\u0000b"}', 400, "malformed"),
    "a NUL": (b'{"title": "a\x00b"}', 400, "malformed"),
    "a NUL in a free field": (b'{"title": "x", "extra": {"a": "\\u0000"}}', 400, "malformed"),
    "a string for a number": (b'{"title": "x", "quantity": "3"}', 400, "invalid"),
    "a float for an integer": (b'{"title": "x", "quantity": 3.5}', 400, "invalid"),
    "a number out of range": (b'{"title": "x", "quantity": 1e400}', 400, "invalid"),
    "a number for a string": (b'{"title": 3}', 400, "invalid"),
    "an unknown field": (b'{"title": "x", "tenant": "org_1"}', 400, "invalid"),
    "a missing field": (b"{}", 400, "invalid"),
    "another shape": (b"[]", 400, "invalid"),
    "null": (b"null", 400, "invalid"),
    "a newline behind a pattern": (b'{"title": "x", "country": "NL\\n"}', 400, "invalid"),
    "a string beyond 20,000": (b'{"title": "x", "extra": "' + b"a" * 20_001 + b'"}', 400, "invalid"),
    "more than 1 MB": (b'{"title": "' + b"a" * 1_000_000 + b'"}', 413, "too-large"),
}


@pytest.mark.parametrize("path", ["/v1/pebbles", "/v1/stones"])
@pytest.mark.parametrize("case", BAD_BODIES)
def test_a_bad_body_is_refused(bench, path, case):
    body, status, slug = BAD_BODIES[case]
    answer = bench.post(path, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == answer.headers["x-request-id"]


GOOD_BODIES = {
    "64 levels": {"extra": json.loads("[" * 63 + "]" * 63)},
    "brackets in a string": {"extra": "[{" * 500},
    "20,000 characters of four bytes": {"extra": "\N{ROLLING ON THE FLOOR LAUGHING}" * 20_000},
    "a backslash before u0000": {"extra": "\\u0000"},
    "right-to-left and tabs": {"extra": "\u05d0\u200f\t"},
}


@pytest.mark.parametrize("path", ["/v1/pebbles", "/v1/stones"])
@pytest.mark.parametrize("case", GOOD_BODIES)
def test_what_is_unusual_but_sound_is_taken(bench, path, case):
    answer = bench.post(path, json={"title": "x"} | GOOD_BODIES[case])
    assert (answer.status_code, answer.json()["extra"]) == (201, GOOD_BODIES[case]["extra"])


@pytest.mark.parametrize("path", ["/v1/pebbles", "/v1/stones"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": ""},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_another_media_type_is_refused(bench, path, headers):
    answer = bench.post(path, content=b'{"title": "x"}', headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_a_stream_is_refused_where_only_one_object_is_taken(bench):
    headers = {"Content-Type": "application/x-ndjson"}
    assert bench.post("/v1/pebbles", content=b'{"title": "x"}\n', headers=headers).status_code == 415


@pytest.mark.parametrize(
    ("path", "kind", "size"),
    [("pebbles", "json", 1_000_001), ("stones", "json", 1_000_001), ("stones", "x-ndjson", 32_000_001)],
)
def test_an_oversize_body_without_a_length_is_refused(send, path, kind, size):
    """Chunked: nothing announces the size, so it is counted while it comes."""
    chunks = [b" " * 500_000] * (size // 500_000) + [b" " * (size % 500_000)]
    status, _, body = send("POST", f"/v1/{path}", {"content-type": f"application/{kind}"}, chunks)
    assert (status, json.loads(body)["type"]) == (413, "/problems/too-large")


def test_an_announced_oversize_body_is_not_even_read(send):
    headers = {"content-type": "application/json", "content-length": "1000001"}
    status, _, _ = send("POST", "/v1/pebbles", headers, [])
    assert status == 413


def test_a_body_that_breaks_off_is_malformed(send):
    status, _, _ = send("POST", "/v1/pebbles", {"content-type": "application/json"}, [b'{"ti', None])
    assert status == 400


@pytest.mark.parametrize(
    ("query", "parameter", "detail"),
    [
        ("colour=red", "/colour", "is not a parameter of this operation"),
        ("title=a&title=b", "/title", "is given more than once"),
        ("title=%00", "/title", "has a NUL character"),
        ("limit=0", "/limit", "Expected `int` >= 1"),
        ("limit=201", "/limit", "Expected `int` <= 200"),
        ("limit=1e99", "/limit", "Expected `int`, got `str`"),
        ("limit=NaN", "/limit", "Expected `int`, got `str`"),
        ("limit=", "/limit", "Expected `int`, got `str`"),
    ],
)
def test_a_bad_query_parameter_is_refused_by_name(bench, query, parameter, detail):
    answer = bench.get(f"/v1/pebbles?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"pointer": parameter, "detail": detail, "in": "query"}]


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
def test_an_answer_that_nobody_accepts_is_not_made(bench, accept):
    answer = bench.get("/v1/pebbles", headers={"Accept": accept})
    assert (answer.status_code, answer.json()["type"]) == (406, "/problems/not-acceptable")


@pytest.mark.parametrize("accept", ["application/json", "application/*", "text/html, */*;q=0.1"])
def test_json_is_answered_to_all_who_accept_it(bench, accept):
    assert bench.get("/v1/pebbles", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("reference", ["a%2Fb", "%2F", "a%252Fb", "50%25", "\u00e9", "a%20b%2Fc%3F"])
def test_a_reference_may_hold_any_character_percent_encoded(bench, reference):
    answer = bench.get(f"/v1/pebbles/{reference}")
    assert answer.json() == {"key": bench.unquote(reference)}


@pytest.mark.parametrize("reference", ["%00", "a%1Fb", "a%0Ab", "a%7F"])
def test_a_control_character_in_a_path_names_nothing(bench, reference):
    assert bench.get(f"/v1/pebbles/{reference}").status_code == 404
