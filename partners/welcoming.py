"""Welcoming: whom an outside provider names comes in, if it was invited."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from partners.inviting import LinkRefused, enter
from partners.keyring import Keyring
from partners.outside import Outsider
from partners.records import audit
from partners.records.invitations import find_invited, invited_key, open_invited
from partners.records.organizations import get_organization
from partners.records.people import (
    Person,
    change_person,
    email_index,
    find_person,
    open_identity,
    seal_identity,
    subject_index,
    write_keys,
)
from partners.signing_in import Lobby, Opened, open_session, principal_of


def welcome(lobby: Lobby, outsider: Outsider, now: datetime) -> Opened | None:
    """Open a whole session for whom the provider has named: it has seen to the second step.

    A person is known by the provider's subject. The first time it is found by its invitation, or, where it
    signed in with us before, by its address, if the provider says that it has verified that.
    """

    def work(connection: Connection, _: object) -> Opened | None:
        person = find_person(connection, subject_index(lobby.keyring, outsider.subject))
        if person is None and outsider.is_verified and outsider.email:
            person = _meet(connection, lobby.keyring, outsider, now)
        if person is None:
            return None
        organization = get_organization(connection, person.organization_id)
        if person.suspended_at or organization.suspended_at:
            return None
        opened = open_session(connection, person.id, "whole", lobby.life, now)
        detail = {"session_id": opened.session.id, "by": "outside"}
        by = principal_of(person, organization.kind)
        audit.record(connection, by, "person.signed_in", person.id, detail, now)
        return opened

    try:
        return lobby.database.acting("access", work)
    except LinkRefused:
        return None


def _meet(connection: Connection, keyring: Keyring, outsider: Outsider, now: datetime) -> Person | None:
    known = find_person(connection, email_index(keyring, outsider.email))
    if known is not None:
        identity = open_identity(keyring, known)
        if identity.subject is not None or known.suspended_at:
            return None  # the address went to somebody else there
        linked = replace(identity, subject=outsider.subject)
        known = replace(known, document=seal_identity(keyring, known.id, linked), password_hash=None)
        change_person(connection, known)
        write_keys(connection, keyring, known)
        return known
    invitation = find_invited(connection, invited_key(keyring, outsider.email), now)
    if invitation is None:
        return None
    invited = open_invited(keyring, invitation)
    identity = replace(invited, subject=outsider.subject, name=invited.name or outsider.name)
    return enter(connection, keyring, invitation, identity, now)
