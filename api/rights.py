"""Rights: the one table of who may do what. The guard obeys it; security and tests are read from it.

A row per operation id: the scope its token needs, and the kinds of partner that may have it.
Owners of a room add their rows here; a handler without a row does not start.
"""

from __future__ import annotations

from collections.abc import Mapping

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


class Right(Struct, frozen=True):
    """`scope` None: open to everybody, without a token."""

    scope: str | None
    kinds: Kinds = frozenset()


OPEN = Right(None)

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
    "issue_token": OPEN,  # the client proves itself by other means than a token
    "get_server_metadata": OPEN,
    "get_jwks": OPEN,
    # trademarks
    "create_trademark": Right("trademarks:write", RIGHTS_HOLDER),
    "replace_trademark": Right("trademarks:write", RIGHTS_HOLDER),
    "get_trademark": Right("trademarks:read", RIGHTS_HOLDER),
    "list_trademarks": Right("trademarks:read", RIGHTS_HOLDER),
    "delete_trademark": Right("trademarks:write", RIGHTS_HOLDER),
    # listings and screenings
    "create_listing": Right("listings:write", MARKETPLACE),
    "replace_listing": Right("listings:write", MARKETPLACE),
    "get_listing": Right("listings:read", MARKETPLACE),
    "list_listings": Right("listings:read", MARKETPLACE),
    "delete_listing": Right("listings:write", MARKETPLACE),
    "screen_listing": Right("screenings:write", MARKETPLACE),
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
    "list_deliveries": Right("webhooks:read", ALL),
    "get_delivery": Right("webhooks:read", ALL),
    "resend_delivery": Right("webhooks:write", ALL),
    "list_events": Right("webhooks:read", ALL),
    "get_event": Right("webhooks:read", ALL),
    "list_event_types": Right("webhooks:read", ALL),
    # sellers
    "create_seller": Right("sellers:write", MARKETPLACE),
    "replace_seller": Right("sellers:write", MARKETPLACE),
    "get_seller": Right("sellers:read", MARKETPLACE),
    "list_sellers": Right("sellers:read", MARKETPLACE),
    "delete_seller": Right("sellers:write", MARKETPLACE),
    # seizures
    "create_seizure": Right("seizures:write", CUSTOMS),
    "replace_seizure": Right("seizures:write", CUSTOMS),
    "get_seizure": Right("seizures:read", CUSTOMS),
    "list_seizures": Right("seizures:read", CUSTOMS),
    "delete_seizure": Right("seizures:write", CUSTOMS),
    # flags
    "list_flags": Right("flags:read", FLAG_READERS),
    "get_flag": Right("flags:read", FLAG_READERS),
    "look_up_flags": Right("flags:read", CUSTOMS),
    "disclose_flag": Right("flags:write", CUSTOMS),
    # organization
    "get_organization": Right("organization:read", ALL),
}


def scopes_of(kind: Kind) -> frozenset[str]:
    """All scopes that clients of this kind may have."""
    return frozenset(right.scope for right in RIGHTS.values() if right.scope and kind in right.kinds)
