"""Endpoints over HTTP: their life, their secrets, and who may see them."""

import pytest

URL = "https://hooks.example.com/in"
SCOPES = ["webhooks:read", "webhooks:write"]


@pytest.fixture
def claims(partner):
    return partner("marketplace", scopes=SCOPES)


@pytest.fixture
def call(client, token, claims):
    """Call as the marketplace."""

    def make(method, path, body=None, headers=(), who=claims):
        return client.request(method, path, json=body, headers={**token(who), **dict(headers)})

    return make


@pytest.fixture
def made(call):
    answer = call("POST", "/v1/webhook-endpoints", {"url": URL})
    assert answer.status_code == 201, answer.text
    return answer


def test_a_new_endpoint_is_pending_and_shows_its_secret_once(call, made):
    body = made.json()
    assert body["status"] == "pending"
    assert body["secret"].startswith("whsec_")
    again = call("GET", f"/v1/webhook-endpoints/{body['id']}").json()
    assert "secret" not in again
    assert again["url"] == URL
