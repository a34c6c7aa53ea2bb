"""What an admin does with webhook endpoints on their page: by the flows and the rights of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, Final, Literal

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Struct

from api.house import House
from api.pages.browser import go_to, meet
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


def _test(asked: Asked) -> None:
    now = asked.house.clock()
    asked.house.database.writing(asked.claims, lambda c, who: send_test(c, who, asked.key, now))
    asked.house.wake()


def _pause(asked: Asked) -> None:
    _switch(asked, "paused")


def _resume(asked: Asked) -> None:
    _switch(asked, "enabled")


def _switch(asked: Asked, status: Literal["enabled", "paused"]) -> None:
    """Only if the endpoint is as the person saw it."""
    desk = read_desk(asked.house)
    seen = Conditions(if_match=frozenset([asked.fields.get("revision", "")]))
    wanted = Subscription(status=status)
    asked.house.database.writing(
        asked.claims, lambda c, who: alter_endpoint(c, who, asked.key, wanted, seen, desk)
    )
    asked.house.wake()


def _resend(asked: Asked) -> None:
    now, delivery = asked.house.clock(), asked.fields.get("delivery", "")
    asked.house.database.writing(asked.claims, lambda c, who: resend_delivery(c, who, delivery, now))
    asked.house.wake()


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


# by the word of the form: the operation of the API whose right it takes, and how it is done
_ACTS: Final[Mapping[str, tuple[str, _Work]]] = {
    "test": ("test_webhook_endpoint", _test),
    "pause": ("change_webhook_endpoint", _pause),
    "resume": ("change_webhook_endpoint", _resume),
    "resend": ("resend_delivery", _resend),
    "recover": ("recover_webhook_endpoint", _recover),
    "secret": ("rotate_webhook_secret", _rotate),
}


@post("/hooks/{key:str}/{act:str}", operation_id="act_on_hook", status_code=200, sync_to_thread=True)
def act_on_hook(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    key: FromPath[str],
    act: FromPath[str],
    body: RawBody,
) -> Response[Any]:
    """Do what a sealed form asks for, in the name of who sent it, and lead back to the endpoint.

    Raises:
        Refusal: the form is not ours, or the person has no right to that.
        NotFound: there is no such endpoint or act.
    """
    browser = meet(request, house)
    fields = browser.read_form(body)
    visitor = find_visitor(browser)
    if visitor is None:
        return go_to("/sign-in")
    if act not in _ACTS or not looks_like_id(key):
        raise NotFound("no such endpoint, or nothing that is done with one")
    operation_id, work = _ACTS[act]
    claims = speak_as(visitor, operation_id)
    try:
        answer = work(Asked(house=house, claims=claims, key=key, fields=fields))
    except _UNTRUE as error:
        return draw_hook(browser, visitor, key, said=_describe(error), status=problem_of(error).status)
    return answer or go_to(f"/hooks/{key}", f"done={act}")


def _describe(error: Exception) -> str:
    """What went wrong, as a sentence."""
    if isinstance(error, PreconditionFailed):
        text = "it was changed since you read it: this is how it is now"
    elif isinstance(error, RuleBroken):
        text = "; ".join(f"{pointer.lstrip('/')} {detail}" for pointer, detail in error.errors)
    else:
        text = problem_of(error).detail
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
