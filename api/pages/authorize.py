"""Giving a client a code, in the name of whoever has signed in."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from api.authorizing import Asked, SentBack, read_request, send_back
from api.house import House
from api.pages.browser import go_to, meet
from api.rights import scopes_of
from partners.granting import CodeOrder, grant_code
from partners.signing_in import SignedIn


@get("/oauth/authorize", operation_id="authorize", sync_to_thread=True)
def authorize(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Response[Any]:
    """Give a client a code for the person who has signed in, or let the person sign in first."""
    browser = meet(request, house)
    try:
        asked = read_request(house, browser.query)
        visitor = browser.visitor
        if visitor is None or visitor.session.stage != "whole":
            return go_to("/sign-in", browser.query)
        code = grant_code(house.database, visitor, _order_for(asked, visitor), house.clock())
    except SentBack as error:
        return send_back(house, error.redirect_uri, error.answer, error.state)
    return send_back(house, asked.order.redirect_uri, {"code": str(code)}, asked.state)


def _order_for(asked: Asked, visitor: SignedIn) -> CodeOrder:
    """What is granted of a request to this person.

    Raises:
        SentBack: nothing.
    """
    person = visitor.person
    allowed = scopes_of(visitor.kind, person.role)
    if asked.known.serves(person.organization_id) and allowed & set(asked.order.scopes):
        return asked.order
    detail = "This person may do nothing of what was asked for."
    raise SentBack(asked.order.redirect_uri, "access_denied", detail, asked.state)
