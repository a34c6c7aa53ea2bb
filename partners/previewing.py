"""Previewing: advice on listings that are nobody's yet: no seller is known, and nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import asdict, replace

from matching.index import build_index
from matching.model import Offer
from matching.narrowing import Narrowness
from matching.scoring import Policy
from matching.surveying import survey
from partners.advising import Question, advise, make_offers
from partners.db import Database
from partners.enrolling import SellerDraft
from partners.errors import RuleBroken
from partners.explaining import Explanation, explain, word_survey
from partners.lines import Lines, present_lines
from partners.principal import Claims
from partners.records.calibrations import present_calibration
from partners.records.listings import ListingFields, find_broken_rules
from partners.records.marks import load_marks
from partners.records.organizations import get_organization
from partners.records.screenings import KeptScreening, Screening
from partners.registry import Registry, Snapshot
from partners.screening import Draft, ask, find_broken_rules_of, hide_evidence
from partners.standings import standings_of_references


def watch_list(database: Database, registry: Registry, organization_id: str) -> Snapshot:
    """One rights holder's own marks, as a small registry: much faster to search than all, and silent on the
    marks of others.

    Raises:
        NotFound: there is no such organization.
        NotReady: the registry is not loaded.
    """
    snapshot = registry.snapshot
    with database.surveying("access") as connection:
        get_organization(connection, organization_id)
    with database.surveying("registry") as connection:
        marks = list(load_marks(connection, organization_id))
    return replace(snapshot, index=build_index(marks, snapshot.index.lexicon))


def preview(
    database: Database,
    snapshot: Snapshot,
    drafts: Sequence[Draft],
    now: datetime,
    narrowness: Narrowness = "every",
) -> list[Screening | RuleBroken]:
    """Advise on drafts, in order; one that breaks a rule is refused alone."""
    broken = [find_broken_rules(draft.reference, draft.fields) for draft in drafts]
    good = [draft for draft, rules in zip(drafts, broken, strict=True) if not rules]
    with database.surveying("screening") as connection:
        questions = [Question(reference=draft.reference, fields=draft.fields) for draft in good]
        offers, lines = make_offers(connection, questions, now), present_lines(connection)
    lines = replace(lines, narrowness=narrowness)
    advice = iter(advise([draft.reference for draft in good], offers, snapshot, now, lines))
    return [RuleBroken(rules) if rules else hide_evidence(next(advice)) for rules in broken]


def explain_title(
    database: Database, registry: Registry, fields: ListingFields, policy: Policy, now: datetime
) -> Explanation:
    """Explain what a policy advises on one listing of nobody, and which marks it passes over; nothing is
    kept.

    Raises:
        NotReady: the registry is not loaded.
        RuleBroken: the listing breaks a rule.
    """
    if broken := find_broken_rules("", fields):
        raise RuleBroken(broken)
    snapshot = registry.snapshot
    with database.surveying("screening") as connection:
        [offer] = make_offers(connection, [Question(reference=fields.title, fields=fields)], now)
        lines = Lines(policy=policy, calibration=present_calibration(connection, policy.version))
    return _explained(fields.title, offer, snapshot, lines, now)


def explain_draft(
    database: Database, registry: Registry, claims: Claims, draft: Draft, now: datetime
) -> Explanation:
    """Explain what is advised now on a marketplace's draft, and which marks are passed over; nothing is kept.

    Raises:
        NotReady: the registry is not loaded.
        RuleBroken: the draft breaks a rule.
        Unauthorized: the caller is no longer good.
    """
    if broken := find_broken_rules_of(draft):
        raise RuleBroken(broken)
    snapshot = registry.snapshot
    seller = draft.seller.reference if isinstance(draft.seller, SellerDraft) else draft.seller
    mine = claims.organization_id
    with database.surveying("screening", claims) as connection:
        known = standings_of_references(connection, mine, {seller}) if seller else {}
        question = ask(mine, draft, known)
        [offer] = make_offers(connection, [question], now)
        lines = present_lines(connection)
    return _explained(draft.reference, offer, snapshot, lines, now)


def _explained(reference: str, offer: Offer, snapshot: Snapshot, lines: Lines, now: datetime) -> Explanation:
    [screening] = advise([reference], [offer], snapshot, now, lines)
    kept = KeptScreening(**asdict(screening))
    shown = {match.trademark.id: match.found for match in kept.matches}
    market = snapshot.market(offer.marketplace)
    found = survey(offer, snapshot.index, shown, lines.policy, market)
    return explain(kept, lines, rest=word_survey(found, snapshot.index, lines))
