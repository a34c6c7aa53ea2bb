"""Previewing: advice on listings that are nobody's yet: no seller is known, and nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import asdict, replace

from matching.scoring import Policy
from partners.advising import Question, advise, make_offers
from partners.db import Database
from partners.errors import RuleBroken
from partners.lines import Lines
from partners.records.listings import ListingFields, find_broken_rules
from partners.records.screenings import KeptScreening, Screening
from partners.registry import Registry
from partners.screening import Draft, hide_evidence


def preview(
    database: Database, registry: Registry, drafts: Sequence[Draft], now: datetime
) -> list[Screening | RuleBroken]:
    """Advise on drafts, in order; one that breaks a rule is refused alone.

    Raises:
        NotReady: the registry is not loaded.
    """
    snapshot = registry.snapshot
    broken = [find_broken_rules(draft.reference, draft.fields) for draft in drafts]
    good = [draft for draft, rules in zip(drafts, broken, strict=True) if not rules]
    with database.surveying("screening") as connection:
        questions = [Question(reference=draft.reference, fields=draft.fields) for draft in good]
        offers, lines = make_offers(connection, questions, now), registry.lines.present(connection)
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
