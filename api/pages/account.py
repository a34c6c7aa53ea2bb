"""The account's page: sessions, and what a person proves itself by."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import RawBody

from api.house import House
from api.pages.browser import Browser, go_to, meet
from api.pages.codes import show_recovery_codes
from api.pages.html import Form, draw_form, draw_heading, draw_link, draw_text, show_page
from partners.records.factors import Factor, count_recovery_codes, list_factors
from partners.records.people import open_identity
from partners.records.sessions import Session, list_sessions
from partners.second_steps import remove_factor, renew_recovery_codes
from partners.signing_in import SignedIn, end_session, is_live

_NAMES = {"totp": "Code generator", "passkey": "Passkey"}


@get("/account", operation_id="show_account", sync_to_thread=True)
def show_account(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Show a person its own account."""
    browser = meet(request, house)
    visitor = browser.visitor
    if visitor is None or visitor.session.stage != "whole":
        return go_to("/sign-in")
    now = house.clock()
    with house.database.surveying("access") as connection:
        factors = list_factors(connection, visitor.person.id)
        codes = count_recovery_codes(connection, visitor.person.id)
        known = list_sessions(connection, visitor.person.id, now)
    live = [each for each in known if is_live(each, house.lobby.idle, now)]
    identity = open_identity(house.keyring, visitor.person)
    ways = [] if house.provider else _draw_ways(browser, factors, codes)
    return browser.dress(
        show_page(
            "Your account",
            draw_text(f"{identity.name or identity.email}, {visitor.person.role}."),
            *ways,
            draw_link("/hooks", "Webhooks of your organization"),
            draw_heading("Sessions"),
            *[_draw_session(browser, visitor, each) for each in live],
            draw_form(Form(action="/sign-out", button="Sign out"), browser.seal),
        )
    )


def _draw_ways(browser: Browser, factors: list[Factor], codes: int) -> list[str]:
    return [
        draw_heading("Second step"),
        *[_draw_factor(browser, each) for each in factors],
        draw_link("/account/generator", "Add a code generator"),
        draw_link("/account/passkey", "Add a passkey"),
        draw_text(f"{codes} recovery codes are left."),
        draw_form(
            Form(action="/account/recovery-codes", button="Make new recovery codes", is_plain=True),
            browser.seal,
        ),
    ]


def _draw_factor(browser: Browser, factor: Factor) -> str:
    used = f", last used {factor.used_at:%Y-%m-%d}" if factor.used_at else ""
    form = Form(
        action="/account/factors/remove", button="Remove", hidden={"factor": factor.id}, is_plain=True
    )
    text = draw_text(f"{_NAMES[factor.kind]}, since {factor.created_at:%Y-%m-%d}{used}")
    return text + draw_form(form, browser.seal)


def _draw_session(browser: Browser, visitor: SignedIn, session: Session) -> str:
    times = f"Since {session.created_at:%Y-%m-%d %H:%M}, last seen {session.seen_at:%Y-%m-%d %H:%M} UTC"
    if session.id == visitor.session.id:
        return draw_text(f"{times}: this one.")
    form = Form(
        action="/account/sessions/end", button="End it", hidden={"session": session.id}, is_plain=True
    )
    return draw_text(times) + draw_form(form, browser.seal)


def _read_own(browser: Browser, body: bytes) -> tuple[SignedIn | None, dict[str, str]]:
    fields = browser.read_form(body)
    visitor = browser.visitor
    return (visitor if visitor and visitor.session.stage == "whole" else None), fields


@post("/account/sessions/end", operation_id="end_session", status_code=200, sync_to_thread=True)
def end_other_session(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """End another session of one's own."""
    visitor, fields = _read_own(meet(request, house), body)
    if visitor:
        end_session(house.lobby, visitor, fields.get("session", ""), house.clock())
    return go_to("/account")


@post("/account/factors/remove", operation_id="remove_factor", status_code=200, sync_to_thread=True)
def remove_own_factor(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """Remove a factor, never the last one."""
    visitor, fields = _read_own(meet(request, house), body)
    if visitor:
        remove_factor(house.lobby, visitor, fields.get("factor", ""), house.clock())
    return go_to("/account")


@post("/account/recovery-codes", operation_id="make_recovery_codes", status_code=200, sync_to_thread=True)
def make_recovery_codes(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """Make new recovery codes, shown this once."""
    visitor, _ = _read_own(meet(request, house), body)
    if visitor is None:
        return go_to("/account")
    return show_recovery_codes(renew_recovery_codes(house.lobby, visitor, house.clock()), "/account")
