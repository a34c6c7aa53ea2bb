"""What each act may do: with the rows of all tenants, in the tables it is about and no others.

An act in a partner's name is admitted first; one that changes what partners hear of tells them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from partners.entering import Act
from partners.tenancy.reach import Reach, every

# Whether a token's person still sits where it sat: its session goes on, in the role of then.
_SEATED: Final[Mapping[str, Reach]] = {
    "grants": every(columns="id client_id session_id"),
    "sessions": every(columns="id person_id"),
    "people": every(columns="id organization_id role suspended_at"),
}
_ADMITTING: Final[Mapping[str, Reach]] = {
    **_SEATED,
    "organizations": every(columns="id kind suspended_at"),
    "clients": every(columns="id organization_id suspended_at"),
    "revoked_tokens": every(columns="token_id"),
}
_TELLING: Final[Mapping[str, Reach]] = {
    "events": every("i"),
    "event_subjects": every("riu"),
    "endpoints": every(columns="id organization_id status event_types labels ordered deleted_at"),
    "endpoint_orders": every("riu"),
    "deliveries": every("i"),
}
# The history of a seller, its flag, and the job that screens its listings anew when the flag moves.
_FLAGGING: Final[Mapping[str, Reach]] = {
    **_TELLING,
    "flags": every("riu"),
    # the person of a deleted seller goes with what it was kept for
    "sellers": every("ru", changes="party country"),
    "seller_keys": every("rd"),
    "listings": every(),
    "matches": every(),
    "cases": every(),
    "links": every(),
    "seizures": every(),
    "seizure_items": every(),
    "jobs": every("ri"),
}
_FILING: Final[Mapping[str, Reach]] = {
    **_FLAGGING,
    "listings": every("riu"),
    "screenings": every("riu"),
    "matches": every("riu"),
    "trademarks": every(),
    "barcodes": every(),
    "licensees": every(),
    "approvals": every(),
    "organizations": every(),
    "feeds": every(),
    "policies": every(),
    "calibrations": every(),
    "stock": every("riu"),
}

REACH_OF_ACTS: Final[Mapping[Act, Mapping[str, Reach]]] = {
    "access": {
        "organizations": every("ri"),
        "clients": every("riu"),
        "credentials": every("riud"),
        "revoked_tokens": every("rid"),
        "spent_assertions": every("rid"),
        "spent_proofs": every("rid"),
        "audit": every("i"),
        "people": every("riud"),
        "person_keys": every("rid"),
        "factors": every("riud"),
        "recovery_codes": every("rid"),
        "sessions": every("riud"),
        "grants": every("riud"),
        "invitations": every("riud"),
        "resets": every("rid"),
        "sign_in_failures": every("riud"),
        "legal_holds": every("riu"),
    },
    "casework": {
        **_ADMITTING,
        **_FILING,
        "notices": every("riu"),
        "cases": every("riu"),
        "approvals": every("rid"),
        "audit": every("i"),
    },
    "delivery": {
        **_TELLING,
        "organizations": every(),
        "endpoints": every("ru"),
        "endpoint_secrets": every(),
        "endpoint_pacing": every("riu"),
        "events": every("ri"),
        "deliveries": every("riu"),
        "attempts": every("ri"),
        "audit": every("i"),
    },
    "flagging": {
        **_ADMITTING,
        **_FLAGGING,
        "organizations": every("ri"),
        # a person is told what we hold about it, or is erased
        "sellers": every("ru", changes="party country deleted_at updated_at revision"),
        "licensees": every("rd"),
        "audit": every("ri"),
    },
    "import": {
        **_ADMITTING,
        **_TELLING,
        "organizations": every(),
        "clients": every(),
        "trademarks": every("riu"),
        "barcodes": every("rid"),
        "audit": every("i"),
    },
    "jobs": {
        "jobs": every("riud"),
        "job_lines": every("rud"),
        "events": every("ru", changes="body labels body_sha256 purged_at"),
        "deliveries": every("rd"),
        "attempts": every("rd"),
        "legal_holds": every(),
        # what has outlived its reason
        "cases": every("rd"),
        "notices": every("rd"),
        "listings": every("rd"),
        "screenings": every("rd"),
        "approvals": every("rd"),
        "matches": every("rd"),
        "sellers": every("ru", changes="party country"),
        "seller_keys": every("rd"),
        "stock": every("rd"),
        # what people judged makes a table of scores, in the service's own name
        "calibrations": every("ri"),
        "organizations": every("ri"),
        "audit": every("i"),
    },
    "keys": {
        "master_checks": every("ri"),
        "data_keys": every("riud"),
        "signing_keys": every("riud"),
        "jobs": every("riu"),
        "organizations": every("ri"),
        "audit": every("i"),
        # what is sealed under data keys, and indexed under index keys, is written anew
        "sellers": every("ru"),
        "seller_keys": every("rid"),
        "seizures": every("ru"),
        "seizure_keys": every("rid"),
        "endpoints": every("ru"),
        "endpoint_secrets": every("ru"),
        "people": every("ru"),
        "person_keys": every("rid"),
        "factors": every("ru"),
        "invitations": every("ru"),
    },
    "licensing": {
        **_ADMITTING,
        # a marketplace is named, to be told from one that does not take part
        "organizations": every(columns="id kind name suspended_at"),
        "trademarks": every(),
        "licensees": every("riud"),
        "jobs": every("ri"),
        "audit": every("i"),
    },
    "limiting": {"buckets": every("riud")},
    "registry": {
        "trademarks": every(),
        "organizations": every(columns="id"),  # the first one tells one database from another
        "listings": every(columns="id document deleted_at"),
        "stock": every(),
        "feeds": every(),
        "alembic_version": every(),
    },
    "repeating": {**_ADMITTING, "kept_answers": every("riud")},
    "retro_screening": {
        **_ADMITTING,
        **_FILING,
        "jobs": every("riu"),
        "feeds": every("riu"),
        "policies": every("ri"),
        "audit": every("i"),
    },
    "screening": {
        **_ADMITTING,
        **_FILING,
        "sellers": every("riu"),
        "seller_keys": every("rid"),
        "market_lessons": every("rid"),
        "market_prices": every("riud"),
        "market_settings": every("riu"),
        "audit": every("i"),
    },
    "sealing": {
        "audit": every("rud", changes="position chain"),
        "audit_chains": every("riu"),
    },
    "sequencing": {
        "feeds": every("riu"),
        "events": every("ru", "id position", "position"),
        "flags": every("ru", "id position seen_position", "position seen_position"),
        "trademarks": every("ru", "id position", "position"),
        "stock": every("ru", "id position", "position"),
    },
    "tracing": {
        **_ADMITTING,
        **_FLAGGING,
        "organizations": every(),
        "sellers": every("riu"),
        "seller_keys": every("rid"),
        "seizures": every("riu"),
        "seizure_items": every("rid"),
        "seizure_keys": every("rid"),
        "links": every("riud"),
        "screenings": every("ru"),
        "licensees": every("rd"),
        "audit": every("i"),
    },
}
