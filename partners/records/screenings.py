"""Screenings: the advice given on a listing, kept as it was given."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    select,
    update,
)

from matching.calibration import ScoreBasis
from matching.model import (
    Comparison,
    Reason,
    RiskLevel,
    SeizureHistory,
    SellerStanding,
    Span,
    Use,
    VerdictName,
)
from partners.bulk import insert_rows
from partners.db import UTC, JSONDocument, metadata
from partners.errors import Gone, NotFound
from partners.principal import Principal

# One row per screening that was kept; a listing names its present one.
screenings = Table(
    "screenings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("listing_id", String(40), ForeignKey("listings.id"), nullable=False),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("listing_revision", Integer, nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("score", Float, nullable=False),
    # The Screening with every match's evidence values, so that it can be recomputed.
    Column("document", JSONDocument, nullable=False),
    Column("policy_version", String(60), nullable=False),
    Column("registry_version", BigInteger, nullable=False),
    Column("screened_at", UTC, nullable=False),
    Index("ix_screenings_listing_id", "listing_id", "id"),
)

Band = Literal["none", "1-9", "10+"]


class TrademarkNamed(Struct, frozen=True, kw_only=True):
    """The registration of a match, as everybody may know it."""

    id: str
    mark: str
    office: str
    registration_number: str | None


class ScreenedMatch(Struct, frozen=True, kw_only=True):
    """A registration found in a listing: as what, how sure, and why; `id` is null when nothing is kept.

    `policy_version` is that of the rights holder's own policy, null where the screening's speaks.
    """

    id: str | None
    verdict: VerdictName
    trademark: TrademarkNamed
    found: Span
    also_found: tuple[Span, ...]
    similarity: float
    use: Use
    evasions: tuple[str, ...]
    score: float
    reasons: tuple[Reason, ...]
    policy_version: str | None = None


class KeptMatch(ScreenedMatch, frozen=True, kw_only=True):
    """The same with its evidence values, for the screening's own row.

    `is_rejected` tells that a person's judgement, not the evidence, makes it clear.
    """

    comparisons: tuple[Comparison, ...]
    rights_holder_id: str
    is_rejected: bool = False


class SeizuresSeen(Struct, frozen=True, kw_only=True):
    """Seizures of goods like these, in bands: customs' figures are not a marketplace's to count."""

    similar: Band
    reasons: tuple[Reason, ...]


class SellerSeen(Struct, frozen=True, kw_only=True):
    reference: str
    risk: RiskLevel
    reasons: tuple[Reason, ...]


class Screening(Struct, frozen=True, kw_only=True):
    """The advice on one listing; `id` is null when nothing is kept, `limits` names caps that were reached
    and sources that were not up to date (`partners.caps.CAPS`).

    `score` is how likely a person would act on it: the policy's estimate, or what people's judgements of
    such estimates make of it, by the table `calibration`. The verdict rests on rules and never on the score.
    """

    id: str | None
    listing: str
    verdict: VerdictName
    score: float
    limits: tuple[str, ...]
    matches: tuple[ScreenedMatch, ...]
    seizures: SeizuresSeen
    seller: SellerSeen | None
    policy_version: str
    registry_version: int
    screened_at: datetime
    score_basis: ScoreBasis = "estimate"
    calibration: int | None = None


class KeptScreening(Screening, frozen=True, kw_only=True):
    """A kept screening with the evidence values of its matches."""

    matches: tuple[KeptMatch, ...]


def see_seizures(history: SeizureHistory) -> SeizuresSeen:
    """What a marketplace may know of similar seizures."""
    band: Band = "10+" if history.similar >= 10 else "1-9" if history.similar else "none"
    return SeizuresSeen(similar=band, reasons=history.reasons)


def see_seller(standing: SellerStanding) -> SellerSeen | None:
    """What a marketplace may know of its seller's standing; None when the listing names no seller."""
    if standing.reference is None:
        return None
    return SellerSeen(reference=standing.reference, risk=standing.risk, reasons=standing.reasons)


def says_the_same(one: Screening, other: Screening) -> bool:
    """Tell whether two screenings of one listing give the same advice for the same reasons.

    What was known of its seller and of seizures counts by its weight in the advice only: a listing's own
    alert is part of its seller's history, and must not make the same listing another one.
    """
    return _advice(one) == _advice(other)


