"""What every answer has, whatever the room: methods, headers, ids."""

import pytest


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/pebbles", "GET, HEAD, OPTIONS, POST"),
        ("/v1/pebbles/p1", "DELETE, GET, HEAD, OPTIONS"),
        ("/v1/gravel", "GET, HEAD, OPTIONS, PUT"),
        ("/v1/stones", "OPTIONS, POST"),
    ],
)
def test_options_and_405_name_all_methods_of_the_path(bench, path, allow):
    options = bench.options(path)
    refused = bench.request("PATCH", path)
    assert (options.status_code, options.headers["allow"]) == (204, allow)
    assert (refused.status_code, refused.headers["allow"]) == (405, allow)
    assert refused.json()["type"] == "/problems/method-not-allowed"


def test_an_unknown_path_is_a_problem_too(bench):
    answer = bench.get("/v1/nothing/here")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert answer.headers["content-type"] == "application/problem+json"


def test_head_is_get_without_a_body(bench):
    got, head = bench.get("/v1/pebbles"), bench.head("/v1/pebbles")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("path", ["/v1/pebbles", "/v1/nothing", "/healthz"])
def test_every_answer_has_the_security_headers(bench, path):
    headers = bench.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_a_sane_request_id_is_echoed(bench):
    answer = bench.get("/v1/pebbles", headers={"X-Request-Id": "trace-1:2.3_4"})
    assert answer.headers["x-request-id"] == "trace-1:2.3_4"


@pytest.mark.parametrize("given", ["", "a b", "x" * 101, 'a"b', "<script>"])
def test_a_strange_request_id_is_replaced(bench, given):
    answer = bench.get("/v1/pebbles", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"].startswith("req_")


def test_an_unforeseen_fault_is_500_without_details(bench):
    answer = bench.post("/v1/pebbles", json={"title": "crash"})
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    assert "canary" not in answer.text


def test_a_method_override_is_ignored(bench):
    answer = bench.get("/v1/pebbles", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.json() == {"limit": 50}
