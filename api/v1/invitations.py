"""`/v1/invitations`: who is asked to join an organization."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from api.house import House
from api.idempotency import Once
from api.paging import Page, Paging
from api.rights import scopes_of
from partners.inviting import check_role, invite, withdraw
from partners.mailing import mail_invitation
from partners.principal import Claims, Role
from partners.records.invitations import (
    Invitation,
    get_invitation,
    list_invitations,
    open_invited,
)
from partners.records.people import Identity


class InvitationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask, and in which role."""

    email: Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^\x00-\x20\x7f]+$")]
    role: Role
    name: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class InvitationOut(Struct, frozen=True, kw_only=True):
    """Somebody who was asked and has not come yet."""

    id: str
    email: str
    name: str
    role: Role
    created_by: str
    created_at: datetime
    expires_at: datetime


class NewInvitationOut(InvitationOut, frozen=True, kw_only=True):
    """An invitation with its link, shown this once: hand it to the person alone."""

    link: str


class InvitationController(Controller):
    path = "/v1/invitations"
    tags = ("people",)

    @post(operation_id="create_invitation", summary="Invite somebody", sync_to_thread=True)
    def create(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        data: JSONBody[InvitationIn],
    ) -> Response[NewInvitationOut]:
        """Invite somebody into your organization, in a role that may do no more than your own token.

        The link is good once. A second invitation of the address replaces the first. Whether the address is
        known here already is not told.
        """
        return once.answer(lambda: _invite(house, claims, data), shows_secret=True)

    @get(operation_id="list_invitations", summary="List invitations", sync_to_thread=True)
    def index(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], paging: NamedDependency[Paging]
    ) -> Response[Page[InvitationOut]]:
        """List the invitations of your organization that were not accepted."""
        with house.database.reading(claims) as (connection, principal):
            found = list_invitations(connection, principal, after=paging.after, limit=paging.limit)
        return paging.answer([_out(house, one) for one in found], [one.id for one in found])

    @get("/{key:str}", operation_id="get_invitation", summary="Read an invitation", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> InvitationOut:
        """Read one invitation; its link is shown no more."""
        with house.database.reading(claims) as (connection, principal):
            return _out(house, get_invitation(connection, principal, key))

    @delete("/{key:str}", operation_id="delete_invitation", summary="Take it back", sync_to_thread=True)
    def remove(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> None:
        """Take an invitation back: its link is good no longer."""
        now = house.clock()
        house.database.writing(claims, lambda connection, who: withdraw(connection, who, key, now))


def _invite(house: House, claims: Claims, data: InvitationIn) -> NewInvitationOut:
    identity, now = Identity(email=data.email, name=data.name), house.clock()
    lasting = timedelta(hours=house.settings.invitation_hours)

    made = house.database.writing(
        claims,
        lambda connection, who: invite(
            connection,
            house.keyring,
            check_role(who, data.role, scopes_of),
            (identity, data.role),
            lasting,
            now,
        ),
    )
    link = f"{house.settings.base_url}/join?token={made.token!s}"
    if house.mailer:
        mail_invitation(house.mailer, identity.email, link)
    shown = _out(house, made.invitation)
    return NewInvitationOut(
        id=shown.id,
        email=shown.email,
        name=shown.name,
        role=shown.role,
        created_by=shown.created_by,
        created_at=shown.created_at,
        expires_at=shown.expires_at,
        link=link,
    )


def _out(house: House, invitation: Invitation) -> InvitationOut:
    identity = open_invited(house.keyring, invitation)
    return InvitationOut(
        id=invitation.id,
        email=identity.email,
        name=identity.name,
        role=invitation.role,
        created_by=invitation.created_by,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )
