"""Setting up a second step: a code generator or a passkey."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import RawBody

from api.house import House
from api.pages.browser import Browser, go_to, meet
from api.pages.codes import show_recovery_codes
from api.pages.html import Form, draw_field, draw_form, draw_link, draw_text, show_page
from api.pages.script import SCRIPT
from partners.keyring import KeyRefused
from partners.one_time_codes import new_totp_key, totp_uri
from partners.passkeys import PasskeyRefused, Place
from partners.records.people import normalize_email, open_identity
from partners.second_steps import Added, add_generator, add_passkey, check_fresh, offer_passkey
from partners.signing_in import SignedIn

_WRONG = "That code does not fit. See that the clock of your device is right."
_REFUSED = "The passkey's answer was not good. Try again."


@get("/account/generator", operation_id="show_new_code_generator", sync_to_thread=True)
def show_new_code_generator(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Show a new key for a code generator."""
    browser = meet(request, house)
    visitor = browser.visitor
    if visitor is None or visitor.session.stage == "password":
        return go_to("/sign-in", browser.query)
    check_fresh(visitor, house.clock())
    return _draw_generator(browser, visitor, new_totp_key())


def _draw_generator(
    browser: Browser, visitor: SignedIn, key: str, said: str = "", status: int = 200
) -> Response[Any]:
    house = browser.house
    picture = BytesIO()
    uri = totp_uri(key, open_identity(house.keyring, visitor.person).email)
    segno.make(uri, error="m").save(
        picture, kind="svg", xmldecl=False, svgclass=None, lineclass=None, scale=5
    )
    draft = house.keyring.seal(key.encode(), _draft_context(visitor)).hex()
    form = Form(
        action=_with_query("/account/generator", browser),
        button="Go on",
        fields=draw_field("code", "The code it shows", autocomplete="one-time-code", maxlength="10"),
        hidden={"draft": draft},
    )
    return show_page(
        "Second step",
        draw_text("Scan this with an app that makes codes (TOTP), or type the key into it."),
        picture.getvalue().decode(),
        f"<p><code>{key}</code></p>",
        draw_form(form, browser.seal),
        draw_link(_with_query("/account/passkey", browser), "Use a passkey instead"),
        said=said,
        status=status,
    )


def _draft_context(visitor: SignedIn) -> str:
    return f"generator to be:{visitor.session.id}"


@post("/account/generator", operation_id="add_code_generator", status_code=200, sync_to_thread=True)
def add_code_generator(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """Add the code generator, if it shows the right code."""
    browser = meet(request, house)
    fields = browser.read_form(body)
    visitor = browser.visitor
    if visitor is None or visitor.session.stage == "password":
        return go_to("/sign-in", browser.query)
    try:
        draft = bytes.fromhex(fields.get("draft", ""))
        key = house.keyring.open(draft, _draft_context(visitor)).decode()
    except (ValueError, KeyRefused):
        return go_to("/account/generator", browser.query)
    added = add_generator(house.lobby, visitor, key, fields.get("code", "")[:20], house.clock())
    if added is None:
        return _draw_generator(browser, visitor, key, _WRONG, 422)
    return _go_on(browser, visitor, added)


@get("/account/passkey", operation_id="show_new_passkey", sync_to_thread=True)
def show_new_passkey(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Ask the browser for a new passkey."""
    browser = meet(request, house)
    visitor = browser.visitor
    if visitor is None or visitor.session.stage == "password":
        return go_to("/sign-in", browser.query)
    return _draw_passkey(browser, visitor)


def _draw_passkey(browser: Browser, visitor: SignedIn, said: str = "", status: int = 200) -> Response[Any]:
    house = browser.house
    name = open_identity(house.keyring, visitor.person).email
    place = Place(house.settings.base_url)
    question = offer_passkey(house.lobby, visitor, place, name, house.clock())
    form = Form(
        action=_with_query("/account/passkey", browser),
        button="Make a passkey",
        hidden={"options": question.options, "answer": ""},
        mark="make-passkey",
    )
    text = draw_text("Your device or a security key will ask you to confirm.")
    drawn = draw_form(form, browser.seal)
    return show_page("Second step", text, drawn, said=said, status=status, script=SCRIPT)


@post("/account/passkey", operation_id="add_passkey", status_code=200, sync_to_thread=True)
def add_own_passkey(
    request: Request[Any, Any, Any], house: NamedDependency[House], body: RawBody
) -> Response[Any]:
    """Add the passkey that the browser has made."""
    browser = meet(request, house)
    answer = browser.read_form(body).get("answer", "")
    visitor = browser.visitor
    if visitor is None or visitor.session.stage == "password":
        return go_to("/sign-in", browser.query)
    try:
        added = add_passkey(house.lobby, visitor, Place(house.settings.base_url), answer, house.clock())
    except PasskeyRefused:
        return _draw_passkey(browser, visitor, _REFUSED, 422)
    return _go_on(browser, visitor, added)


def _go_on(browser: Browser, visitor: SignedIn, added: Added) -> Response[Any]:
    """After the first factor: the codes, and on to where the person was going."""
    then = _with_query("/oauth/authorize", browser) if browser.query else "/account"
    response = show_recovery_codes(added.recovery_codes, then) if added.recovery_codes else go_to("/account")
    browser.dress(response, added.opened)
    if added.opened:
        account = normalize_email(open_identity(browser.house.keyring, visitor.person).email)
        browser.know(response, account)
    return response


def _with_query(path: str, browser: Browser) -> str:
    return f"{path}?{browser.query}" if browser.query else path
