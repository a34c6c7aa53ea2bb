"""Every operation that takes a body refuses what is no good, before it does anything."""

import json

import msgspec
import pytest
from litestar.routes import HTTPRoute

from api.app import create_app
from api.rights import RIGHTS, scopes_of

DEEP = b"[" * 100_000 + b"]" * 100_000
BAD = {
    "no JSON": (b"{", 400),
    "nothing": (b"", 400),
    "an unknown field": (b'{"no_such_field": 1}', 400),
    "another shape": (b"[[]]", 400),
    "invalid UTF-8": (b'{"reference": "\xff"}', 400),
    "a lone surrogate": (b'{"reference": "\\ud800 x"}', 400),
    "100,000 levels": (b'{"reference": ' + DEEP + b"}", 400),
    "100,000 levels and no more": (DEEP, 400),
    "a NUL": (b'{"reference": "a\\u0000"}', 400),
    "too much": (b'{"reference": "' + b"x" * 1_000_000 + b'"}', 413),
}
TYPES = {
    "text/plain": 415,
    "": 415,
    "application/x-www-form-urlencoded": 415,
    "multipart/form-data; boundary=x": 415,
    "application/json; charset=latin-1": 415,
}


def operations_with_a_body(app):
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            takes = "bulk" in handler.opt or handler.parsed_data_field
            if takes and route.path.startswith("/v1/"):
                [method] = handler.http_methods - {"OPTIONS"}
                yield str(handler.operation_id), method, route.path_format.replace("{key}", "K-1"), handler


@pytest.fixture
def house(house):
    """Its clients may ask as often as they like: the clock stands still, and no bucket fills."""
    settings = msgspec.structs.replace(house.settings, requests_per_s=0)
    return msgspec.structs.replace(house, settings=settings)


@pytest.fixture
def ask(client, partner, token):
    """Send bytes to an operation as a partner that may call it."""
    headers = {}

    def call(operation, method, path, body, media_type):
        [kind, *_] = sorted(RIGHTS[operation].kinds)
        if kind not in headers:
            headers[kind] = token(partner(kind, scopes=scopes_of(kind)))
        return client.request(
            method, path, content=body, headers=headers[kind] | {"Content-Type": media_type}
        )

    return call


def expect(answer, status, what):
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), what


def test_every_operation_refuses_every_bad_body(house, ask):
    operations = list(operations_with_a_body(create_app(house)))
    assert len(operations) >= 10
    for operation, method, path, _ in operations:
        for case, (body, status) in BAD.items():
            expect(ask(operation, method, path, body, "application/json"), status, (operation, case))


def test_every_operation_refuses_other_media_types(house, ask):
    for operation, method, path, handler in operations_with_a_body(create_app(house)):
        expected = TYPES if "bulk" in handler.opt else TYPES | {"application/x-ndjson": 415}
        for media_type, status in expected.items():
            expect(ask(operation, method, path, b"{}", media_type), status, (operation, media_type))


def test_every_stream_refuses_every_bad_line_alone(house, ask):
    lines = [body for body, status in BAD.values() if body and status == 400]
    for operation, method, path, handler in operations_with_a_body(create_app(house)):
        if "bulk" in handler.opt:
            answer = ask(operation, method, path, b"\n".join(lines), "application/x-ndjson")
            found = [json.loads(line)["status"] for line in answer.content.splitlines()]
            assert (answer.status_code, found) == (200, [400] * len(lines)), operation
