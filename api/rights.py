"""Rights: the one table of who may do what, and how often. The guard obeys it; security and tests read it.

A row per operation id: the scope its token needs, the kinds of partner that may have it, the limits it
counts against, and, when its days are numbered, since when and until when. Owners of a room add their rows
here; a handler without a row does not start.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from partners.principal import KINDS, Kind

Kinds = frozenset[Kind]
ALL: Kinds = frozenset(KINDS)
MARKETPLACE: Kinds = frozenset(["marketplace"])
RIGHTS_HOLDER: Kinds = frozenset(["rights_holder"])
PARTIES: Kinds = MARKETPLACE | RIGHTS_HOLDER  # the two sides of a match
CUSTOMS: Kinds = frozenset(["customs"])
OPERATOR: Kinds = frozenset(["operator"])
FLAG_READERS: Kinds = CUSTOMS | MARKETPLACE


# What is counted: requests and NDJSON lines of a client, requests of an address before it is known who asks.
Limit = Literal["requests", "lines", "address"]
ONE: tuple[Limit, ...] = ("requests",)
BULK: tuple[Limit, ...] = ("requests", "lines")


class Deprecation(Struct, frozen=True, kw_only=True):
    """An operation that goes: since when it is deprecated (RFC 9745), from when on it is gone (RFC 8594)."""

    since: datetime
    sunset: datetime | None = None
    document: str | None = None  # where partners read what to use instead


class Right(Struct, frozen=True):
    """`scope` None: open to everybody, without a token."""

    scope: str | None
    kinds: Kinds = frozenset()
    limits: tuple[Limit, ...] = ONE
    deprecation: Deprecation | None = None


OPEN = Right(None, limits=())

RIGHTS: Mapping[str, Right] = {
    # health
    "get_health": OPEN,
    "get_readiness": OPEN,
    "get_metrics": OPEN,  # guarded by itself: METRICS_TOKEN, or loopback
    # the contract
    "get_contract": OPEN,
    "get_reference": OPEN,
    "get_reference_file": OPEN,
    # access
    "issue_token": Right(None, limits=("address",)),  # the client proves itself by other means than a token
    "revoke_token": Right(None, limits=("address",)),
    "introspect_token": Right(None, limits=("address",)),
    "get_server_metadata": OPEN,
    "get_jwks": OPEN,
    # trademarks
    "create_trademark": Right("trademarks:write", RIGHTS_HOLDER, BULK),
    "replace_trademark": Right("trademarks:write", RIGHTS_HOLDER),
    "get_trademark": Right("trademarks:read", RIGHTS_HOLDER),
    "list_trademarks": Right("trademarks:read", RIGHTS_HOLDER),
    "delete_trademark": Right("trademarks:write", RIGHTS_HOLDER),
    # listings and screenings
    "create_listing": Right("listings:write", MARKETPLACE, BULK),
    "replace_listing": Right("listings:write", MARKETPLACE),
    "get_listing": Right("listings:read", MARKETPLACE),
    "list_listings": Right("listings:read", MARKETPLACE),
    "delete_listing": Right("listings:write", MARKETPLACE),
    "screen_listing": Right("screenings:write", MARKETPLACE, BULK),
    # policies
    "list_policies": Right("policies:read", PARTIES),
    "get_policy": Right("policies:read", PARTIES),
    "draw_policy": Right("policies:write", RIGHTS_HOLDER),
    "try_policy": Right("policies:write", RIGHTS_HOLDER),
    # explanations
    "explain_screening": Right("screenings:read", MARKETPLACE),
    # matches
    "list_matches": Right("matches:read", PARTIES),
    "get_match": Right("matches:read", PARTIES),
    # cases
    "judge_match": Right("matches:write", RIGHTS_HOLDER),
    "get_judgement": Right("matches:read", RIGHTS_HOLDER),
    "list_notices": Right("notices:read", PARTIES),
    "get_notice": Right("notices:read", PARTIES),
    "list_cases": Right("cases:read", PARTIES),
    "get_case": Right("cases:read", PARTIES),
    "decide_case": Right("cases:write", MARKETPLACE),
    # webhooks
    "create_webhook_endpoint": Right("webhooks:write", ALL),
    "list_webhook_endpoints": Right("webhooks:read", ALL),
    "get_webhook_endpoint": Right("webhooks:read", ALL),
    "change_webhook_endpoint": Right("webhooks:write", ALL),
    "delete_webhook_endpoint": Right("webhooks:write", ALL),
    "verify_webhook_endpoint": Right("webhooks:write", ALL),
    "rotate_webhook_secret": Right("webhooks:write", ALL),
    "test_webhook_endpoint": Right("webhooks:write", ALL),
    "recover_webhook_endpoint": Right("webhooks:write", ALL),
    "get_webhook_keys": OPEN,  # public keys
    "list_deliveries": Right("webhooks:read", ALL),
    "get_delivery": Right("webhooks:read", ALL),
    "resend_delivery": Right("webhooks:write", ALL),
    "list_events": Right("webhooks:read", ALL),
    "get_event": Right("webhooks:read", ALL),
    "replay_event": Right("webhooks:write", ALL),
    "list_event_types": Right("webhooks:read", ALL),
    "trigger_event": Right("webhooks:write", ALL),
    # jobs
    "list_jobs": Right("jobs:read", ALL),
    "get_job": Right("jobs:read", ALL),
    "read_job_results": Right("jobs:read", ALL),
    # sellers
    "create_seller": Right("sellers:write", MARKETPLACE, BULK),
    "replace_seller": Right("sellers:write", MARKETPLACE),
    "get_seller": Right("sellers:read", MARKETPLACE),
    "list_sellers": Right("sellers:read", MARKETPLACE),
    "delete_seller": Right("sellers:write", MARKETPLACE),
    # seizures
    "create_seizure": Right("seizures:write", CUSTOMS, BULK),
    "replace_seizure": Right("seizures:write", CUSTOMS),
    "get_seizure": Right("seizures:read", CUSTOMS),
    "list_seizures": Right("seizures:read", CUSTOMS),
    "delete_seizure": Right("seizures:write", CUSTOMS),
    # flags
    "list_flags": Right("flags:read", FLAG_READERS),
    "get_flag": Right("flags:read", FLAG_READERS),
    "look_up_flags": Right("flags:read", CUSTOMS, BULK),
    "disclose_flag": Right("flags:write", CUSTOMS),
    # organization
    "get_organization": Right("organization:read", ALL),
    "list_audit_entries": Right("audit:read", ALL),
    "get_audit_head": Right("audit:read", ALL),
    "list_clients": Right("organization:read", ALL),
    "get_client": Right("organization:read", ALL),
    "change_client": Right("organization:write", ALL),
    "list_client_keys": Right("organization:read", ALL),
    "add_client_key": Right("organization:write", ALL),
    "delete_client_key": Right("organization:write", ALL),
    "rotate_client_secret": Right("organization:write", ALL),
}


def scopes_of(kind: Kind) -> frozenset[str]:
    """All scopes that clients of this kind may have."""
    return frozenset(right.scope for right in RIGHTS.values() if right.scope and kind in right.kinds)
