"""Summoning: the operator's command line invites an organization's first admin, and lets people back in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from partners.client_secrets import NewSecret
from partners.db import Database
from partners.errors import NotFound
from partners.inviting import Invited, invite, start_reset
from partners.keyring import Keyring
from partners.principal import Principal, Role
from partners.records import audit
from partners.records.organizations import get_organization
from partners.records.people import Identity, email_index, find_person


def summon(
    database: Database,
    keyring: Keyring,
    organization_id: str,
    whom: tuple[str, str, Role],
    lasting: timedelta,
    now: datetime,
) -> Invited:
    """Invite `whom` (address, name, role) into an organization.

    Raises:
        NotFound: there is no such organization.
        RuleBroken: it is no address.
    """
    email, name, role = whom

    def work(connection: Connection, _: object) -> Invited:
        by = _operator(connection, organization_id)
        return invite(connection, keyring, by, (Identity(email=email, name=name), role), lasting, now)

    return database.acting("access", work)


def summon_back(
    database: Database, keyring: Keyring, email: str, now: datetime, *, removes_factors: bool
) -> NewSecret:
    """Make a link by which the person of an address chooses a new password.

    Raises:
        NotFound: the address is nobody's.
    """

    def work(connection: Connection, _: object) -> NewSecret:
        person = find_person(connection, email_index(keyring, email))
        if person is None:
            raise NotFound("nobody signs in with this address")
        by = _operator(connection, person.organization_id)
        return start_reset(connection, by, person, now, removes_factors=removes_factors)

    return database.acting("access", work)


def _operator(connection: Connection, organization_id: str) -> Principal:
    organization = get_organization(connection, organization_id)
    return Principal(organization_id=organization.id, kind=organization.kind, client_id=audit.COMMAND_LINE)
