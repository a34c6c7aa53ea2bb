"""What an admin does with webhook endpoints on their page: by the flows and the rights of the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, Literal

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Struct

from api.house import House
from api.pages.browser import Browser, go_to, meet
from api.pages.hooks import draw_hook
from api.pages.html import draw_link, draw_text, show_page
from api.pages.speaking import find_visitor, speak_as
from api.problems import problem_of
from api.subscriptions import read_desk
from partners.errors import Conflict, NotFound, PreconditionFailed, RuleBroken
from partners.ids import looks_like_id
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.deliveries import Span
from partners.retelling import recover_endpoint, resend_delivery, send_test
from partners.rotating import Rotation, rotate_secret
from partners.subscribing import Subscription, alter_endpoint
from webhooks.signing import new_secret

_OVERLAP = timedelta(hours=24)
_UNTRUE = (Conflict, PreconditionFailed, RuleBroken)  # what the person saw is no longer so, or does not fit


class Asked(Struct, frozen=True, kw_only=True):
    """What a person asks for with a form, of which endpoint, and by which claims."""

    house: House
    claims: Claims
    key: str
    fields: dict[str, str]


_Work = Callable[[Asked], Response[Any] | None]


def _act(browser: Browser, key: str, body: bytes, how: tuple[str, str], work: _Work) -> Response[Any]:
    """Do what a sealed form asks for, in the name of who sent it, and lead back to the endpoint.

    Args:
        how: the operation of the API whose right it takes, and the word for what was done then.

    Raises:
        Refusal: the form is not ours, or the person has no right to that.
        NotFound: there is no such endpoint.
    """
    operation_id, done = how
    fields = browser.read_form(body)
    visitor = find_visitor(browser)
    if visitor is None:
        return go_to("/sign-in")
    claims = speak_as(visitor, operation_id)
    if not looks_like_id(key):
        raise NotFound("no such endpoint")
    try:
        answer = work(Asked(house=browser.house, claims=claims, key=key, fields=fields))
    except _UNTRUE as error:
        return draw_hook(browser, visitor, key, said=_describe(error), status=problem_of(error).status)
    return answer or go_to(f"/hooks/{key}", f"done={done}")


def _describe(error: Exception) -> str:
    """What went wrong, as a sentence."""
    if isinstance(error, PreconditionFailed):
        text = "it was changed since you read it: this is how it is now"
    elif isinstance(error, RuleBroken):
        text = "; ".join(f"{pointer.lstrip('/')} {detail}" for pointer, detail in error.errors)
    else:
        text = problem_of(error).detail
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


@post("/hooks/{key:str}/test", operation_id="test_hook", status_code=200, sync_to_thread=True)
def test_hook(
    request: Request[Any, Any, Any], house: NamedDependency[House], key: FromPath[str], body: RawBody
) -> Response[Any]:
    """Send a test event."""
    return _act(meet(request, house), key, body, ("test_webhook_endpoint", "test"), _test)


def _test(asked: Asked) -> None:
    now = asked.house.clock()
    asked.house.database.writing(asked.claims, lambda c, who: send_test(c, who, asked.key, now))
    asked.house.wake()


@post("/hooks/{key:str}/pause", operation_id="pause_hook", status_code=200, sync_to_thread=True)
def pause_hook(
    request: Request[Any, Any, Any], house: NamedDependency[House], key: FromPath[str], body: RawBody
) -> Response[Any]:
    """Let events wait."""
    how = ("change_webhook_endpoint", "pause")
    return _act(meet(request, house), key, body, how, lambda asked: _switch(asked, "paused"))


@post("/hooks/{key:str}/resume", operation_id="resume_hook", status_code=200, sync_to_thread=True)
def resume_hook(
    request: Request[Any, Any, Any], house: NamedDependency[House], key: FromPath[str], body: RawBody
) -> Response[Any]:
    """Let events go again."""
    how = ("change_webhook_endpoint", "resume")
    return _act(meet(request, house), key, body, how, lambda asked: _switch(asked, "enabled"))


def _switch(asked: Asked, status: Literal["enabled", "paused"]) -> None:
    """Only if the endpoint is as the person saw it."""
    desk = read_desk(asked.house)
    seen = Conditions(if_match=frozenset([asked.fields.get("revision", "")]))
    wanted = Subscription(status=status)
    asked.house.database.writing(
        asked.claims, lambda c, who: alter_endpoint(c, who, asked.key, wanted, seen, desk)
    )
    asked.house.wake()


@post("/hooks/{key:str}/resend", operation_id="resend_of_hook", status_code=200, sync_to_thread=True)
def resend_of_hook(
    request: Request[Any, Any, Any], house: NamedDependency[House], key: FromPath[str], body: RawBody
) -> Response[Any]:
    """Send one delivery's event once more."""
    return _act(meet(request, house), key, body, ("resend_delivery", "resend"), _resend)


def _resend(asked: Asked) -> None:
    now, delivery = asked.house.clock(), asked.fields.get("delivery", "")
    asked.house.database.writing(asked.claims, lambda c, who: resend_delivery(c, who, delivery, now))
    asked.house.wake()


@post("/hooks/{key:str}/recover", operation_id="recover_hook", status_code=200, sync_to_thread=True)
def recover_hook(
    request: Request[Any, Any, Any], house: NamedDependency[House], key: FromPath[str], body: RawBody
) -> Response[Any]:
    """Send again what was missed in a time."""
    return _act(meet(request, house), key, body, ("recover_webhook_endpoint", "recover"), _recover)


def _recover(asked: Asked) -> Response[Any] | None:
    span = Span(_read_time(asked.fields, "from"), _read_time(asked.fields, "to"))
    found = recover_endpoint(asked.house.database, asked.claims, asked.key, span, asked.house.clock())
    asked.house.wake()
    return None if found else go_to(f"/hooks/{asked.key}", "done=nothing")


def _read_time(fields: dict[str, str], name: str) -> datetime:
    """A time as a browser sends it, without a zone: it is UTC."""
    try:
        at = datetime.fromisoformat(fields.get(name, ""))
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        raise RuleBroken([(f"/{name}", "must be a time as in 2026-11-21T12:00, in UTC")])
    return at.replace(tzinfo=UTC)


@post("/hooks/{key:str}/secret", operation_id="rotate_hook_secret", status_code=200, sync_to_thread=True)
def rotate_hook_secret(
    request: Request[Any, Any, Any], house: NamedDependency[House], key: FromPath[str], body: RawBody
) -> Response[Any]:
    """Make a new secret and show it, this once."""
    return _act(meet(request, house), key, body, ("rotate_webhook_secret", "secret"), _rotate)


def _rotate(asked: Asked) -> Response[str]:
    desk, rotation = read_desk(asked.house), Rotation(secret=new_secret(), overlap=_OVERLAP)
    asked.house.database.writing(
        asked.claims, lambda c, who: rotate_secret(c, who, asked.key, rotation, desk)
    )
    return show_page(
        "New secret",
        draw_text("Keep it: it is not shown again. For 24 hours the one before it signs beside it."),
        f"<p><code>{escape(rotation.secret)}</code></p>",
        draw_link(f"/hooks/{asked.key}", "I have kept it: go on"),
    )
