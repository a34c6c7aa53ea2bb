"""A client publishes its keys at a URL: read through the guard, again when needed, never too often."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from joserfc import jwt
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select, update

from api.app import create_app
from api.assertions import ASSERTION_TYPE
from partners.client_keys import new_private_key
from partners.destinations import AddressRules
from partners.outbound import Egress
from partners.records.clients import clients, credentials

ISSUER = "http://localhost:8000"


@pytest.fixture
def public(client_keys):
    return client_keys.public


def path_of(made, *rest):
    return "/".join(["/v1/clients", made.client_id, *rest])


class Publisher(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        status, content = self.server.published
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def publisher(public):
    """A partner's server; `published` is what it answers."""
    server = ThreadingHTTPServer(("127.0.0.53", 0), Publisher)
    server.asked, server.published = 0, (200, json.dumps({"keys": [public("k1")]}).encode())
    server.url = f"http://127.0.0.53:{server.server_port}/jwks.json"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def house(house):
    """Calls to the outside may go to the publisher alone."""
    return replace(house, egress=Egress(rules=AddressRules(allow_http=True, allowed=("127.0.0.53/32",))))


def test_keys_come_from_where_they_are_published(
    public, call_as, make_client, prove_by_key, publisher, house, now, client_acts
):
    made = make_client(kid="k3")
    answer = call_as(made, "PATCH", path_of(made), {"jwks_uri": publisher.url}, If_Match="*")
    assert (answer.status_code, answer.json()["jwks_uri"]) == (200, publisher.url)
    assert [prove_by_key(made, "k1"), prove_by_key(made, "k3")] == [
        200,
        200,
    ]  # the key by value ends tomorrow
    assert publisher.asked == 1
    publisher.published = (200, json.dumps({"keys": [public("k2")]}).encode())
    assert prove_by_key(made, "k2") == 401  # asked a moment ago
    later = replace(house, clock=lambda: now + timedelta(seconds=61))
    with TestClient(create_app(later)) as client:
        assert [prove_by_key(made, kid, client) for kid in ("k2", "k1", "k2")] == [200, 401, 200]
    assert publisher.asked == 2
    assert "client.published_keys_changed" in client_acts()


def test_published_keys_outlive_their_server_for_a_day(
    client_keys, call_as, make_client, prove_by_key, publisher, house, now, database
):
    made = make_client(kid="k3")
    call_as(made, "PATCH", path_of(made), {"jwks_uri": publisher.url}, If_Match="*")
    publisher.published = (500, b"")
    outcomes = []
    for hours in (2, 23, 25):
        issued = now + timedelta(hours=hours)
        with TestClient(create_app(replace(house, clock=lambda at=issued: at))) as client:
            claims = {"iss": made.client_id, "sub": made.client_id, "aud": ISSUER, "jti": f"j{hours}"}
            claims |= {"exp": int(issued.timestamp()) + 60}
            assertion = jwt.encode({"alg": "ES256", "kid": "k1"}, claims, client_keys.private["k1"])
            form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
            answer = client.post("/oauth/token", data={"grant_type": "client_credentials", **form})
            outcomes.append(answer.status_code)
    assert outcomes == [200, 200, 401]


def test_while_keys_are_published_none_are_added_or_deleted(public, call_as, make_client, publisher):
    made = make_client(kid="k3")
    call_as(made, "PATCH", path_of(made), {"jwks_uri": publisher.url}, If_Match="*")
    for method, path, body in [
        ("POST", path_of(made, "keys"), {"jwk": public("k2")}),
        ("DELETE", path_of(made, "keys", "k1"), None),
    ]:
        answer = call_as(made, method, path, body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/keys-at-uri")


def test_publishing_ends_where_another_key_is_left(
    call_as, make_client, prove_by_key, publisher, now, database
):
    made = make_client(kid="k3")
    call_as(made, "PATCH", path_of(made), {"jwks_uri": publisher.url}, If_Match="*")
    assert call_as(made, "PATCH", path_of(made), {"jwks_uri": None}, If_Match="*").status_code == 200
    assert [prove_by_key(made, "k3"), prove_by_key(made, "k1")] == [200, 401]
    call_as(made, "PATCH", path_of(made), {"jwks_uri": publisher.url}, If_Match="*")
    statement = update(credentials).where(credentials.c.source == "value").values(expires_at=now)
    database.acting("access", lambda connection, _: connection.execute(statement))
    answer = call_as(made, "PATCH", path_of(made), {"jwks_uri": None}, If_Match="*")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-credential")


@pytest.mark.parametrize(
    "published",
    [
        (404, b"{}"),
        (302, b""),
        (200, b"not json"),
        (200, b"[" * 50_000),
        (200, b'{"keys": []}'),
        (200, json.dumps({"keys": [new_private_key("k1")]}).encode()),
        (200, b" " * 70_000),
    ],
    ids=["missing", "redirect", "no JSON", "deep", "no keys", "private", "large"],
)
def test_what_is_published_must_be_good(call_as, make_client, publisher, published):
    made = make_client()
    publisher.published = published
    answer = call_as(made, "PATCH", path_of(made), {"jwks_uri": publisher.url}, If_Match="*")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/jwks_uri")


def test_no_url_leads_inside(call_as, make_client, database):
    made = make_client()
    urls = [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://2130706433/",
        "https://user@partner.example/",
        "file:///etc/passwd",
        "ftp://partner.example/",
        "https://localhost/",
        "https://partner.example:22/",
        "nonsense",
    ]
    told = [
        call_as(made, "PATCH", path_of(made), {"jwks_uri": url}, If_Match="*").status_code for url in urls
    ]
    assert told == [422] * len(urls)
    with database.surveying("access") as connection:
        assert connection.scalars(select(clients.c.jwks_uri)).all() == [None]
