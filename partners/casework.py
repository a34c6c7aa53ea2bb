"""Casework: a notice, the case it opens, and the marketplace's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from matching.reason_codes import CONFIDENTIAL_CODES
from partners.approving import approve_text, disapprove_text
from partners.errors import Conflict, Forbidden, RuleBroken
from partners.flagging import reassess_seller_of
from partners.ids import new_id
from partners.preconditions import Conditions, check_change
from partners.principal import Claims, Kind, Principal
from partners.records import audit
from partners.records.cases import (
    LAWFUL_GROUNDS,
    Case,
    Decision,
    Grounds,
    Notice,
    add_case,
    add_notice,
    change_case,
    get_case,
    mark_withdrawn,
    newest_case_of,
)
from partners.records.events import Fact, emit
from partners.records.judgements import (
    JudgedMatch,
)
from partners.records.listings import find_listings
from partners.records.organizations import get_organization
from partners.tracing import Desk


class Ruling(Struct, frozen=True, kw_only=True):
    """What a marketplace decides on a case, with its statement of reasons (DSA Art. 17)."""

    decision: Decision
    grounds: Grounds
    statement: str


def decide(
    desk: Desk,
    claims: Claims,
    key: str,
    ruling: Ruling,
    conditions: Conditions,
    now: datetime,
) -> Case:
    """Decide a case, and bring its seller's flag up to that, in one transaction; see `decide_case`."""

    def work(connection: Connection, principal: Principal) -> Case:
        case = decide_case(connection, principal, key, ruling, conditions, now)
        reassess_seller_of(connection, case.listing_id, now, desk.flag_days)
        return case

    return desk.database.acting("casework", work, claims)


def file_notice(connection: Connection, principal: Principal, match: JudgedMatch, now: datetime) -> None:
    """File a notice on a confirmed match, open its case and ask for the takedown.

    A case that is open already stays as it is.
    """
    case = newest_case_of(connection, match.id)
    if case and case.state == "open":
        return
    notice = Notice(
        id=new_id("ntc"),
        match_id=match.id,
        rights_holder_id=match.rights_holder_id,
        marketplace_id=match.marketplace_id,
        document=_compose_notice(connection, match),
        filed_by=principal.actor,
        filed_at=now,
    )
    add_notice(connection, notice)
    audit.record(connection, principal, "notice.filed", notice.id, {"match_id": match.id}, now)
    case = _open_case(connection, match, notice, now)
    known: dict[str, object] = {
        "match_id": match.id,
        "notice_id": notice.id,
        "case_id": case.id,
        "mark": match.mark,
    }
    tell_both(connection, "notice.filed", notice.id, match, known, now)
    tell_both(connection, "case.opened", case.id, match, known, now)
    request: dict[str, object] = {
        "listing_id": match.listing_id,
        "listing_reference": match.listing_reference,
        "registration_number": match.registration_number,
    }
    fact = Fact(type="takedown.requested", subject=case.id, path=f"/v1/cases/{case.id}", data=known | request)
    emit(connection, fact, [("marketplace", match.marketplace_id)], now)


def _open_case(connection: Connection, match: JudgedMatch, notice: Notice, now: datetime) -> Case:
    case = Case(
        id=new_id("case"),
        notice_id=notice.id,
        match_id=match.id,
        listing_id=match.listing_id,
        trademark_id=match.trademark_id,
        rights_holder_id=match.rights_holder_id,
        marketplace_id=match.marketplace_id,
        revision=1,
        state="open",
        opened_at=now,
    )
    add_case(connection, case)
    return case


def _compose_notice(connection: Connection, match: JudgedMatch) -> dict[str, object]:
    """What DSA Art. 16 asks of a notice: who says it, of which listing, on which right, and why."""
    return {
        "notifier": get_organization(connection, match.rights_holder_id).name,
        "statement": match.judgement_reason,
        "trademark": {
            "id": match.trademark_id,
            "mark": match.mark,
            "office": match.office,
            "registration_number": match.registration_number,
        },
        "listing": {
            "id": match.listing_id,
            "reference": match.listing_reference,
            "title": match.listing.get("title"),
            "url": match.listing.get("url"),
        },
        "found": match.found,
        "reasons": [reason for reason in match.reasons if reason["code"] not in CONFIDENTIAL_CODES],
    }


