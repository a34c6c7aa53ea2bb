"""Staffing: an organization's admins change roles, suspend people and let them go, at once.

An organization keeps one admin who may sign in; only the operator's command line makes the first.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.db import hold
from partners.errors import Conflict
from partners.inviting import Allowed, check_role
from partners.preconditions import Conditions, check_change
from partners.principal import Principal, Role
from partners.records import audit
from partners.records.people import Person, change_person, count_admins, get_person, remove_person
from partners.records.sessions import end_sessions


class PersonChange(Struct, frozen=True, kw_only=True):
    """What shall be different; what is unset stays."""

    role: Role | UnsetType = UNSET
    is_suspended: bool | UnsetType = UNSET


class Manager(Struct, frozen=True, kw_only=True):
    """Who manages people, what each role may do, and the time."""

    by: Principal
    allowed: Allowed
    now: datetime


def manage_person(connection: Connection, manager: Manager, key: str) -> Person:
    """Find a person that `manager` may change, and hold the organization's staff.

    Raises:
        NotFound: it is none of the organization's.
        Forbidden: it may do what the token of the manager may not.
    """
    hold(connection, f"staff {manager.by.organization_id}")
    person = get_person(connection, manager.by, key, to_change=True)
    check_role(manager.by, person.role, manager.allowed)
    return person


def alter_person(
    connection: Connection, manager: Manager, key: str, change: PersonChange, conditions: Conditions
) -> Person:
    """Give a person another role, suspend it or let it in again; tokens of before are good no longer.

    Raises:
        NotFound, Forbidden, PreconditionRequired, PreconditionFailed.
        Conflict: nobody would be left to manage the organization's people.
    """
    before, now = manage_person(connection, manager, key), manager.now
    check_change(conditions, before.revision, overwrites=True)
    after = replace(before, revision=before.revision + 1)
    if change.role is not UNSET:
        check_role(manager.by, change.role, manager.allowed)
        after = replace(after, role=change.role)
    if change.is_suspended is not UNSET:
        after = replace(after, suspended_at=(before.suspended_at or now) if change.is_suspended else None)
    change_person(connection, after)
    if after.suspended_at:
        end_sessions(connection, after.id)
    _keep_an_admin(connection, before)
    detail = {"role": after.role, "role_before": before.role, "suspended": after.suspended_at is not None}
    audit.record(connection, manager.by, "person.changed", after.id, detail, now)
    return after


def dismiss(connection: Connection, manager: Manager, key: str) -> None:
    """Erase a person; what it did stays in the audit log, under its id alone.

    Raises:
        NotFound, Forbidden.
        Conflict: nobody would be left to manage the organization's people.
    """
    person = manage_person(connection, manager, key)
    remove_person(connection, person.id)
    _keep_an_admin(connection, person)
    audit.record(connection, manager.by, "person.removed", person.id, {"role": person.role}, manager.now)


def sign_out_everywhere(connection: Connection, manager: Manager, key: str) -> None:
    """End all sessions of a person, and what was granted in them."""
    person = manage_person(connection, manager, key)
    ended = end_sessions(connection, person.id)
    audit.record(connection, manager.by, "person.signed_out", person.id, {"sessions": ended}, manager.now)


def _keep_an_admin(connection: Connection, before: Person) -> None:
    was_one = before.role == "admin" and before.suspended_at is None
    if was_one and not count_admins(connection, before.organization_id):
        raise Conflict("it would leave the organization without an admin", "last-admin")
