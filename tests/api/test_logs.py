"""The log says what was asked and how it ended, and nothing that is secret or about a person."""

import io
import json
import logging

import pytest
import structlog

from api.logs import configure_logs

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"


@pytest.fixture
def lines():
    """Read back what is logged; the log is put back as it was."""
    root = logging.getLogger()
    before, level, configured = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    configure_logs("debug", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.configure(**configured)


def test_a_request_is_one_line(bench, lines):
    bench.get("/v1/pebbles/canary-4711?unknown=1", headers={"X-Request-Id": "r-1"})
    [line] = lines()
    assert {"timestamp", "ms", "logger", "level"} <= set(line)
    assert (line["event"], line["method"], line["route"], line["status"], line["request_id"]) == (
        "request",
        "GET",
        "/v1/pebbles/{key}",
        400,
        "r-1",
    )


def test_the_client_is_named_by_its_id(client, partner, token, lines):
    claims = partner("customs", scopes=["organization:read"])
    client.get("/v1/organization", headers=token(claims))
    assert [line["client_id"] for line in lines() if line["event"] == "request"] == [claims.client_id]


def test_no_canary_reaches_the_log(bench, lines):
    """Planted where personal data and secrets come in, on good, bad and crashing requests."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Cookie": "session=canary-1", "X-Api-Key": "canary-2"}
    for title in ("canary-3", "crash", "ruled out", "missing"):
        body = {"title": title, "extra": {"email": "canary-4@example.com", "name": "canary-5"}}
        bench.post("/v1/pebbles", json=body, headers=headers)
        bench.post("/v1/pebbles", json=body | {"unknown-canary-6": "canary-7"}, headers=headers)
        bench.post("/v1/stones", content=json.dumps(body).encode() + b"\n{canary-8", headers=headers)
    bench.get("/v1/pebbles/canary-9?title=canary-10&canary-11=x", headers=headers)
    bench.get("/canary-12", headers=headers | {"X-Request-Id": "canary 13"})
    text = json.dumps(lines())
    assert "crash" not in text
    assert "canary" not in text
    assert TOKEN not in text


def test_a_crash_is_logged_with_its_places_but_not_its_message(bench, lines):
    bench.post("/v1/pebbles", json={"title": "crash"}, headers={"X-Request-Id": "r-2"})
    [line] = [line for line in lines() if line["level"] == "error"]
    assert line["request_id"] == "r-2"
    assert line["exception"][0]["type"] == "builtins.RuntimeError"
    assert any("refuse_or_take" in place for place in line["exception"][0]["at"])


@pytest.mark.parametrize(
    "text",
    [
        f"token {TOKEN} seen",
        "Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==",
        "secret whsec_Y2FuYXJ5Y2FuYXJ5",
        "mail to canary@example.com",
        "postgresql://canary:canary@host/db",
        "GET /v1/sellers?name=canary",
    ],
)
def test_what_looks_private_is_hidden_in_foreign_lines(lines, text):
    logging.getLogger("some.library").warning(text)
    structlog.get_logger("ours").warning("said", reason=text)
    kept = json.dumps(lines())
    assert "canary" not in kept
    assert "Y2FuYXJ5" not in kept
    assert TOKEN not in kept
    assert kept.count("[hidden]") >= 2


@pytest.mark.parametrize(
    "name", ["authorization", "access_token", "client_secret", "email", "body", "seller_phone"]
)
def test_what_has_a_private_name_is_hidden(lines, name):
    structlog.get_logger("ours").warning("said", **{name: "canary", "route": "/v1/listings"})
    [line] = lines()
    assert (line[name], line["route"]) == ("[hidden]", "/v1/listings")


def test_a_foreign_exception_loses_its_message(lines):
    logging.getLogger("some.library").error("failed", exc_info=ValueError("canary"))
    [line] = lines()
    assert line["exception"][0]["type"] == "builtins.ValueError"
    assert "canary" not in json.dumps(line)


def test_causes_are_named_too(lines):
    error = RuntimeError("canary")
    error.__cause__ = KeyError("canary")
    structlog.get_logger("ours").error("failed", exc_info=error)
    assert [link["type"] for link in lines()[0]["exception"]] == [
        "builtins.RuntimeError",
        "builtins.KeyError",
    ]


def test_what_is_private_is_hidden_in_nested_values_too(lines):
    structlog.get_logger("ours").warning("said", seen=[{"email": "canary"}, {"note": "canary@example.com"}])
    assert "canary" not in json.dumps(lines())


def test_libraries_that_log_addresses_are_quiet(lines):
    logging.getLogger("httpx").info("HTTP Request: POST https://canary")
    logging.getLogger("authlib").debug("token canary")
    assert lines() == []
