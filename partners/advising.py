"""Advice: a listing as the engine sees it, and its verdict as partners read it; nothing is kept here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from matching.calibration import score_by
from matching.index import Index
from matching.model import Mark, Match, Offer, SellerStanding, Verdict
from matching.screening import screen_many
from partners.lines import SHIPPED, Lines
from partners.records.approvals import approved_texts, digest_of
from partners.records.barcodes import holders_of
from partners.records.licensees import Account, licenses_of
from partners.records.listings import ListingFields
from partners.records.screenings import KeptMatch, Screening, TrademarkNamed, see_seizures, see_seller
from partners.registry import Snapshot
from partners.standings import standings_of
from partners.tracing import similar_seizures


class Question(Struct, frozen=True):
    """A listing to advise on, of a marketplace; `seller_id` is None when its seller is not known to us.

    `seller` is what its flag says of it, where that has been asked already.
    """

    reference: str
    fields: ListingFields
    organization_id: str = ""
    seller_reference: str | None = None
    seller_id: str | None = None
    seller: SellerStanding | None = None


def make_offers(connection: Connection, questions: Sequence[Question], now: datetime) -> list[Offer]:
    """Each question as an offer, with what is known of its seller, its barcode, its earlier texts and of
    seizures like it.
    """
    sellers = _find_sellers(connection, questions, now)
    approved = _find_approved(connection, questions)
    holders = holders_of(connection, {each.fields.gtin for each in questions if each.fields.gtin})
    offers = [
        replace(
            _plain_offer(question, now),
            seller=seller,
            changed_after_approval=_is_changed(question, approved),
            barcode_holders=holders.get(question.fields.gtin or "", frozenset()),
        )
        for question, seller in zip(questions, sellers, strict=True)
    ]
    histories = similar_seizures(connection, offers, now.date())
    return [replace(offer, seizures=history) for offer, history in zip(offers, histories, strict=True)]


def _find_sellers(
    connection: Connection, questions: Sequence[Question], now: datetime
) -> list[SellerStanding]:
    """What is known of the seller of each question; one that we do not know may be licensed all the same."""
    known = {question.seller_id for question in questions if question.seller_id and not question.seller}
    standings = standings_of(connection, known) if known else {}
    sellers = [
        question.seller
        or standings.get(question.seller_id or "", SellerStanding(reference=question.seller_reference))
        for question in questions
    ]
    accounts = [
        Account(question.organization_id, seller.reference or "")
        for question, seller in zip(questions, sellers, strict=True)
    ]
    asked = {account for account in accounts if account.marketplace_id and account.seller}
    licenses = licenses_of(connection, asked, now.date()) if asked else {}
    return [
        replace(seller, licenses=licenses[account]) if account in licenses else seller
        for seller, account in zip(sellers, accounts, strict=True)
    ]


def _find_approved(connection: Connection, questions: Sequence[Question]) -> dict[tuple[str, str], set[str]]:
    """The texts of the same listings that a person approved of."""
    keys = {(each.organization_id, each.reference) for each in questions if each.organization_id}
    return approved_texts(connection, keys) if keys else {}


def _is_changed(question: Question, approved: Mapping[tuple[str, str], set[str]]) -> bool:
    texts = approved.get((question.organization_id, question.reference))
    return texts is not None and digest_of(question.fields) not in texts


def _plain_offer(question: Question, now: datetime) -> Offer:
    """A question as an offer of a stranger, with what it says itself."""
    fields = question.fields
    return Offer(
        title=fields.title,
        screened_on=now.date(),
        description=fields.description,
        brand=fields.brand,
        category=fields.category,
        nice_classes=frozenset(fields.nice_classes),
        price=fields.price,
        quantity=fields.quantity,
        condition=fields.condition,
        gtin=fields.gtin,
        ships_from=fields.ships_from,
        ships_to=frozenset(fields.ships_to),
        language=fields.language,
        seller=SellerStanding(reference=question.seller_reference),
        marketplace=question.organization_id,
    )


def advise(
    references: Sequence[str],
    offers: Sequence[Offer],
    registry: Snapshot,
    now: datetime,
    lines: Lines = SHIPPED,
) -> list[Screening]:
    """Ask the engine, and word its verdicts, in the order of the offers, all looked up at once.

    The screenings have no ids yet, their matches carry their evidence.
    """
    index = registry.index
    verdicts = screen_many(offers, index, lines.policy, lines.own, registry.market, lines.narrowness)
    scored = (
        (reference, offer, verdict, score_by(lines.calibration, verdict.score, verdict.policy_version))
        for reference, offer, verdict in zip(references, offers, verdicts, strict=True)
    )
    return [
        Screening(
            id=None,
            listing=reference,
            verdict=verdict.verdict,
            score=told.score,
            limits=_limits_of(verdict, registry),
            matches=_name_matches(verdict, index, lines),
            seizures=see_seizures(offer.seizures),
            seller=see_seller(offer.seller),
            policy_version=verdict.policy_version,
            registry_version=registry.version,
            screened_at=now,
            score_basis=told.basis,
            calibration=told.version,
        )
        for reference, offer, verdict, told in scored
    ]


def _limits_of(verdict: Verdict, registry: Snapshot) -> tuple[str, ...]:
    """The caps reached and the sources that are not up to date, each counted."""
    limits = tuple(sorted({*verdict.limits, *registry.stale})) if registry.stale else verdict.limits
    if limits:
        registry.caps.count(limits)
    return limits


def _name_matches(verdict: Verdict, index: Index, lines: Lines) -> tuple[KeptMatch, ...]:
    sure = [match for match in verdict.matches if match.score >= lines.policy.thresholds.shown]
    found = [(match, index.mark(match.mark_id)) for match in sure]
    return tuple(_name_match(match, mark, lines) for match, mark in found if mark is not None)


def name_mark(mark: Mark) -> TrademarkNamed:
    """A registration as everybody may know it."""
    return TrademarkNamed(
        id=mark.id, mark=mark.text, office=mark.office, registration_number=mark.registration_number
    )


def _name_match(match: Match, mark: Mark, lines: Lines) -> KeptMatch:
    own = lines.own.get(mark.rights_holder)
    return KeptMatch(
        id=None,
        verdict=match.verdict,
        trademark=name_mark(mark),
        found=match.found,
        also_found=match.also_found,
        similarity=match.similarity,
        use=match.use,
        evasions=match.evasions,
        score=match.score,
        reasons=match.reasons,
        comparisons=match.comparisons,
        rights_holder_id=mark.rights_holder,
        policy_version=own.version if own else None,
    )
