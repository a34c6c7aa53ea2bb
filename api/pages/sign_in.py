"""Signing in and out: the password's page, and the second step's."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import RawBody

from api.authorizing import SentBack, read_request
from api.house import House
from api.pages.browser import Browser, go_to, meet
from api.pages.html import Form, draw_field, draw_form, draw_link, draw_text, show_page
from api.pages.script import SCRIPT
from partners.passkeys import Place, Question
from partners.records.people import normalize_email, open_identity
from partners.second_steps import ask_passkey, try_passkey
from partners.signing_in import Opened, SignedIn, end_session, try_code, try_password
from partners.throttling import TooSoon

_WRONG = "The address or the password is not right."
_WRONG_CODE = "That did not work. A code is good once, and for half a minute."


def find_destination(browser: Browser) -> tuple[str, list[str]]:
    """For whom the person signs in: the client's name, and the origin where the browser ends."""
    if not browser.query:
        return "", []
    try:
        asked = read_request(browser.house, browser.query)
    except SentBack:
        return "", []
    return asked.known.client.name, [asked.origin]


def too_soon(error: TooSoon) -> str:
    minutes = -(-error.retry_after // 60)
    wait = f"{error.retry_after} seconds" if error.retry_after < 120 else f"{minutes} minutes"
    return f"There were too many tries. Try again in {wait}."


@get("/sign-in", operation_id="show_sign_in", sync_to_thread=True)
def show_sign_in(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Ask who it is."""
    browser = meet(request, house)
    visitor = browser.visitor
    if visitor and visitor.session.stage == "whole":
        return go_to("/oauth/authorize" if browser.query else "/account", browser.query)
    return browser.dress(_draw_sign_in(browser))


def _draw_sign_in(browser: Browser, said: str = "", email: str = "", status: int = 200) -> Response[str]:
    client, leads_to = find_destination(browser)
    lead = draw_text(f"To go on to {client}.") if client else ""
    if browser.house.provider:
        way = draw_link(_with_query("/sign-in/outside", browser), "Sign in with your organization's account")
        return show_page("Sign in", lead, way, said=said, status=status, leads_to=leads_to)
    fields = draw_field("email", "E-mail address", kind="email", autocomplete="username", value=email)
    fields += draw_field("password", "Password", kind="password", autocomplete="current-password")
    form = Form(action=_with_query("/sign-in", browser), button="Go on", fields=fields)
    forgotten = draw_link("/forgotten", "Forgotten?")
    drawn = draw_form(form, browser.seal)
    return show_page("Sign in", lead, drawn, forgotten, said=said, status=status, leads_to=leads_to)


def _with_query(path: str, browser: Browser) -> str:
    return f"{path}?{browser.query}" if browser.query else path


@post("/sign-in", operation_id="sign_in", status_code=200, sync_to_thread=True)
def sign_in(request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody) -> Response[Any]:
    """Take the first step."""
    browser = meet(request, house)
    fields = browser.read_form(body)
    email, password = fields.get("email", "")[:254], fields.get("password", "")[:1_000]
    if house.provider:
        return browser.dress(_draw_sign_in(browser, _WRONG, status=401))
    try:
        opened = try_password(house.lobby, browser.attempt(normalize_email(email)), password, house.clock())
    except TooSoon as error:
        answer = _draw_sign_in(browser, too_soon(error), email, 429)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    if opened is None:
        return _draw_sign_in(browser, _WRONG, email, 401)
    return browser.dress(next_step(browser, opened), opened)


def next_step(browser: Browser, opened: Opened) -> Response[Any]:
    """Where a session leads that was just opened."""
    paths = {"password": "/sign-in/second", "enrolling": "/account/generator", "whole": "/account"}
    if opened.session.stage == "whole" and browser.query:
        return go_to("/oauth/authorize", browser.query)
    return go_to(paths[opened.session.stage], browser.query)


@get("/sign-in/second", operation_id="show_second_step", sync_to_thread=True)
def show_second_step(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Ask for the second step."""
    browser = meet(request, house)
    visitor = browser.visitor
    if visitor is None or visitor.session.stage != "password":
        return go_to("/sign-in", browser.query)
    return _draw_second_step(browser, visitor)


def _draw_second_step(
    browser: Browser, visitor: SignedIn, said: str = "", status: int = 200
) -> Response[str]:
    _, leads_to = find_destination(browser)
    question = ask_passkey(browser.house.lobby, visitor, Place(browser.house.settings.base_url))
    action = _with_query("/sign-in/second", browser)
    field = draw_field(
        "code", "Code of your generator, or a recovery code", autocomplete="one-time-code", maxlength="40"
    )
    parts = [_draw_passkey(browser, action, question)] if question else []
    parts.append(draw_form(Form(action=action, button="Go on", fields=field), browser.seal))
    parts.append(draw_form(Form(action="/sign-out", button="Start again", is_plain=True), browser.seal))
    script = SCRIPT if question else ""
    return show_page("Second step", *parts, said=said, status=status, leads_to=leads_to, script=script)


def _draw_passkey(browser: Browser, action: str, question: Question) -> str:
    hidden = {"options": question.options, "answer": ""}
    form = Form(action=action, button="Use your passkey", hidden=hidden, mark="use-passkey")
    return draw_form(form, browser.seal)


@post("/sign-in/second", operation_id="take_second_step", status_code=200, sync_to_thread=True)
def take_second_step(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """Take the second step."""
    browser = meet(request, house)
    fields = browser.read_form(body)
    visitor = browser.visitor
    if visitor is None or visitor.session.stage != "password":
        return go_to("/sign-in", browser.query)
    account = normalize_email(open_identity(house.keyring, visitor.person).email)
    attempt, now = browser.attempt(f"second step of {visitor.person.id}"), house.clock()
    known = browser.attempt(account).device
    if known:
        attempt = type(attempt)(account=attempt.account, source=attempt.source, device=known)
    try:
        if answer := fields.get("answer"):
            opened = try_passkey(house.lobby, visitor, Place(house.settings.base_url), attempt, answer, now)
        else:
            opened = try_code(house.lobby, visitor, attempt, fields.get("code", "")[:100], now)
    except TooSoon as error:
        return _draw_second_step(browser, visitor, too_soon(error), 429)
    if opened is None:
        return _draw_second_step(browser, visitor, _WRONG_CODE, 401)
    response = browser.dress(next_step(browser, opened), opened)
    browser.know(response, account)
    return response


@post("/sign-out", operation_id="sign_out", status_code=200, sync_to_thread=True)
def sign_out(request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody) -> Response[Any]:
    """End this session, and what clients were granted in it."""
    browser = meet(request, house)
    browser.read_form(body)
    if visitor := browser.visitor:
        end_session(house.lobby, visitor, visitor.session.id, house.clock())
    response = go_to("/sign-in")
    browser.forget_session(response)
    return response
