"""An organization's webhook endpoints on a page: how they fare, and what was sent there."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.house import House
from api.pages.browser import Browser, go_to, meet
from api.pages.hook_views import (
    Buttons,
    draw_deliveries,
    draw_endpoint,
    draw_endpoints,
    draw_recovery,
    draw_switches,
)
from api.pages.html import draw_heading, draw_link, draw_note, draw_text, show_page
from api.pages.speaking import find_visitor, may, speak_as
from partners.errors import NotFound
from partners.ids import looks_like_id
from partners.records.deliveries import DeliveryFilter, list_attempts_of, list_deliveries
from partners.records.endpoint_health import LATEST, EndpointHealth, read_health
from partners.records.endpoints import get_endpoint, list_endpoints
from partners.signing_in import SignedIn

_ENDPOINTS, _DELIVERIES = 50, 20  # on a page
_ACTS = (
    "test_webhook_endpoint",
    "change_webhook_endpoint",
    "rotate_webhook_secret",
    "recover_webhook_endpoint",
    "resend_delivery",
)
_DONE = {
    "test": "A test event is on its way.",
    "pause": "The endpoint is paused: its events wait.",
    "resume": "The endpoint is open again. What it missed while it was disabled is sent when you recover it.",
    "resend": "The event is on its way once more.",
    "recover": "What was missed is on its way again.",
    "nothing": "Nothing was missed in that time.",
}
_TIMES = f"All times are in UTC. Last success and failure are among the latest {LATEST:,} deliveries."


@get("/hooks", operation_id="show_hooks", sync_to_thread=True)
def show_hooks(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Show a person its organization's webhook endpoints."""
    browser = meet(request, house)
    visitor = find_visitor(browser)
    if visitor is None:
        return go_to("/sign-in")
    claims = speak_as(visitor, "list_webhook_endpoints")
    after = _read_id(browser, "after")
    with house.database.reading(claims) as (connection, principal):
        found = list_endpoints(connection, principal, after=after, limit=_ENDPOINTS + 1)
        health = read_health(connection, principal)
    shown = found[:_ENDPOINTS]
    more = draw_link(f"/hooks?after={shown[-1].id}", "More") if len(found) > _ENDPOINTS else ""
    return browser.dress(
        show_page(
            "Webhooks",
            draw_endpoints(shown, health, house.clock()),
            more,
            draw_text(_TIMES),
            draw_link("/account", "Your account"),
        )
    )


@get("/hooks/{key:str}", operation_id="show_hook", sync_to_thread=True)
def show_hook(
    request: Request[Any, Any, Any], house: NamedDependency[House], key: FromPath[str]
) -> Response[Any]:
    """Show one endpoint, with its latest deliveries."""
    browser = meet(request, house)
    visitor = find_visitor(browser)
    if visitor is None:
        return go_to("/sign-in")
    note = _DONE.get(request.query_params.get("done", ""), "")
    return browser.dress(draw_hook(browser, visitor, key, note=note))


def draw_hook(
    browser: Browser, visitor: SignedIn, key: str, *, note: str = "", said: str = "", status: int = 200
) -> Response[str]:
    """The page of an endpoint, by its id; `said` is what went wrong.

    Raises:
        NotFound: there is none, or it is another organization's.
    """
    if not looks_like_id(key):
        raise NotFound("no such endpoint")
    house, now = browser.house, browser.house.clock()
    claims = speak_as(visitor, "get_webhook_endpoint")
    wanted = DeliveryFilter(endpoint_id=key)
    before = _read_id(browser, "before")
    with house.database.reading(claims) as (connection, principal):
        endpoint = get_endpoint(connection, principal, key)
        health = read_health(connection, principal, key).get(key, EndpointHealth())
        found = list_deliveries(connection, principal, wanted, after=before, limit=_DELIVERIES + 1)
        shown = found[:_DELIVERIES]
        log = list_attempts_of(connection, principal, [one.id for one in shown])
    allowed = frozenset(each for each in _ACTS if may(visitor, each))
    buttons = Buttons(seal=browser.seal, operations=allowed, now=now)
    more = draw_link(f"/hooks/{key}?before={shown[-1].id}", "Older ones") if len(found) > len(shown) else ""
    return show_page(
        "Webhook endpoint",
        draw_note(note) if note else "",
        draw_endpoint(endpoint, health, now),
        draw_switches(endpoint, buttons),
        draw_heading("Latest deliveries"),
        draw_deliveries(endpoint, shown, log, buttons),
        more,
        draw_recovery(endpoint, buttons),
        draw_text(_TIMES),
        draw_link("/hooks", "All endpoints"),
        said=said,
        status=status,
    )


def _read_id(browser: Browser, name: str) -> str | None:
    """An id of the query; what is none is left aside."""
    given = browser.request.query_params.get(name, "")
    return given if looks_like_id(given) else None
