"""Screening: listings meet the registry; the advice is given, and with `keep` it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from matching.model import Offer, SellerStanding
from partners.advising import Question, advise, make_offers
from partners.db import hold
from partners.enrolling import SellerDraft, enroll_sellers
from partners.errors import NotReady, RuleBroken
from partners.filing import file_listings
from partners.ids import looks_like_id, new_id
from partners.lines import Lines
from partners.principal import Claims, Principal
from partners.records.bare_sellers import ensure_sellers
from partners.records.feeds import last_place
from partners.records.listings import (
    Listing,
    ListingFields,
    ScreenedListing,
    find_broken_rules,
    hold_by_reference,
    to_fields,
)
from partners.records.screenings import ScreenedMatch, Screening
from partners.registry import Registry, Snapshot
from partners.standings import standings_of_references
from partners.telling import Filing
from partners.tracing import Desk

RETRO_SCREENING: Final = "retro_screening"
"""The lock that retro-screening starts under, and the feed that says up to which change it has started."""

_WAVE: Final = 125
"""Written in one transaction, which others wait for: of about a tenth of a second, if all are alerts."""
Outcome = Literal["created", "replaced", "equal"]
Allow = Callable[[int], None]


class Draft(Struct, frozen=True, kw_only=True):
    """A listing as its marketplace submits it; the seller by reference, or with all that is known of it."""

    reference: str
    fields: ListingFields
    seller: str | SellerDraft | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """A listing that is kept now, as the transaction wrote it: whoever wrote it since is answered apart."""

    listing: ScreenedListing
    outcome: Outcome


class RegistryOutdated(Exception):
    """Retro-screening has started with changes that this screening did not know."""

    def __init__(self, required: int) -> None:
        super().__init__(f"the registry index must know change {required}")
        self.required = required


class Screener:
    """Screens the listings of one process's callers against its registry."""

    def __init__(self, desk: Desk, registry: Registry, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._registry = registry
        self._clock = clock

    def screen(self, claims: Claims, drafts: Sequence[Draft]) -> list[Screening | RuleBroken]:
        """Advise on drafts, in order, and keep nothing; a draft that breaks a rule is refused alone.

        Raises:
            NotReady: the registry is being loaded.
            Unauthorized: the caller is no longer good.
        """
        now = self._clock()
        broken = [find_broken_rules_of(draft) for draft in drafts]
        good = [draft for draft, rules in zip(drafts, broken, strict=True) if not rules]
        with self._desk.database.surveying("screening", claims) as connection:
            registry = self._registry.snapshot
            offers, lines = self._prepare(connection, claims.organization_id, good, now)
        advice = iter(advise([draft.reference for draft in good], offers, registry, now, lines))
        return [RuleBroken(rules) if rules else hide_evidence(next(advice)) for rules in broken]

    def keep(
        self, claims: Claims, drafts: Sequence[Draft], allow: Allow | None = None
    ) -> list[Kept | RuleBroken]:
        """Screen and keep drafts, in order; a draft that breaks a rule is refused alone.

        A known reference is replaced. `allow` is asked with the present revision, 0 where there is none.

        Raises:
            NotReady: the registry is being loaded; nothing was kept.
            Unauthorized: the caller is no longer good.
        """
        now = self._clock()
        _ = self._registry.snapshot
        broken = [find_broken_rules_of(draft) for draft in drafts]
        broken = self._enroll(claims, drafts, broken, now)
        good = [draft for draft, rules in zip(drafts, broken, strict=True) if not rules]
        done = [kept for wave in _waves(good) for kept in self._keep(claims, wave, allow, now)]
        news = [each.listing for each in done if each.outcome != "equal"]
        self._registry.markets.learn(claims.organization_id, news)
        kept = iter(done)
        return [RuleBroken(rules) if rules else next(kept) for rules in broken]

    def _enroll(
        self,
        claims: Claims,
        drafts: Sequence[Draft],
        broken: list[list[tuple[str, str]]],
        now: datetime,
    ) -> list[list[tuple[str, str]]]:
        """Keep the sellers that come with their listings first, so that the advice knows them."""
        places = [
            place
            for place, draft in enumerate(drafts)
            if isinstance(draft.seller, SellerDraft) and not broken[place]
        ]
        if not places:
            return broken
        sellers = [seller for place in places if isinstance(seller := drafts[place].seller, SellerDraft)]
        enrolled = enroll_sellers(self._desk, claims, sellers, now)
        for place, result in zip(places, enrolled, strict=True):
            if isinstance(result, RuleBroken):
                broken[place] = [(f"/seller{pointer}", detail) for pointer, detail in result.errors]
        return broken

    def _keep(
        self, claims: Claims, drafts: Sequence[Draft], allow: Allow | None, now: datetime
    ) -> list[Kept]:
        """Advise outside of the transaction that writes, and again where the registry moved on meanwhile."""
        while True:
            try:
                return self._try_to_keep(claims, drafts, allow, now)
            except RegistryOutdated as outdated:
                self.catch_up(outdated.required)

    def _try_to_keep(
        self, claims: Claims, drafts: Sequence[Draft], allow: Allow | None, now: datetime
    ) -> list[Kept]:
        registry = self._registry.snapshot
        with self._desk.database.surveying("screening") as connection:
            offers, lines = self._prepare(connection, claims.organization_id, drafts, now)
        advice = advise([draft.reference for draft in drafts], offers, registry, now, lines)
        pairs = list(zip(drafts, advice, strict=True))

        def work(connection: Connection, principal: Principal) -> list[Kept]:
            check_registry(connection, registry)
            return self._write(connection, principal, pairs, allow, now)

        return self._desk.database.acting("screening", work, claims)

    def catch_up(self, required: int) -> None:
        """Let the registry index learn the changes up to a place.

        Raises:
            NotReady: they cannot be learned now.
        """
        while self._registry.refresh():
            pass
        if self._registry.version < required:
            raise NotReady("the registry index is behind")

    def _prepare(
        self, connection: Connection, organization_id: str, drafts: Sequence[Draft], now: datetime
    ) -> tuple[list[Offer], Lines]:
        """What the engine is to know of these drafts, and the lines that are drawn now."""
        references = {reference for draft in drafts if (reference := _seller_of(draft))}
        known = standings_of_references(connection, organization_id, references) if references else {}
        questions = [_ask(organization_id, draft, known) for draft in drafts]
        return make_offers(connection, questions, now), self._registry.lines.present(connection)

    def _write(
        self,
        connection: Connection,
        principal: Principal,
        pairs: Sequence[tuple[Draft, Screening]],
        allow: Allow | None,
        now: datetime,
    ) -> list[Kept]:
        organization_id = principal.organization_id
        references = {reference for draft, _ in pairs if (reference := _seller_of(draft))}
        keyring = self._desk.keyring
        sellers = ensure_sellers(connection, keyring, organization_id, references, now) if references else {}
        known = hold_by_reference(connection, organization_id, {draft.reference for draft, _ in pairs})
        filings: list[Filing] = []
        outcomes: list[Outcome] = []
        for draft, screening in pairs:
            before = known.get(draft.reference)
            if allow:
                allow(before.revision if before and before.deleted_at is None else 0)
            seller_id = sellers[reference] if (reference := _seller_of(draft)) else None
            listing, outcome = _next_revision(before, organization_id, draft, seller_id, now)
            filings.append(Filing(before=before, listing=listing, screening=screening))
            outcomes.append(outcome)
        standing = file_listings(connection, filings, now, self._desk.flag_days)
        return [
            Kept(listing=_show(filing, _seller_of(draft)), outcome=outcome)
            for filing, outcome, (draft, _) in zip(standing, outcomes, pairs, strict=True)
        ]


def find_broken_rules_of(draft: Draft) -> list[tuple[str, str]]:
    """What is wrong with a well-formed draft: pairs of JSON pointer and sentence."""
    broken = find_broken_rules(draft.reference, draft.fields)
    if isinstance(draft.seller, str) and looks_like_id(draft.seller):
        broken.append(("/seller", "name the seller by your own reference, not by our id"))
    return broken


def check_registry(connection: Connection, registry: Snapshot) -> None:
    """See, until the transaction ends, that no retro-screening has begun that the advice does not know.

    A listing that is written without a new mark's advice is thus committed before that mark's
    retro-screening begins, and is seen by it.

    Raises:
        RegistryOutdated: one has begun.
    """
    hold(connection, RETRO_SCREENING, shared=True)
    started = last_place(connection, RETRO_SCREENING)
    if registry.version < started:
        raise RegistryOutdated(started)


def _waves(drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """The drafts in order, a few at a time, cut where a reference comes again."""
    wave: dict[str, Draft] = {}
    for draft in drafts:
        if draft.reference in wave or len(wave) == _WAVE:
            yield list(wave.values())
            wave = {}
        wave[draft.reference] = draft
    if wave:
        yield list(wave.values())


def _seller_of(draft: Draft) -> str | None:
    return draft.seller.reference if isinstance(draft.seller, SellerDraft) else draft.seller


def _ask(organization_id: str, draft: Draft, known: Mapping[str, SellerStanding]) -> Question:
    reference = _seller_of(draft)
    seller = known.get(reference or "")
    mine = seller.id if seller else None
    return Question(draft.reference, draft.fields, organization_id, reference, mine, seller)


def _next_revision(
    before: Listing | None, organization_id: str, draft: Draft, seller_id: str | None, now: datetime
) -> tuple[Listing, Outcome]:
    document: dict[str, Any] = msgspec.to_builtins(draft.fields)
    listing = Listing(
        id=before.id if before else new_id("lst"),
        organization_id=organization_id,
        reference=draft.reference,
        revision=before.revision + 1 if before else 1,
        document=document,
        screening_id="",
        verdict="clear",
        created_at=before.created_at if before else now,
        updated_at=now,
        seller_id=seller_id,
    )
    if before is None or before.deleted_at is not None:
        return listing, "created"
    if (to_fields(before.document), before.seller_id) == (draft.fields, seller_id):
        return before, "equal"
    return listing, "replaced"


def _show(filing: Filing, seller: str | None) -> ScreenedListing:
    listing = filing.listing
    return ScreenedListing(
        id=listing.id,
        reference=listing.reference,
        revision=listing.revision,
        fields=to_fields(listing.document),
        seller_id=listing.seller_id,
        seller=seller,
        screening=hide_evidence(filing.screening),
    )


def hide_evidence(screening: Screening) -> Screening:
    """As a partner reads it: the evidence values stay inside."""
    names = ScreenedMatch.__struct_fields__
    plain = [ScreenedMatch(**{name: getattr(match, name) for name in names}) for match in screening.matches]
    return replace(screening, matches=tuple(plain))
