"""A person on our own pages does what the API's operations do, by the same rights and the same flows."""

from __future__ import annotations

from api.pages.browser import Browser
from api.rights import RIGHTS, has_role, scopes_of
from api.security import check_right
from partners.principal import Claims, Seat
from partners.signing_in import SignedIn


def find_visitor(browser: Browser) -> SignedIn | None:
    """Who has signed in with both steps."""
    visitor = browser.visitor
    return visitor if visitor and visitor.session.stage == "whole" else None


def speak_as(visitor: SignedIn, operation_id: str) -> Claims:
    """The claims by which a person does what an operation of the API does; they end with its session.

    Raises:
        Refusal: it has no right to that (403).
    """
    person, principal = visitor.person, visitor.principal
    claims = Claims(
        client_id=principal.client_id,
        organization_id=principal.organization_id,
        kind=visitor.kind,
        scopes=scopes_of(visitor.kind, person.role),
        token_id="",
        seat=Seat(person_id=person.id, role=person.role, grant_id=None, session_id=visitor.session.id),
    )
    check_right(RIGHTS[operation_id], claims)
    return claims


def may(visitor: SignedIn, operation_id: str) -> bool:
    """Whether a person is shown the button of an operation."""
    right = RIGHTS[operation_id]
    return visitor.kind in right.kinds and has_role(visitor.person.role, right.role)