def _advice(screening: Screening) -> tuple[object, ...]:
    matches = tuple(
        (m.trademark, m.verdict, m.found, m.also_found, m.similarity, m.use, m.evasions, m.score, m.reasons)
        for m in screening.matches
    )
    return (screening.verdict, screening.score, matches, screening.limits, screening.policy_version)


def add_screenings(
    connection: Connection, organization_id: str, kept: Collection[tuple[str, int, Screening]]
) -> None:
    """Keep screenings: triples of listing id, listing revision and the screening."""
    rows = [
        {
            "id": screening.id,
            "listing_id": listing_id,
            "organization_id": organization_id,
            "listing_revision": revision,
            "verdict": screening.verdict,
            "score": screening.score,
            "document": screening,
            "policy_version": screening.policy_version,
            "registry_version": screening.registry_version,
            "screened_at": screening.screened_at,
        }
        for listing_id, revision, screening in kept
    ]
    insert_rows(connection, screenings, rows)


def find_screenings(connection: Connection, screening_ids: Collection[str]) -> dict[str, Screening]:
    """Kept screenings by id, without their evidence values."""
    statement = select(screenings.c.id, screenings.c.document).where(screenings.c.id.in_(screening_ids))
    return {row.id: to_screening(row.document) for row in connection.execute(statement)}


def get_kept_screening(connection: Connection, screening_id: str) -> KeptScreening:
    """A kept screening by its id, with its evidence values."""
    statement = select(screenings.c.document).where(screenings.c.id == screening_id)
    return msgspec.convert(connection.execute(statement).scalar_one(), KeptScreening)


def list_kept_since(
    connection: Connection, listing_ids: Collection[str], since: datetime
) -> list[tuple[str, str, KeptScreening | None]]:
    """All screenings of listings since a time: id, listing id, and the screening, None if it was erased."""
    statement = (
        select(screenings.c.id, screenings.c.listing_id, screenings.c.document)
        .where(screenings.c.listing_id.in_(listing_ids), screenings.c.screened_at >= since)
        .order_by(screenings.c.listing_id, screenings.c.id)
    )
    return [
        (row.id, row.listing_id, msgspec.convert(row.document, KeptScreening) if row.document else None)
        for row in connection.execute(statement)
    ]


def find_kept_screenings(connection: Connection, screening_ids: Collection[str]) -> dict[str, KeptScreening]:
    """Kept screenings by id, with their evidence values; those that were erased are left out."""
    statement = select(screenings.c.id, screenings.c.document).where(screenings.c.id.in_(screening_ids))
    rows = connection.execute(statement)
    return {row.id: msgspec.convert(row.document, KeptScreening) for row in rows if row.document}


def visible_to(principal: Principal) -> Select[Any]:
    """The evidence of the marketplace's own screenings, those of deleted listings too."""
    return select(screenings.c.document).where(screenings.c.organization_id == principal.organization_id)


def explain_screening(connection: Connection, principal: Principal, key: str) -> KeptScreening:
    """Find one of the principal's kept screenings by its id, with its evidence values.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Gone: its evidence was erased.
    """
    return _to_kept(connection.execute(visible_to(principal).where(screenings.c.id == key)).one_or_none())


def find_evidence(connection: Connection, key: str) -> KeptScreening:
    """The same of any marketplace, for the operator of the service."""
    return _to_kept(
        connection.execute(select(screenings.c.document).where(screenings.c.id == key)).one_or_none()
    )


def _to_kept(row: Row[Any] | None) -> KeptScreening:
    if row is None:
        raise NotFound("no such screening")
    if not row.document:
        raise Gone("the evidence of this screening was erased")
    return msgspec.convert(row.document, KeptScreening)


def erase_evidence(connection: Connection, listing_ids: Collection[str]) -> int:
    """Empty the screenings of listings that are gone; rows, verdicts and days stay. Returns how many."""
    mine = screenings.c.listing_id.in_(listing_ids)
    return connection.execute(update(screenings).where(mine).values(document={})).rowcount


def to_screening(document: dict[str, Any]) -> Screening:
    return msgspec.convert(document, Screening)
