"""Registering: a rights holder's registrations are kept by their references, and told to itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from matching.lexicon import chance_per_million
from matching.normalization import canonical_text
from partners.db import Database
from partners.errors import RuleBroken
from partners.licensing import hold_licenses
from partners.principal import Claims, Principal
from partners.records.events import Fact, emit
from partners.records.trademarks import (
    Outcome,
    Trademark,
    TrademarkFields,
    delete_trademark,
    find_broken_rules,
    get_trademark,
    hold_revisions,
    put_trademarks,
)
from partners.reference.frequencies import lexicon


class ChanceHit(Struct, frozen=True, kw_only=True):
    """A spelling or product name, and about how many of a million ordinary titles hold it by chance."""

    text: str
    per_million: float


Allow = Callable[[int], None]


class Registered(Struct, frozen=True, kw_only=True):
    """A registration that is kept now."""

    trademark: Trademark
    outcome: Outcome


def register_trademarks(
    database: Database,
    claims: Claims,
    rows: Sequence[TrademarkFields],
    now: datetime,
    allow: Allow | None = None,
) -> list[Registered | RuleBroken]:
    """Keep registrations by their references, in order; one that breaks a rule is refused alone.

    `allow` is asked with the present revision, 0 where there is none, before anything is written. The
    stored listings meet what is new later, by retro-screening.
    """
    broken = [find_broken_rules(row) for row in rows]
    good = [row for row, rules in zip(rows, broken, strict=True) if not rules]

    def work(connection: Connection, principal: Principal) -> list[Registered]:
        organization_id = principal.organization_id
        if allow:
            for revision in hold_revisions(connection, organization_id, [row.reference for row in good]):
                allow(revision)
        kept = put_trademarks(connection, organization_id, good, now)
        for trademark, outcome in kept:
            if outcome == "created":
                _tell(connection, trademark, now)
        return [Registered(trademark=trademark, outcome=outcome) for trademark, outcome in kept]

    kept = iter(database.writing(claims, work) if good else [])
    return [RuleBroken(rules) if rules else next(kept) for rules in broken]


def find_chance_hits(trademark: Trademark) -> list[ChanceHit]:
    """What each spelling and product name of a registration is likely to find by chance."""
    return [
        ChanceHit(text=text, per_million=chance_per_million(canonical_text(text).split(), lexicon()))
        for text in (*trademark.spellings, *trademark.products)
    ]


def remove_trademark(
    database: Database, claims: Claims, key: str, now: datetime, allow: Allow | None = None
) -> None:
    """Take a registration out of the registry; its matches are withdrawn by retro-screening.

    Its licensees go with it.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """

    def work(connection: Connection, principal: Principal) -> None:
        hold_licenses(connection, principal.organization_id)  # they go with it
        if allow:
            allow(get_trademark(connection, principal, key, lock=True).revision)
        delete_trademark(connection, principal, key, now)

    database.writing(claims, work)


def _tell(connection: Connection, trademark: Trademark, now: datetime) -> None:
    fact = Fact(
        type="trademark.registered",
        subject=trademark.id,
        path=f"/v1/trademarks/{trademark.id}",
        data={"reference": trademark.reference, "mark": trademark.mark, "office": trademark.office},
    )
    emit(connection, fact, [("rights_holder", trademark.organization_id)], now)
