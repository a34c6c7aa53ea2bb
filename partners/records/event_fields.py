"""What events tell: the fields of each type, as one kind of partner reads them."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from matching.calibration import ScoreBasis
from matching.model import Reason, RiskLevel, Use, VerdictName


class ListingScreened(Struct, frozen=True, kw_only=True):
    reference: str
    verdict: VerdictName
    score: float
    score_basis: ScoreBasis = "estimate"
    matches: int


class ListingVerdictChanged(Struct, frozen=True, kw_only=True):
    reference: str
    verdict: VerdictName
    previous_verdict: VerdictName
    score: float
    score_basis: ScoreBasis = "estimate"


class MatchForMarketplace(Struct, frozen=True, kw_only=True):
    listing_id: str
    listing_reference: str
    mark: str
    verdict: VerdictName
    score: float
    use: Use


class MatchForRightsHolder(Struct, frozen=True, kw_only=True):
    trademark_id: str
    trademark_reference: str
    mark: str
    verdict: VerdictName
    score: float
    use: Use


class ChangedMatchForMarketplace(MatchForMarketplace, frozen=True, kw_only=True):
    previous_verdict: VerdictName


class ChangedMatchForRightsHolder(MatchForRightsHolder, frozen=True, kw_only=True):
    previous_verdict: VerdictName


class MatchJudged(Struct, frozen=True, kw_only=True):
    judgement: str
    reason: str


class NoticeFiled(Struct, frozen=True, kw_only=True):
    match_id: str
    case_id: str
    mark: str


class CaseOpened(Struct, frozen=True, kw_only=True):
    match_id: str
    notice_id: str
    mark: str


class TakedownRequested(Struct, frozen=True, kw_only=True):
    match_id: str
    notice_id: str
    listing_id: str
    listing_reference: str
    mark: str
    registration_number: str | None


class CaseDecided(Struct, frozen=True, kw_only=True):
    match_id: str
    decision: str
    grounds: str
    state: str


class CaseWithdrawn(Struct, frozen=True, kw_only=True):
    match_id: str
    notice_id: str
    state: str


class SellerFlaggedForMarketplace(Struct, frozen=True, kw_only=True):
    seller_id: str
    seller_reference: str
    level: RiskLevel
    score: float
    reasons: tuple[Reason, ...]
    expires_at: datetime


class SellerFlaggedForCustoms(Struct, frozen=True, kw_only=True):
    pseudonym: str
    country: str | None
    level: RiskLevel
    score: float
    reasons: tuple[Reason, ...]
    expires_at: datetime


class FlagLiftedForMarketplace(Struct, frozen=True, kw_only=True):
    seller_id: str
    seller_reference: str


class FlagLiftedForCustoms(Struct, frozen=True, kw_only=True):
    pseudonym: str


class SeizureReported(Struct, frozen=True, kw_only=True):
    reference: str
    seizure_case_reference: str
    seized_on: date
    linked_sellers: int


class TrademarkRegistered(Struct, frozen=True, kw_only=True):
    reference: str
    mark: str
    office: str


class PolicyChanged(Struct, frozen=True, kw_only=True):
    version: str
    revision: int


class EndpointVerification(Struct, frozen=True, kw_only=True):
    challenge: str


class EndpointTest(Struct, frozen=True, kw_only=True):
    message: str


class EndpointDisabled(Struct, frozen=True, kw_only=True):
    url: str
    reason: str


class EndpointDisabledForOperator(EndpointDisabled, frozen=True, kw_only=True):
    organization_id: str
    organization: str


class EndpointCreated(Struct, frozen=True, kw_only=True):
    url: str
    reference: str | None
    status: str


class EndpointUpdated(EndpointCreated, frozen=True, kw_only=True):
    fields: tuple[str, ...]


class EndpointDeleted(Struct, frozen=True, kw_only=True):
    url: str
    reference: str | None


class EndpointTurned(Struct, frozen=True, kw_only=True):
    url: str


class EndpointExhausted(Struct, frozen=True, kw_only=True):
    url: str
    delivery_id: str
    event_id: str
    event_type: str
    attempts: int
    last_status: int | None
