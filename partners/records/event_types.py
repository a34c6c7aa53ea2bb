"""The catalogue of events: who hears of what, and which fields each kind of partner may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from partners.principal import Kind
from partners.records.event_fields import (
    CaseDecided,
    CaseOpened,
    CaseWithdrawn,
    ChangedMatchForMarketplace,
    ChangedMatchForRightsHolder,
    EndpointCreated,
    EndpointDeleted,
    EndpointDisabled,
    EndpointDisabledForOperator,
    EndpointExhausted,
    EndpointTest,
    EndpointTurned,
    EndpointUpdated,
    EndpointVerification,
    FlagLiftedForCustoms,
    FlagLiftedForMarketplace,
    ListingScreened,
    ListingVerdictChanged,
    MatchForMarketplace,
    MatchForRightsHolder,
    MatchJudged,
    NoticeFiled,
    PolicyChanged,
    SeizureReported,
    SellerFlaggedForCustoms,
    SellerFlaggedForMarketplace,
    TakedownRequested,
    TrademarkRegistered,
)

_DAYS, _DAYS_OF_DISPUTES = 90, 730


class EventType(Struct, frozen=True):
    """One type of event: what it tells, and the fields per kind of recipient.

    A change that a receiver could stumble over raises `version`; new fields do not. Bodies are kept for
    `days`, then only their hash: two years where a dispute may follow. What `is_asked_for` goes to endpoints
    that name it, alone or as `noun.*`: `*` asks for what happens in the world, not to endpoints. Of what
    `is_receipted` the answer that took it is kept as proof.
    """

    summary: str
    fields: Mapping[Kind, type[Struct]]
    version: int = 1
    is_asked_for: bool = False
    is_receipted: bool = False

    @property
    def days(self) -> int:
        return _DAYS_OF_DISPUTES if self.is_receipted or "rights_holder" in self.fields else _DAYS


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
        "A notice was filed.",
        {"marketplace": NoticeFiled, "rights_holder": NoticeFiled},
        is_receipted=True,
    ),
    "case.opened": EventType(
        "A takedown case was opened.", {"marketplace": CaseOpened, "rights_holder": CaseOpened}
    ),
    "takedown.requested": EventType(
        "A rights holder asks for a listing's takedown; the marketplace decides.",
        {"marketplace": TakedownRequested},
        is_receipted=True,
    ),
    "case.decided": EventType(
        "The marketplace decided a case.",
        {"marketplace": CaseDecided, "rights_holder": CaseDecided},
        is_receipted=True,
    ),
    "case.withdrawn": EventType(
        "The rights holder took a notice back before the decision; the case is closed.",
        {"marketplace": CaseWithdrawn, "rights_holder": CaseWithdrawn},
        is_receipted=True,
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
    "endpoint.created": EventType(
        "An endpoint was registered.", _everyone(EndpointCreated), is_asked_for=True
    ),
    "endpoint.updated": EventType(
        "An endpoint was changed, or has shown its challenge.", _everyone(EndpointUpdated), is_asked_for=True
    ),
    "endpoint.deleted": EventType("An endpoint was deleted.", _everyone(EndpointDeleted), is_asked_for=True),
    "endpoint.failing": EventType(
        "An endpoint fails or has become slow, and is left alone for a while.",
        _everyone(EndpointTurned),
        is_asked_for=True,
    ),
    "endpoint.recovered": EventType(
        "An endpoint that was failing answers again.", _everyone(EndpointTurned), is_asked_for=True
    ),
    "endpoint.exhausted": EventType(
        "A delivery was given up after its last try.", _everyone(EndpointExhausted), is_asked_for=True
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
