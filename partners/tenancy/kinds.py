"""What each kind of partner may do with which rows: its own, and of others' what the contract names.

The reading and the writing door take these roles. Most rows are read here and written by acts: an insert on
this page is what a partner does to its own alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partners.principal import KINDS, SERVICE, Kind
from partners.tenancy.reach import WHO, Reach, every, none, own, theirs

_MATCH = (
    "id listing_id trademark_id marketplace_id rights_holder_id revision verdict score similarity use"
    " evasions found also_found reasons judgement judgement_expires_on created_at updated_at withdrawn_at"
)
# As a marketplace reads a flag: nothing tells which administrations seized what, or when.
_FLAG_IN_BANDS = (
    "id pseudonym country level score_in_bands reasons_in_bands seizures alerts raised_at expires_at"
    " lifted_at seen_revision seen_at seen_position"
)

_OWN: Final = f"organization_id = {WHO}"
# A record's `visible_to` may be asked for any kind; those that see none of it get no row, and no error.
_ASKED_BY_ALL: Final = (
    "matches",
    "listings",
    "trademarks",
    "flags",
    "sellers",
    "seizures",
    "notices",
    "cases",
    "policies",
)
_EVERYBODY: Final[Mapping[str, Reach]] = {
    # An operator's client may speak for people of all organizations: who has let it in may know of it.
    "organizations": Reach("r", f"id = {WHO} or kind = 'operator'"),
    "clients": Reach(
        "ru", f"{_OWN} or exists (select from grants where grants.client_id = clients.id)", kept=_OWN
    ),
    "credentials": Reach(
        "riud",
        "exists (select from clients where clients.id = credentials.client_id"
        f" and clients.organization_id = {WHO})",
    ),
    "people": own("rud"),
    "sessions": theirs("rd", "sessions.person_id", "people.id"),
    "grants": theirs("r", "grants.session_id", "sessions.id", columns="id client_id session_id"),
    "invitations": own("rid"),
    "resets": theirs("rid", "resets.person_id", "people.id"),
    "revoked_tokens": every(columns="token_id"),
    "audit": own("ri"),
    "audit_chains": own(),
    "jobs": own("ri"),
    "job_lines": theirs("ri", "job_lines.job_id", "jobs.id"),
    "endpoints": own("riu"),
    "endpoint_secrets": theirs("riud", "endpoint_secrets.endpoint_id", "endpoints.id"),
    "endpoint_pacing": theirs("rd", "endpoint_pacing.endpoint_id", "endpoints.id"),
    "endpoint_orders": theirs("riu", "endpoint_orders.endpoint_id", "endpoints.id"),
    "events": own("ri"),
    "event_subjects": own("riu"),
    "deliveries": own("riu"),
    "attempts": own(),
}

_MARKETPLACE: Final[Mapping[str, Reach]] = {
    "listings": own(),
    "screenings": own(),
    "sellers": own(),
    "matches": own(column="marketplace_id", columns=_MATCH),
    "trademarks": theirs(
        "r", "trademarks.id", "matches.trademark_id", columns="id mark office registration_number"
    ),
    # What its own screenings were judged by: the lines of those whose marks were found there.
    "policies": theirs("r", "policies.organization_id", "matches.rights_holder_id"),
    # What its own screenings were scored by; how far it holds is the operator's to know.
    "calibrations": every(columns="id version policy_version judgements organizations knots"),
    "notices": own(column="marketplace_id"),
    "cases": own(column="marketplace_id"),
    "flags": theirs("r", "flags.pseudonym", "sellers.pseudonym", columns=_FLAG_IN_BANDS),
}

_RIGHTS_HOLDER: Final[Mapping[str, Reach]] = {
    "trademarks": own("riu"),
    "barcodes": own("rid"),
    "licensees": own("rd"),
    "policies": own(),
    "matches": own(
        column="rights_holder_id",
        columns=f"{_MATCH} judgement_revision judgement_reason judged_by judged_at",
    ),
    "listings": theirs("r", "listings.id", "matches.listing_id", columns="id document deleted_at"),
    "notices": own(column="rights_holder_id"),
    "cases": own(column="rights_holder_id"),
}

_CUSTOMS: Final[Mapping[str, Reach]] = {
    "seizures": own(),
    "seizure_items": theirs("r", "seizure_items.seizure_id", "seizures.id"),
    "links": theirs("r", "links.seizure_id", "seizures.id"),
    "flags": every(),
    # Under one pseudonym on every marketplace; nothing that names or describes a person.
    "sellers": every(columns="id organization_id pseudonym country deleted_at"),
}

_OPERATOR: Final[Mapping[str, Reach]] = {
    "audit": Reach("ri", f"organization_id = {WHO} or organization_id = '{SERVICE}'"),
    "jobs": Reach("ri", f"organization_id = {WHO} or organization_id is null"),
}

_BEYOND: Final[Mapping[Kind, Mapping[str, Reach]]] = {
    "marketplace": _MARKETPLACE,
    "rights_holder": _RIGHTS_HOLDER,
    "customs": _CUSTOMS,
    "operator": _OPERATOR,
}
REACH_OF_KINDS: Final[Mapping[Kind, Mapping[str, Reach]]] = {
    kind: {**dict.fromkeys(_ASKED_BY_ALL, none()), **_EVERYBODY, **_BEYOND[kind]} for kind in KINDS
}
