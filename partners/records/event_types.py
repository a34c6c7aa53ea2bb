"""The catalogue of events: who hears of what, and which fields each kind of partner may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from matching.model import Reason, RiskLevel, Use, VerdictName
from partners.principal import Kind

_DAYS, _DAYS_OF_DISPUTES = 90, 730


class EventType(Struct, frozen=True):
    """One type of event: what it tells, and the fields per kind of recipient.

    A change that a receiver could stumble over raises `version`; new fields do not. Bodies are kept for
    `days`, then only their hash: two years where a dispute may follow.
    """

    summary: str
    fields: Mapping[Kind, type[Struct]]
    version: int = 1

    @property
    def days(self) -> int:
        return _DAYS_OF_DISPUTES if self.fields.keys() & {"rights_holder"} else _DAYS


class ListingScreened(Struct, frozen=True, kw_only=True):
    reference: str
    verdict: VerdictName
    score: float
    matches: int


class ListingVerdictChanged(Struct, frozen=True, kw_only=True):
    reference: str
    verdict: VerdictName
    previous_verdict: VerdictName
    score: float


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


def _everyone(fields: type[Struct]) -> dict[Kind, type[Struct]]:
    return dict.fromkeys(("marketplace", "rights_holder", "customs", "operator"), fields)


EVENT_TYPES: Mapping[str, EventType] = {
    "listing.screened": EventType(
        "A submitted listing was screened to review or alert.", {"marketplace": ListingScreened}
    ),
    "listing.verdict_changed": EventType(
        "A stored listing has another verdict than before.", {"marketplace": ListingVerdictChanged}
    ),
    "match.found": EventType(
        "A listing and a registration met with review or alert.",
        {"marketplace": MatchForMarketplace, "rights_holder": MatchForRightsHolder},
    ),
    "match.verdict_changed": EventType(
        "A match has another verdict than before.",
        {"marketplace": ChangedMatchForMarketplace, "rights_holder": ChangedMatchForRightsHolder},
    ),
    "match.judged": EventType(
        "The rights holder judged a match.", {"marketplace": MatchJudged, "rights_holder": MatchJudged}
    ),
    "notice.filed": EventType(
        "A notice was filed.", {"marketplace": NoticeFiled, "rights_holder": NoticeFiled}
    ),
    "case.opened": EventType(
        "A takedown case was opened.", {"marketplace": CaseOpened, "rights_holder": CaseOpened}
    ),
    "takedown.requested": EventType(
        "A rights holder asks for a listing's takedown; the marketplace decides.",
        {"marketplace": TakedownRequested},
    ),
    "case.decided": EventType(
        "The marketplace decided a case.", {"marketplace": CaseDecided, "rights_holder": CaseDecided}
    ),
    "case.withdrawn": EventType(
        "The rights holder took a notice back before the decision; the case is closed.",
        {"marketplace": CaseWithdrawn, "rights_holder": CaseWithdrawn},
    ),
    "seller.flagged": EventType(
        "A seller-risk flag was raised, or its level changed.",
        {"marketplace": SellerFlaggedForMarketplace, "customs": SellerFlaggedForCustoms},
    ),
    "seller.flag_lifted": EventType(
        "A seller-risk flag was lifted or has expired.",
        {"marketplace": FlagLiftedForMarketplace, "customs": FlagLiftedForCustoms},
    ),
    "seizure.reported": EventType(
        "A seizure of one's own administration was reported.", {"customs": SeizureReported}
    ),
    "trademark.registered": EventType("A mark was registered.", {"rights_holder": TrademarkRegistered}),
    "policy.changed": EventType(
        "A rights holder draws the lines for its own marks otherwise.", {"rights_holder": PolicyChanged}
    ),
    "endpoint.verification": EventType(
        "A new endpoint is asked to prove that it wants our events.", _everyone(EndpointVerification)
    ),
    "endpoint.test": EventType("A test event one asked for.", _everyone(EndpointTest)),
    "endpoint.disabled": EventType(
        "An endpoint was disabled.",
        _everyone(EndpointDisabled) | {"operator": EndpointDisabledForOperator},
    ),
}

# The fields that become labels, by the label's name; `reference` is called by the noun of its type.
_LABELS: Mapping[str, str] = {
    "country": "country",
    "decision": "decision",
    "judgement": "judgement",
    "level": "level",
    "listing_reference": "listing",
    "mark": "mark",
    "office": "office",
    "organization_id": "organization",
    "seller_reference": "seller",
    "trademark_reference": "trademark",
    "use": "use",
    "verdict": "verdict",
}


def name_labels(type_: str, fields: Iterable[str]) -> dict[str, str]:
    """Which labels an event with these fields carries: field name to label."""
    known = {**_LABELS, "reference": type_.partition(".")[0]}
    return {field: known[field] for field in fields if field in known}


def label_event(type_: str, fields: Mapping[str, object]) -> dict[str, str]:
    """The labels of an event: what endpoints may choose by beside its type."""
    named = name_labels(type_, fields)
    return {label: str(fields[field]) for field, label in named.items() if fields[field] is not None}


def list_labels(kind: Kind) -> set[str]:
    """Every label that an event for this kind of partner may carry."""
    heard = {name: one.fields[kind] for name, one in EVENT_TYPES.items() if kind in one.fields}
    return {"test"}.union(
        *(name_labels(name, fields.__struct_fields__).values() for name, fields in heard.items())
    )
