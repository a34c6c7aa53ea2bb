"""What is secret is in no log, no attempt row and no error, though the receiver repeats everything."""

from __future__ import annotations

import base64

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from partners.credentials import OAuthSecret
from partners.db import utc_now
from partners.sealing import Desk
from partners.subscribing import Subscription, register_endpoint
from webhooks.signing import new_secret

API_KEY, CLIENT_SECRET, TOKEN = "key-8f2b61aa-canary", "client-5c1d-canary", "token-77aa-canary"


@pytest.fixture
def secrets(database, receiver, keyring, egress, principal, tell, dispatcher, wait_for, log):
    """Deliver to a receiver that repeats all it was sent, and refuses; the words that must not be found."""

    def repeat(request, body):
        if request.path == "/token":
            return web.json_response({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300})
        return web.Response(status=500, text=f"{dict(request.headers)} {body.decode()}")

    receiver.answer = repeat
    secret = new_secret()
    wanted = Subscription(
        url=receiver.url("/in"),
        signatures=["v1", "v1a"],
        headers={"X-Api-Key": API_KEY},
        oauth2=OAuthSecret(token_url=receiver.url("/token"), client_id="us", client_secret=CLIENT_SECRET),
    )
    desk = Desk(keyring=keyring, rules=egress.rules, now=utc_now())
    database.acting("delivery", lambda c, _: register_endpoint(c, principal, wanted, secret, desk))
    tell()
    with capture_logs() as lines:
        dispatcher()
        wait_for(log)
    (_, headers, _) = receiver.got[-1]
    assert headers["X-Api-Key"] == API_KEY
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    words = [secret, secret.removeprefix("whsec_"), API_KEY, CLIENT_SECRET, TOKEN]
    words += [text.split(",")[1] for text in headers["webhook-signature"].split()]
    return [*words, base64.b64encode(CLIENT_SECRET.encode()).decode()], str(lines)


def test_no_secret_is_in_an_attempt_or_in_the_log(secrets, log):
    words, logged = secrets
    (row,) = log()
    assert row.status == 500
    assert "[redacted]" in row.response
    for word in words:
        assert word not in str(row)
        assert word not in logged


def test_no_secret_lies_open_in_any_table(secrets, database):
    words, _ = secrets
    tables = ("endpoints", "endpoint_secrets", "events", "deliveries", "attempts", "audit")
    with database.surveying("delivery") as connection:
        for table in tables:
            content = str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608 - names of ours
            for word in words:
                assert word not in content, table
