"""`/v1/audit`: one's own organization's, and no other's."""

from __future__ import annotations

import pytest

from partners.chaining import Sealer

SCOPES = ["audit:read", "webhooks:write"]


@pytest.fixture
def call(client, token):
    def call(who, path="/v1/audit", method="GET", body=None):
        return client.request(method, path, json=body, headers=token(who))

    return call


@pytest.fixture
def shop(partner, call):
    """A marketplace that registered two endpoints."""
    claims = partner("marketplace", "Shop", SCOPES)
    for _ in range(2):
        call(claims, "/v1/webhook-endpoints", "POST", {"url": "https://hooks.example.com/in"})
    return claims


def test_what_was_done_is_listed_and_sealed_within_a_second(call, shop, house, now):
    first = call(shop).json()["items"]
    assert [(each["act"], each["position"], each["seal"]) for each in first] == [
        ("endpoint.registered", None, None)
    ] * 2
    Sealer(house.database, house.keyring, lambda: now).seal()
    sealed = call(shop).json()["items"]
    assert [each["position"] for each in sealed] == [1, 2]
    head = call(shop, "/v1/audit/head").json()
    assert (head["position"], head["chain"]) == (2, sealed[1]["seal"])
    assert head["organization_id"] == shop.organization_id


def test_another_organization_sees_nothing_of_it(call, shop, partner, house, now):
    Sealer(house.database, house.keyring, lambda: now).seal()
    other = partner("marketplace", "Other", SCOPES)
    assert call(other).json()["items"] == []
    head = call(other, "/v1/audit/head").json()
    assert (head["organization_id"], head["position"], head["chain"]) == (other.organization_id, 0, "")
    subject = call(shop).json()["items"][0]["subject"]
    assert call(other, f"/v1/audit?subject={subject}").json()["items"] == []


def test_it_is_filtered_and_paged(call, shop):
    subject = call(shop).json()["items"][1]["subject"]
    assert len(call(shop, f"/v1/audit?subject={subject}").json()["items"]) == 1
    assert call(shop, "/v1/audit?act=thing.done").json()["items"] == []
    assert len(call(shop, f"/v1/audit?client={shop.client_id}").json()["items"]) == 2
    page = call(shop, "/v1/audit?limit=1").json()
    rest = call(shop, f"/v1/audit?limit=1&after={page['next']}").json()
    assert rest["items"][0]["subject"] == subject


def test_it_needs_the_scope(call, partner):
    assert call(partner("customs", "Douane", ["organization:read"])).status_code == 403
