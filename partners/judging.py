"""Judging: what a person of the rights holder says of a match, and what follows from it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.approving import approve_text, disapprove_text
from partners.casework import file_notice, tell_both, withdraw_notice
from partners.errors import Conflict, RuleBroken
from partners.filing import refile_listing
from partners.flagging import reassess_seller_of
from partners.preconditions import Conditions, check_change
from partners.principal import Claims, Principal
from partners.records import audit
from partners.records.judgements import JudgedMatch, JudgementName, get_judged_match, set_judgement
from partners.tracing import Desk

LONGEST: Final = timedelta(days=3653)
"""A judgement that is to hold for longer than ten years needs no end."""


class Opinion(Struct, frozen=True, kw_only=True):
    """What a rights holder says of a match, why, and the last day (UTC) on which that holds."""

    judgement: JudgementName
    reason: str
    expires_on: date | None = None


def judge(
    desk: Desk,
    claims: Claims,
    key: str,
    opinion: Opinion,
    conditions: Conditions,
    now: datetime,
) -> JudgedMatch:
    """Judge a match, and bring its seller's flag up to that, in one transaction; see `judge_match`."""

    def work(connection: Connection, principal: Principal) -> JudgedMatch:
        match = judge_match(connection, principal, key, opinion, conditions, now)
        reassess_seller_of(connection, match.listing_id, now, desk.flag_days)
        return match

    return desk.database.acting("casework", work, claims)


def judge_match(
    connection: Connection,
    principal: Principal,
    key: str,
    opinion: Opinion,
    conditions: Conditions,
    now: datetime,
) -> JudgedMatch:
    """Keep a judgement; confirming files a notice, which opens a case and asks for the takedown.

    Saying the same again changes nothing. Taking a confirmation back withdraws the notice as long as
    the marketplace has not decided.

    Raises:
        NotFound: the match is not on one of the principal's registrations.
        PreconditionFailed, PreconditionRequired: see `check_change`.
        RuleBroken: it expires on a day that cannot be.
        Conflict: the case was decided, so its notice cannot be taken back; or it confirms a match that
            stands no longer, since its listing is gone or says something else.
    """
    match = get_judged_match(connection, principal, key, lock=True)
    said = (match.judgement, match.judgement_reason, match.judgement_expires_on)
    if said == (opinion.judgement, opinion.reason, opinion.expires_on):
        return match
    _check_expiry(opinion, now.date())
    check_change(conditions, match.judgement_revision, overwrites=match.judgement is not None)
    if opinion.judgement == "confirmed" and match.withdrawn_at is not None:
        raise Conflict("the match was withdrawn: there is nothing left to confirm", "match-withdrawn")
    judged = replace(
        match,
        judgement=opinion.judgement,
        judgement_reason=opinion.reason,
        judgement_expires_on=opinion.expires_on,
        judgement_revision=match.judgement_revision + 1,
        judged_by=principal.actor,
        judged_at=now,
    )
    set_judgement(connection, judged)
    _let_text_count(connection, match, judged, now)
    until = {"expires_on": opinion.expires_on.isoformat()} if opinion.expires_on else {}
    audit.record(connection, principal, f"match.{opinion.judgement}", match.id, until, now)
    data = {"judgement": opinion.judgement, "reason": opinion.reason}
    tell_both(connection, "match.judged", judged.id, judged, data, now)
    if opinion.judgement == "confirmed":
        file_notice(connection, principal, judged, now)
    elif match.judgement == "confirmed":
        withdraw_notice(connection, principal, judged, now)
    if "rejected" in {match.judgement, opinion.judgement}:
        refile_listing(connection, match.listing_id, now)
    return judged


def _let_text_count(connection: Connection, before: JudgedMatch, judged: JudgedMatch, now: datetime) -> None:
    """Who rejects a match approves of the listing's text; not of one that names the mark no longer."""
    if judged.judgement == "rejected":
        if judged.withdrawn_at is None:
            approve_text(connection, judged.listing_id, judged.listing, judged.id, now)
    elif before.judgement == "rejected":
        disapprove_text(connection, judged.listing_id, judged.listing, judged.id, now)


def _check_expiry(opinion: Opinion, today: date) -> None:
    if opinion.expires_on is None:
        return
    if opinion.judgement == "confirmed":
        told = "a confirmation files a notice, which is taken back and does not expire"
    elif not today < opinion.expires_on <= today + LONGEST:
        told = "it has to be a day after today, ten years ahead at most"
    else:
        return
    raise RuleBroken([("/expires_on", told)])
