"""Who is asking."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal["marketplace", "rights_holder", "customs", "operator"]
KINDS: tuple[Kind, ...] = ("marketplace", "rights_holder", "customs", "operator")
PAGES = "pages"  # stands for the client where a person acts on our own pages
SERVICE = "org_service"  # the service's own organization: no random id, the same in every installation

# What a person may do in its organization; each may do what those before it may.
Role = Literal["reader", "analyst", "admin"]
ROLES: tuple[Role, ...] = ("reader", "analyst", "admin")


class Seat(Struct, frozen=True, kw_only=True):
    """The person that acts: in which role, and by which grant of a session, or by the session itself."""

    person_id: str
    role: Role
    grant_id: str | None  # none: work that was accepted earlier, and goes on when the session has ended
    session_id: str | None = None  # the person itself, on our own pages: no client speaks for it


class Claims(Struct, frozen=True, kw_only=True):
    """What a verified access token says; the database has not been asked yet."""

    client_id: str
    organization_id: str
    kind: Kind
    scopes: frozenset[str]
    token_id: str
    bound_to: str | None = None  # thumbprint of the key whose proof each use needs (RFC 9449)
    seat: Seat | None = None  # none: the client speaks for itself

    @property
    def actor(self) -> str:
        """Who acts: the person where there is one, else the client."""
        return self.seat.person_id if self.seat else self.client_id


class Principal(Struct, frozen=True, kw_only=True):
    """An admitted caller: every record query asks for one."""

    organization_id: str
    kind: Kind
    client_id: str
    scopes: frozenset[str] = frozenset()
    person_id: str | None = None

    @property
    def actor(self) -> str:
        """Who acts: the person where there is one, else the client."""
        return self.person_id or self.client_id


WORKER = Principal(organization_id="", kind="operator", client_id="worker")