def withdraw_notice(connection: Connection, principal: Principal, match: JudgedMatch, now: datetime) -> None:
    """Take a match's notice back and close its case.

    Raises:
        Conflict: the case is decided.
    """
    case = newest_case_of(connection, match.id)
    if case is None:
        return
    case = get_case(connection, principal, case.id, lock=True)
    if case.decision is not None:
        raise Conflict("the case is decided: its notice cannot be taken back", "case-decided")
    closed = replace(case, state="closed", closed_at=now, revision=case.revision + 1)
    change_case(connection, closed)
    mark_withdrawn(connection, case.notice_id, now)
    audit.record(connection, principal, "notice.withdrawn", case.notice_id, {"case_id": case.id}, now)
    known = {"match_id": match.id, "notice_id": case.notice_id, "state": closed.state}
    tell_both(connection, "case.withdrawn", case.id, match, known, now)


def decide_case(
    connection: Connection,
    principal: Principal,
    key: str,
    ruling: Ruling,
    conditions: Conditions,
    now: datetime,
) -> Case:
    """Keep the marketplace's decision and close the case; saying the same again changes nothing.

    Raises:
        NotFound, Forbidden: the case is not this marketplace's to decide.
        RuleBroken: the grounds do not carry the decision.
        Conflict: the notice was withdrawn.
        PreconditionFailed, PreconditionRequired: see `check_change`; a first decision needs no `If-Match`.
    """
    _check_grounds(ruling)
    case = get_case(connection, principal, key, lock=True)
    if case.marketplace_id != principal.organization_id:
        raise Forbidden("only the marketplace decides a case")
    if case.state == "closed" and case.decision is None:
        raise Conflict("the notice was taken back: there is nothing left to decide", "notice-withdrawn")
    if (case.decision, case.grounds, case.statement) == (ruling.decision, ruling.grounds, ruling.statement):
        return case
    check_change(conditions, case.revision, overwrites=case.decision is not None)
    decided = replace(
        case,
        state="closed",
        decision=ruling.decision,
        grounds=ruling.grounds,
        statement=ruling.statement,
        decided_by=principal.actor,
        decided_at=now,
        closed_at=now,
        revision=case.revision + 1,
    )
    change_case(connection, decided)
    _let_text_count(connection, case, decided, now)
    audit.record(connection, principal, f"case.{ruling.decision}", case.id, {"grounds": ruling.grounds}, now)
    known = {
        "match_id": case.match_id,
        "decision": ruling.decision,
        "grounds": ruling.grounds,
        "state": decided.state,
    }
    tell_both(connection, "case.decided", case.id, decided, known, now)
    return decided


def _let_text_count(connection: Connection, before: Case, decided: Case, now: datetime) -> None:
    """Who keeps a listing approves of its text as it is now."""
    for listing in find_listings(connection, [decided.listing_id]):
        if decided.decision == "kept":
            approve_text(connection, listing.id, listing.document, decided.id, now)
        elif before.decision == "kept":
            disapprove_text(connection, listing.id, listing.document, decided.id, now)


def _check_grounds(ruling: Ruling) -> None:
    if (ruling.decision == "kept") != (ruling.grounds in LAWFUL_GROUNDS):
        raise RuleBroken([("/grounds", f"{ruling.grounds} is no ground to have a listing {ruling.decision}")])


def tell_both(
    connection: Connection,
    type_: str,
    subject: str,
    concerned: JudgedMatch | Case,
    data: Mapping[str, object],
    now: datetime,
) -> None:
    """Tell both sides of a match or case."""
    noun = {"mch": "matches", "ntc": "notices", "case": "cases"}[subject.split("_", 1)[0]]
    fact = Fact(type=type_, subject=subject, path=f"/v1/{noun}/{subject}", data=data)
    both: Sequence[tuple[Kind, str]] = (
        ("marketplace", concerned.marketplace_id),
        ("rights_holder", concerned.rights_holder_id),
    )
    emit(connection, fact, both, now)
