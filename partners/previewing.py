"""Previewing: advice on listings that are nobody's yet: no seller is known, and nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import asdict, replace

from matching.index import build_index
from matching.narrowing import Narrowness
from matching.scoring import Policy
from partners.advising import Question, advise, make_offers
from partners.db import Database
from partners.errors import RuleBroken
from partners.lines import Lines, present_lines
from partners.records.listings import ListingFields, find_broken_rules
from partners.records.marks import load_marks
from partners.records.organizations import get_organization
from partners.records.screenings import KeptScreening, Screening
from partners.registry import Registry, Snapshot
from partners.screening import Draft, hide_evidence


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


def preview_one(
    database: Database, registry: Registry, fields: ListingFields, policy: Policy, now: datetime
) -> KeptScreening:
    """Advise on one listing under a policy, with the evidence of every mark that was looked at, however
    unlikely; nothing is kept.

    Raises:
        NotReady: the registry is not loaded.
        RuleBroken: the listing breaks a rule.
    """
    if broken := find_broken_rules("", fields):
        raise RuleBroken(broken)
    snapshot = registry.snapshot
    with database.surveying("screening") as connection:
        offers = make_offers(connection, [Question(reference=fields.title, fields=fields)], now)
    open_eyed = replace(policy, thresholds=replace(policy.thresholds, shown=0.0))
    [screening] = advise([fields.title], offers, snapshot, now, Lines(policy=open_eyed))
    return KeptScreening(**asdict(screening))
