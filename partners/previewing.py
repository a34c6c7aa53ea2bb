"""Previewing: advice on listings that are nobody's yet: no seller is known, and nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from partners.advising import Question, advise, make_offers
from partners.db import Database
from partners.errors import RuleBroken
from partners.records.listings import find_broken_rules
from partners.records.screenings import Screening
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
        offers = make_offers(connection, questions, now)
    advice = iter(
        [advise(draft.reference, offer, snapshot, now) for draft, offer in zip(good, offers, strict=True)]
    )
    return [RuleBroken(rules) if rules else hide_evidence(next(advice)) for rules in broken]
