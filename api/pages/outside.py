"""Signing in at the outside provider that the operator has chosen."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import structlog
from litestar import Request, Response, get
from litestar.di import NamedDependency

from api.house import House
from api.pages.browser import Browser, go_to, meet
from api.pages.html import draw_link, show_page
from partners.errors import NotFound
from partners.outside import OutsideRefused, Provider
from partners.welcoming import welcome

log = structlog.get_logger("touchstone.outside")
_MOST_QUERY = 4_000


@get("/sign-in/outside", operation_id="start_outside_sign_in", sync_to_thread=True)
def start_outside_sign_in(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Send the browser to the provider."""
    browser = meet(request, house)
    provider = _find_provider(house)
    try:
        url = provider.begin(house.keyring, browser.visit, browser.query[:_MOST_QUERY], house.clock())
    except OutsideRefused as error:
        return _refuse(browser, error, 502)
    return browser.dress(Response(b"", status_code=303, headers={"Location": url}))


@get("/sign-in/outside/answer", operation_id="finish_outside_sign_in", sync_to_thread=True)
def finish_outside_sign_in(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Read the answer that the browser brings from there."""
    browser = meet(request, house)
    provider, now = _find_provider(house), house.clock()
    try:
        outsider, query = provider.finish(house.keyring, browser.visit, _read_answer(browser), now)
    except OutsideRefused as error:
        return _refuse(browser, error, 403)
    opened = welcome(house.lobby, outsider, now)
    if opened is None:
        said = "You are not invited here, or no longer. Ask an admin of your organization."
        return show_page("Sign in", said=said, status=403)
    return browser.dress(go_to("/oauth/authorize" if query else "/account", query), opened)


def _find_provider(house: House) -> Provider:
    if house.provider is None:
        raise NotFound("people sign in with us")
    return house.provider


def _read_answer(browser: Browser) -> dict[str, str]:
    try:
        pairs = parse_qsl(browser.query, keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise OutsideRefused("unreadable") from None
    answer = dict(pairs)
    if len(answer) != len(pairs):
        raise OutsideRefused("a parameter came twice")
    return answer


def _refuse(browser: Browser, error: OutsideRefused, status: int) -> Response[Any]:
    log.warning("sign-in outside refused", reason=str(error))
    said = "Signing in there did not work."
    return browser.dress(show_page("Sign in", draw_link("/sign-in", "Try again"), said=said, status=status))
