"""Joining: pages behind links that are good once, where a person chooses its password."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter, RawBody

from api.house import House
from api.pages.browser import Browser, meet
from api.pages.html import Form, draw_field, draw_form, draw_link, draw_text, show_page
from api.pages.sign_in import next_step
from partners.errors import RuleBroken
from partners.inviting import LinkRefused, finish_reset, join
from partners.passwords import LEAST, MOST
from partners.reminding import remind

Token = Annotated[str, QueryParameter(max_length=100)]
_GONE = "This link is no longer good. Ask for a new one."


def _draw_choice(
    browser: Browser, title: str, action: str, token: str, said: str = "", status: int = 200
) -> Response[Any]:
    field = draw_field(
        "password",
        f"A new password of {LEAST} characters or more",
        kind="password",
        autocomplete="new-password",
        minlength=str(LEAST),
        maxlength=str(MOST),
    )
    form = Form(action=action, button="Go on", fields=field, hidden={"token": token})
    return browser.dress(show_page(title, draw_form(form, browser.seal), said=said, status=status))


@get("/join", operation_id="show_joining", sync_to_thread=True)
def show_joining(
    request: Request[Any, Any, Any], house: NamedDependency[House], token: FromQuery[Token] = ""
) -> Response[Any]:
    """Show an invitation; that it is opened does not use it up, for mail programs open links, too."""
    browser = meet(request, house)
    if house.provider:
        way = draw_link("/sign-in/outside", "Sign in with your organization's account")
        return browser.dress(show_page("Welcome to Touchstone", way))
    return _draw_choice(browser, "Welcome to Touchstone", "/join", token)


@post("/join", operation_id="join", status_code=200, sync_to_thread=True)
def join_house(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """Accept an invitation by choosing a password."""
    browser = meet(request, house)
    fields = browser.read_form(body)
    token, password = fields.get("token", ""), fields.get("password", "")[:1_000]
    if house.provider:
        return show_page("Welcome to Touchstone", said=_GONE, status=410)
    try:
        opened = join(house.lobby, token, password, house.clock())
    except LinkRefused:
        return show_page("Welcome to Touchstone", said=_GONE, status=410)
    except RuleBroken as error:
        said = f"Choose another one: {error}."
        return _draw_choice(browser, "Welcome to Touchstone", "/join", token, said, 422)
    return browser.dress(next_step(browser, opened), opened)


@get("/reset", operation_id="show_reset", sync_to_thread=True)
def show_reset(
    request: Request[Any, Any, Any], house: NamedDependency[House], token: FromQuery[Token] = ""
) -> Response[Any]:
    """Show the page for a new password."""
    return _draw_choice(meet(request, house), "A new password", "/reset", token)


@post("/reset", operation_id="reset_password", status_code=200, sync_to_thread=True)
def reset_password(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """Choose a new password; all sessions end."""
    browser = meet(request, house)
    fields = browser.read_form(body)
    token, password = fields.get("token", ""), fields.get("password", "")[:1_000]
    if house.provider:
        return show_page("A new password", said=_GONE, status=410)
    try:
        opened = finish_reset(house.lobby, token, password, house.clock())
    except LinkRefused:
        return show_page("A new password", said=_GONE, status=410)
    except RuleBroken as error:
        said = f"Choose another one: {error}."
        return _draw_choice(browser, "A new password", "/reset", token, said, 422)
    return browser.dress(next_step(browser, opened), opened)


@get("/forgotten", operation_id="show_forgotten", sync_to_thread=True)
def show_forgotten(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Show what to do about a forgotten password."""
    browser = meet(request, house)
    if house.mailer is None or house.provider:
        way = draw_text("An admin of your organization can give you a link to choose a new one.")
        return browser.dress(show_page("Forgotten?", way))
    field = draw_field("email", "E-mail address", kind="email", autocomplete="username")
    form = Form(action="/forgotten", button="Send me a link", fields=field)
    return browser.dress(show_page("Forgotten?", draw_form(form, browser.seal)))


@post("/forgotten", operation_id="ask_for_reset", status_code=200, sync_to_thread=True)
def ask_for_reset(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """Mail a link, if the address is somebody's; the answer is the same if not, and as quick."""
    browser = meet(request, house)
    email = browser.read_form(body).get("email", "")[:254]
    if house.mailer is not None and not house.provider:
        remind(house.lobby, house.mailer, house.settings.base_url, browser.attempt(email), house.clock)
    said = draw_text("If the address is known here, a mail is on its way. Its link is good for an hour.")
    return browser.dress(show_page("Forgotten?", said))
