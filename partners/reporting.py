"""Reporting: an administration's seizure is kept, traced to sellers, and moves their flags, all at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.db import hold
from partners.errors import RuleBroken
from partners.flagging import reassess_all
from partners.ids import new_id
from partners.principal import Claims, Principal
from partners.records.events import Fact, emit
from partners.records.links import KeyedParty, forget_links, keep_links, replace_seizure_keys
from partners.records.reports import SeizureReport, document_of, find_broken_rules, normalize
from partners.records.seizures import (
    Persons,
    Seizure,
    find_by_reference,
    get_seizure,
    items_of,
    keep_seizure,
    open_persons,
    seal_persons,
)
from partners.similar_goods import revisiting_goods
from partners.tracing import Compared, Desk, keys_of_persons, store_link, trace_persons

Outcome = Literal["created", "replaced", "equal"]
Allow = Callable[[int], None]
# So many are written in less than the time that others should wait for a write.
_AT_ONCE = 10


class Reported(Struct, frozen=True, kw_only=True):
    """A seizure that is kept now."""

    seizure: Seizure
    outcome: Outcome


def report_seizures(
    desk: Desk,
    claims: Claims,
    reports: Sequence[SeizureReport],
    now: datetime,
    allow: Allow | None = None,
) -> list[Reported | RuleBroken]:
    """Keep seizures by their references, in order, and trace them; one that breaks a rule is refused alone.

    Candidates are opened and compared before the write begins; in the write, under a lock that no other
    seizure and no seller passes, only those are compared that came in between.
    """
    broken = [find_broken_rules(report, now) for report in reports]
    good = [normalize(report) for report, rules in zip(reports, broken, strict=True) if not rules]
    kept = iter(
        [
            reported
            for start in range(0, len(good), _AT_ONCE)
            for reported in _commit(desk, claims, good[start : start + _AT_ONCE], now, allow)
        ]
    )
    return [RuleBroken(rules) if rules else next(kept) for rules in broken]


def _commit(
    desk: Desk, claims: Claims, reports: Sequence[SeizureReport], now: datetime, allow: Allow | None
) -> list[Reported]:
    going = Going(_compare_ahead(desk, reports), now, allow)

    def work(connection: Connection, principal: Principal) -> list[Reported]:
        hold(connection, "tracing")
        return [_keep(connection, desk, principal, report, going) for report in reports]

    return desk.database.acting("tracing", work, claims)


class Going(Struct, frozen=True):
    """What goes along with each report of a batch."""

    compared: Compared
    now: datetime
    allow: Allow | None


def _compare_ahead(desk: Desk, reports: Sequence[SeizureReport]) -> Compared:
    compared: Compared = {}
    with desk.database.surveying("tracing") as connection:
        for report in reports:
            trace_persons(connection, desk.keyring, report.persons, compared)
    return compared


def _keep(
    connection: Connection, desk: Desk, principal: Principal, report: SeizureReport, going: Going
) -> Reported:
    before = find_by_reference(connection, principal.organization_id, report.reference)
    standing = before if before and before.deleted_at is None else None
    if going.allow:
        going.allow(standing.revision if standing else 0)
    if standing and _says_the_same(connection, desk, standing, report):
        return Reported(seizure=standing, outcome="equal")
    seizure = _next_revision(desk, principal, before, report, going.now)
    with revisiting_goods(connection, before.id if before else None, report, going.now):
        keep_seizure(connection, seizure, report.items, is_new=before is None)
    linked, touched = _trace(connection, desk, seizure.id, report.persons, going)
    if standing is None:
        _tell(connection, seizure, linked, going.now)
    reassess_all(connection, touched, going.now, desk.flag_days)
    return Reported(seizure=seizure, outcome="replaced" if standing else "created")


def _says_the_same(connection: Connection, desk: Desk, seizure: Seizure, report: SeizureReport) -> bool:
    heads = [
        (thing.seizure_case_reference, thing.seized_on, thing.administration) for thing in (seizure, report)
    ]
    return (
        heads[0] == heads[1]
        and seizure.document == document_of(report)
        and open_persons(desk.keyring, seizure) == report.persons
        and tuple(items_of(connection, [seizure.id])[seizure.id]) == report.items
    )


def _next_revision(
    desk: Desk, principal: Principal, before: Seizure | None, report: SeizureReport, now: datetime
) -> Seizure:
    seizure_id = before.id if before else new_id("szr")
    return Seizure(
        id=seizure_id,
        organization_id=principal.organization_id,
        reference=report.reference,
        seizure_case_reference=report.seizure_case_reference,
        revision=before.revision + 1 if before else 1,
        seized_on=report.seized_on,
        administration=report.administration,
        document=document_of(report),
        persons=seal_persons(desk.keyring, report.persons, seizure_id),
        created_at=before.created_at if before else now,
        updated_at=now,
    )


def _trace(
    connection: Connection, desk: Desk, seizure_id: str, persons: Persons, going: Going
) -> tuple[set[str], set[str]]:
    """Renew a seizure's keys and links; returns the sellers linked now, and all whose history changed."""
    keys = keys_of_persons(desk.keyring, persons)
    held = [KeyedParty(key, seizure_id, role) for role, blind in keys.items() for key in sorted(blind)]
    replace_seizure_keys(connection, seizure_id, held)
    found = trace_persons(connection, desk.keyring, persons, going.compared)
    keep_links(connection, [store_link(seizure_id, trace, going.now) for trace in found])
    gone = forget_links(connection, seizure_id, {(trace.link.seller_id, trace.role) for trace in found})
    linked = {trace.link.seller_id for trace in found}
    return linked, linked | gone


def _tell(connection: Connection, seizure: Seizure, linked: set[str], now: datetime) -> None:
    data = {
        "reference": seizure.reference,
        "seizure_case_reference": seizure.seizure_case_reference,
        "seized_on": seizure.seized_on,
        "linked_sellers": len(linked),
    }
    fact = Fact(type="seizure.reported", subject=seizure.id, path=f"/v1/seizures/{seizure.id}", data=data)
    emit(connection, fact, [("customs", seizure.organization_id)], now)


def delete_seizure(desk: Desk, claims: Claims, key: str, now: datetime, allow: Allow | None = None) -> None:
    """Delete a seizure of the caller's own: its persons and links are destroyed, flags follow.

    Raises:
        NotFound: there is none, or it is another administration's.
    """

    def work(connection: Connection, principal: Principal) -> None:
        hold(connection, "tracing")
        seizure = get_seizure(connection, principal, key)
        if allow:
            allow(seizure.revision)
        gone = replace(
            seizure,
            deleted_at=now,
            updated_at=now,
            revision=seizure.revision + 1,
            persons=seal_persons(desk.keyring, Persons(), seizure.id),
        )
        with revisiting_goods(connection, seizure.id, None, now):
            keep_seizure(connection, gone, (), is_new=False)
        replace_seizure_keys(connection, seizure.id, ())
        reassess_all(connection, forget_links(connection, seizure.id), now, desk.flag_days)

    desk.database.acting("tracing", work, claims)
