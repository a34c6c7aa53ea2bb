"""`/v1/people`: who signs in for an organization, and in which role."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType

from api.etags import etag
from api.house import House
from api.idempotency import Once
from api.paging import Page, Paging
from api.rights import scopes_of
from partners.inviting import start_reset
from partners.preconditions import Conditions
from partners.principal import Claims, Principal, Role
from partners.records.people import Person, get_person, list_people, open_identity
from partners.records.sessions import list_sessions
from partners.signing_in import is_live
from partners.staffing import (
    Manager,
    PersonChange,
    alter_person,
    dismiss,
    manage_person,
    sign_out_everywhere,
)


class PersonOut(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    id: str
    email: str
    name: str
    role: Role
    created_at: datetime
    suspended_at: datetime | None
    revision: int


class PersonPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different."""

    role: Role | UnsetType = UNSET
    suspended: bool | UnsetType = UNSET


class ResetIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is lost: the password, or the second step, too."""

    second_step: bool = False


class ResetOut(Struct, frozen=True, kw_only=True):
    """A link to hand to the person, shown this once: it is good once, for an hour."""

    link: str


class SessionOut(Struct, frozen=True, kw_only=True):
    """A browser with which somebody is signed in."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class PeopleController(Controller):
    path = "/v1/people"
    tags = ("people",)

    @get(operation_id="list_people", summary="List people", sync_to_thread=True)
    def index(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], paging: NamedDependency[Paging]
    ) -> Response[Page[PersonOut]]:
        """List the people of your organization in the order of their coming, the suspended ones too."""
        with house.database.reading(claims) as (connection, principal):
            found = list_people(connection, principal, after=paging.after, limit=paging.limit)
        return paging.answer([_out(house, one) for one in found], [one.id for one in found])

    @get("/{key:str}", operation_id="get_person", summary="Read a person", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[PersonOut]:
        """Read one person; the `ETag` is what a change asks for."""
        with house.database.reading(claims) as (connection, principal):
            found = get_person(connection, principal, key)
        return Response(_out(house, found), headers={"ETag": etag(found.revision)})

    @patch("/{key:str}", operation_id="change_person", summary="Change a person", sync_to_thread=True)
    def change(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[PersonPatch],
    ) -> Response[PersonOut]:
        """Give a person another role, or suspend it, by a merge patch with `If-Match`.

        Either takes effect at once: tokens made before are refused from this answer on. Nobody gives a role
        that may do more than its own token, and one admin is always left.
        """
        change = PersonChange(role=data.role, is_suspended=data.suspended)
        now = house.clock()
        changed = house.database.writing(
            claims,
            lambda connection, who: alter_person(connection, _manager(who, now), key, change, conditions),
        )
        return Response(_out(house, changed), headers={"ETag": etag(changed.revision)})

    @delete("/{key:str}", operation_id="delete_person", summary="Erase a person", sync_to_thread=True)
    def remove(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> None:
        """Erase a person, with its sessions and all that identifies it; the audit log keeps its id alone."""
        now = house.clock()
        house.database.writing(claims, lambda connection, who: dismiss(connection, _manager(who, now), key))

    @post("/{key:str}/reset", operation_id="reset_person", summary="Help a person in", sync_to_thread=True)
    def reset(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
        data: JSONBody[ResetIn],
    ) -> Response[ResetOut]:
        """Make a link by which a person chooses a new password, and with `second_step` a new second step.

        Until it is used nothing changes. An earlier link is good no longer.
        """

        def run() -> ResetOut:
            now = house.clock()
            token = house.database.writing(
                claims,
                lambda connection, who: start_reset(
                    connection,
                    who,
                    manage_person(connection, _manager(who, now), key),
                    now,
                    removes_factors=data.second_step,
                ),
            )
            return ResetOut(link=f"{house.settings.base_url}/reset?token={token!s}")

        return once.answer(run, shows_secret=True)

    @get(
        "/{key:str}/sessions",
        operation_id="list_person_sessions",
        summary="List sessions",
        sync_to_thread=True,
    )
    def sessions(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Page[SessionOut]:
        """List the browsers with which a person is signed in."""
        now = house.clock()
        with house.database.reading(claims) as (connection, principal):
            person = get_person(connection, principal, key)
            found = list_sessions(connection, person.id, now)
        return Page(
            items=[
                SessionOut(
                    id=one.id, created_at=one.created_at, seen_at=one.seen_at, expires_at=one.expires_at
                )
                for one in found
                if is_live(one, house.lobby.idle, now)
            ]
        )

    @delete(
        "/{key:str}/sessions", operation_id="end_person_sessions", summary="Sign out", sync_to_thread=True
    )
    def sign_out(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> None:
        """Sign a person out everywhere, at once; tokens that came of it are refused from this answer on."""
        now = house.clock()
        house.database.writing(
            claims,
            lambda connection, who: sign_out_everywhere(connection, _manager(who, now), key),
        )


def _manager(who: Principal, now: datetime) -> Manager:
    return Manager(by=who, allowed=scopes_of, now=now)


def _out(house: House, person: Person) -> PersonOut:
    identity = open_identity(house.keyring, person)
    return PersonOut(
        id=person.id,
        email=identity.email,
        name=identity.name,
        role=person.role,
        created_at=person.created_at,
        suspended_at=person.suspended_at,
        revision=person.revision,
    )
