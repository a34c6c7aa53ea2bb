"""Nothing of one organization is read, sent or changed by another: every operation we describe is tried."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product

import pytest

from api.rights import RIGHTS, scopes_of
from openapi.examples import EXAMPLES
from partners.records.events import Fact, emit
from partners.sequencing import Sequencer
from tests.contract import CONTRACT

ID = re.compile(r"\b(?:end|evt|dlv|att|lst|slr|scr|org|cli)_[0-9a-z]{26}\b")
OF_EXAMPLES = "01m7zq3v8kf5tbg2h6w9rc4xya"  # things that do not exist
BODIES = {
    **EXAMPLES,
    "verify_webhook_endpoint": {"challenge": "guess"},
    "disclose_flag": {"purpose": "inspection", "reference": "X-1"},
}


def operations():
    for path, methods in CONTRACT["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


KEYED = [
    (method, path, operation["operationId"])
    for method, path, operation in operations()
    if "{key}" in path and RIGHTS[operation["operationId"]].scope
]
LISTS = [
    (path, operation["operationId"])
    for method, path, operation in operations()
    if method == "GET" and "{" not in path and RIGHTS[operation["operationId"]].scope
]


@pytest.fixture
def owner(partner):
    return partner("marketplace", name="Owner", scopes=scopes_of("marketplace"))


@pytest.fixture
def stranger(partner):
    """Another partner of the kind that may call an operation; where it can be, of the owner's own kind."""

    def make(operation_id):
        kinds = RIGHTS[operation_id].kinds
        kind = "marketplace" if "marketplace" in kinds else min(kinds)
        return partner(kind, name="Stranger", scopes=scopes_of(kind))

    return make


@pytest.fixture
def call(client, token):
    def make(who, method, path, body=None):
        headers = token(who) | ({} if method == "POST" else {"If-Match": "*"})
        return client.request(method, path, json=body, headers=headers)

    return make


@pytest.fixture
def ids(call, owner, database, now):
    """Ids of everything that the owner has, as its own lists tell them."""
    made = call(
        owner, "POST", "/v1/webhook-endpoints", {"url": "https://hooks.example.com/", "signatures": ["v1a"]}
    )
    assert made.status_code == 201, made.text
    data = {"reference": "A-1", "verdict": "alert", "score": 0.9, "matches": 1}
    fact = Fact(type="listing.screened", subject="lst_1", path="/v1/listings/A-1", data=data)
    recipients = [("marketplace", owner.organization_id)]
    database.acting("screening", lambda c, _: emit(c, fact, recipients, now - timedelta(minutes=1)))
    assert (
        call(owner, "POST", "/v1/listings", {"reference": "A-1", "title": "Running shoes"}).status_code == 201
    )
    assert call(owner, "POST", "/v1/sellers", {"reference": "S-1"}).status_code == 201
    Sequencer(database).place()
    found = set()
    for path, operation_id in LISTS:
        if "marketplace" in RIGHTS[operation_id].kinds:
            found |= set(ID.findall(call(owner, "GET", path).text))
    kinds = {key.split("_")[0] for key in found}
    assert kinds >= {"end", "evt", "dlv", "lst", "slr", "org"}, kinds
    return sorted(key for key in found if OF_EXAMPLES not in key)


def test_no_operation_takes_the_id_of_somebody_else(call, stranger, ids):
    assert len(KEYED) > 20
    others = {operation_id: stranger(operation_id) for _, _, operation_id in KEYED}
    for (method, path, operation_id), key in product(KEYED, ids):
        who = others[operation_id]
        answer = call(who, method, path.replace("{key}", key), BODIES.get(operation_id))
        allowed = {400, 403, 404, 409, 412, 422} if method == "PUT" else {403, 404}
        assert answer.status_code in allowed, (operation_id, key, answer.status_code, answer.text)
        assert set(ID.findall(answer.text)) <= {key}, operation_id


def test_no_list_shows_anything_of_somebody_else(call, stranger, ids):
    for path, operation_id in LISTS:
        answer = call(stranger(operation_id), "GET", path)
        assert answer.status_code == 200, (operation_id, answer.text)
        assert set(ids).isdisjoint(ID.findall(answer.text)), operation_id


@pytest.mark.parametrize("name", ["endpoint", "event"])
def test_deliveries_are_not_found_by_the_ids_of_somebody_else(call, stranger, ids, name):
    who = stranger("list_deliveries")
    for key in ids:
        assert call(who, "GET", f"/v1/deliveries?{name}={key}").json()["items"] == []


def test_an_event_is_not_replayed_to_the_endpoint_of_somebody_else(call, partner, owner, ids, database, now):
    other = partner("marketplace", name="Other", scopes=scopes_of("marketplace"))
    assert call(other, "POST", "/v1/event-types/listing.screened/trigger").status_code == 202
    Sequencer(database).place()
    (event,) = call(other, "GET", "/v1/events").json()["items"]
    (endpoint,) = [key for key in ids if key.startswith("end_")]
    refused = call(other, "POST", f"/v1/events/{event['id']}/replay", {"endpoint": endpoint})
    assert refused.status_code == 404
    assert len(call(owner, "GET", "/v1/events?type=listing.screened").json()["items"]) == 1


def test_public_keys_name_nobody(client, ids):
    answer = client.get("/.well-known/webhook-keys.json")
    assert len(answer.json()["keys"]) == 1
    assert ID.findall(answer.text) == []
