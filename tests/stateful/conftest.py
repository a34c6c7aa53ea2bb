"""A service with two partners of each kind and something of everything in it: for links to be followed."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import pytest

from api.rights import RIGHTS
from openapi.examples import EXAMPLES
from partners.client_keys import new_private_key

MARK = {"reference": "m-1", "mark": "VELORIQ", "office": "EM", "status": "registered", "nice_classes": [25]}
LISTING = {
    "reference": "l-1",
    "title": "VELORIQ Storm sneakers 1:1 replica, AAA quality",
    "category": "Apparel > Shoes",
    "seller": "s-1",
}
PARTY = {
    "legal_name": "Harbor Lane Trading Co., Ltd.",
    "address": {"lines": ["12 Example Road"], "city": "Shenzhen", "postal_code": "518000", "country": "CN"},
    "email": "sales@harbor-lane.example",
}
SEIZURE = {
    "reference": "z-1",
    "seizure_case_reference": "c-1",
    "seized_on": "2026-11-18",
    "administration": "FR",
    "direction": "import",
    "channel": "mail",
    "consignor": PARTY,
    "items": [{"commodity": "footwear", "brand": "VELORIQ", "quantity": {"value": 24, "unit": "pieces"}}],
}
ENDPOINT = {"url": "http://127.0.0.1:9/hooks"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
PASSWORD = {"password": "correct horse battery"}
NEW_KEY = {name: value for name, value in new_private_key("k9").items() if name != "d"}
KINDS = {"shop": "marketplace", "brand": "rights_holder", "office": "customs", "keeper": "operator"}


@pytest.fixture
def service_settings():
    """Nobody is slowed down, no token runs out on the way, and four lines are a job."""
    return {
        "WEBHOOKS_ALLOW_HTTP": "true",
        "WEBHOOKS_ALLOW_PRIVATE": "true",
        "ACCESS_TOKEN_SECONDS": "3600",
        "BULK_LIMIT_LINES": "3",
        "REQUESTS_PER_S": "0",
        "BULK_LINES_PER_S": "0",
        "TOKEN_REQUESTS_PER_MINUTE": "0",
    }


@pytest.fixture
def cast(service):
    """Two partners of each kind, by name; the first of each has something of everything."""
    found = {name: service.create_client(kind, name) for name, kind in KINDS.items()}
    found |= {f"other-{name}": service.create_client(kind, f"other {name}") for name, kind in KINDS.items()}

    def ask(who, method, path, body=None, **headers):
        answer = service.call(method, path, body, by=found[who], headers=headers)
        assert answer.status < 300, (path, answer.status, answer.body)
        return answer

    for name in KINDS:
        ask(name, "POST", "/v1/webhook-endpoints", ENDPOINT)
    ask("brand", "POST", "/v1/trademarks", MARK)
    ask("shop", "POST", "/v1/sellers", PARTY | {"reference": "s-1"})
    wait_for(lambda: ask("shop", "POST", "/v1/screenings", LISTING).json["matches"])
    ask("shop", "POST", "/v1/listings", LISTING)
    [match] = ask("brand", "GET", "/v1/matches").json["items"]
    ask(
        "brand",
        "PUT",
        f"/v1/matches/{match['id']}/judgement",
        {"judgement": "confirmed", "reason": "no shoe of ours"},
    )
    ask("office", "POST", "/v1/seizures", SEIZURE)
    ask("shop", "POST", "/v1/listings", [LISTING] * 4, Prefer="respond-async")
    for who, path in (("office", "/v1/flags"), ("shop", "/v1/events"), ("shop", "/v1/deliveries")):
        wait_for(lambda who=who, path=path: ask(who, "GET", path).json["items"])
    return found


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def colleague(service, cast):
    """Somebody who came to the shop by the link of an invitation, as a browser does it."""
    asked = {"email": "bea@shop.example", "role": "analyst"}
    link = service.call("POST", "/v1/invitations", asked, by=cast["shop"]).json["link"]
    browser = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    with browser.open(link, timeout=60) as page:
        fields = dict(HIDDEN.findall(page.read().decode()))
    with browser.open(link.partition("?")[0], urlencode(fields | PASSWORD).encode(), timeout=60) as page:
        assert page.status == 200
    asked = {"email": "ann@shop.example", "role": "reader"}
    assert service.call("POST", "/v1/invitations", asked, by=cast["shop"]).status == 201


@pytest.fixture
def bodies(service, cast):
    """A body for each operation that takes one: the contract's example, or what is there now in its place."""
    endpoint = service.call("GET", "/v1/webhook-endpoints", by=cast["shop"]).json["items"][0]
    now = datetime.now(UTC)
    present = {"from": (now - timedelta(hours=1)).isoformat(), "to": (now + timedelta(hours=1)).isoformat()}
    return EXAMPLES | {
        "add_client_key": {"jwk": NEW_KEY, "overlap_hours": 1},
        "change_client": {"name": "Another name"},
        "create_webhook_endpoint": ENDPOINT,
        "change_webhook_endpoint": ENDPOINT,
        "recover_webhook_endpoint": present,
        "replay_event": {"endpoint": endpoint["id"]},
    }


@pytest.fixture
def things(service, cast, colleague):
    """Something that is there already for each noun: the key of what comes first in its list."""

    def first(who, noun):
        return service.call("GET", f"/v1/{noun}", by=cast[who]).json["items"][0]["id"]

    of_shop = "clients people events deliveries webhook-endpoints sellers listings cases jobs invitations"
    found = {noun: first("shop", noun) for noun in of_shop.split()}
    found |= {noun: first("office", noun) for noun in ("flags", "seizures")}
    found |= {noun: first("brand", noun) for noun in ("matches", "trademarks")}
    return found | {"event-types": "listing.screened", "policies": "own"}


def callers():
    """Who calls which operation: of the marks' own matters their holder, else the first that may."""
    order = ("brand", "shop", "office", "keeper")
    own = ("list_matches", "get_match", "list_policies", "get_policy")
    return {
        name: next(who for who in (order if name in own else KINDS) if KINDS[who] in right.kinds)
        for name, right in RIGHTS.items()
        if right.scope
    }


@pytest.fixture
def script(service, cast, bodies, things, tmp_path):
    """What the hooks and the command line of schemathesis read; returns their environment."""
    tokens = {name: service.token(credentials) for name, credentials in cast.items()}
    schemes = {name: "DPoP" if cast[name].key else "Bearer" for name in tokens}
    users = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"{schemes[name]} {token}"}]}
        for name, token in tokens.items()
    ]
    keys = {tokens[name]: each.key.private_jwk for name, each in cast.items() if each.key}
    (tmp_path / "wfc.json").write_text(json.dumps({"auth": users}))
    told = {"keys": keys, "examples": bodies, "tokens": tokens, "callers": callers(), "things": things}
    (tmp_path / "cast.json").write_text(json.dumps(told))
    return {"CAST": str(tmp_path / "cast.json"), "SCHEMATHESIS_HOOKS": "tests.stateful.hooks"}
