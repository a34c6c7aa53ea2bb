"""Rights: the one table of who may do what, in which role, how often. The guard and the tests read it.

A row per operation id: the scope its token needs, the kinds of partner that may have it, the limits it
counts against, the least role of a person who may do it, and, when its days are numbered, since when and
until when. Reading is for readers and changing for analysts, unless the row says admin. Owners of
a room add their rows here; a handler without a row does not start.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from partners.principal import KINDS, ROLES, Kind, Role

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
    for_admins: bool = False

    @property
    def role(self) -> Role:
        """The least role of a person who may do it."""
        if self.for_admins:
            return "admin"
        return "reader" if (self.scope or ":read").endswith(":read") else "analyst"


def _for_admins(scope: str) -> Right:
    """What only an organization's admins may do among its people; programs, by their scopes."""
    return Right(scope, ALL, for_admins=True)


OPEN = Right(None, limits=())
PAGE = Right(None, limits=("address",))  # a password, a code or a signature is checked

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
    "add_licensee": Right("trademarks:write", RIGHTS_HOLDER),
    "list_licensees": Right("trademarks:read", RIGHTS_HOLDER),
    "delete_licensee": Right("trademarks:write", RIGHTS_HOLDER),
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
    "draw_policy": Right("policies:write", RIGHTS_HOLDER, for_admins=True),
    "try_policy": Right("policies:write", RIGHTS_HOLDER, for_admins=True),
    # explanations
    "explain_listing": Right("screenings:write", MARKETPLACE),
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
    "create_webhook_endpoint": _for_admins("webhooks:write"),
    "list_webhook_endpoints": Right("webhooks:read", ALL),
    "get_webhook_endpoint": Right("webhooks:read", ALL),
    "change_webhook_endpoint": _for_admins("webhooks:write"),
    "delete_webhook_endpoint": _for_admins("webhooks:write"),
    "verify_webhook_endpoint": _for_admins("webhooks:write"),
    "rotate_webhook_secret": _for_admins("webhooks:write"),
    "test_webhook_endpoint": _for_admins("webhooks:write"),
    "recover_webhook_endpoint": _for_admins("webhooks:write"),
    "get_webhook_keys": OPEN,  # public keys
    "list_deliveries": Right("webhooks:read", ALL),
    "get_delivery": Right("webhooks:read", ALL),
    "resend_delivery": _for_admins("webhooks:write"),
    "list_events": Right("webhooks:read", ALL),
    "get_event": Right("webhooks:read", ALL),
    "replay_event": _for_admins("webhooks:write"),
    "list_event_types": Right("webhooks:read", ALL),
    "trigger_event": _for_admins("webhooks:write"),
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
    # data subjects: what is held about a person, told to it or destroyed
    "export_seller": Right("people:read", MARKETPLACE, for_admins=True),
    "erase_seller": Right("people:write", MARKETPLACE, for_admins=True),
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
    "change_client": _for_admins("organization:write"),
    "list_client_keys": Right("organization:read", ALL),
    "add_client_key": _for_admins("organization:write"),
    "delete_client_key": _for_admins("organization:write"),
    "rotate_client_secret": _for_admins("organization:write"),
    # people
    "list_people": _for_admins("people:read"),
    "get_person": _for_admins("people:read"),
    "change_person": _for_admins("people:write"),
    "delete_person": _for_admins("people:write"),
    "export_person": _for_admins("people:read"),
    "reset_person": _for_admins("people:write"),
    "list_person_sessions": _for_admins("people:read"),
    "end_person_sessions": _for_admins("people:write"),
    "create_invitation": _for_admins("people:write"),
    "list_invitations": _for_admins("people:read"),
    "get_invitation": _for_admins("people:read"),
    "delete_invitation": _for_admins("people:write"),
    # pages, on which people prove themselves by other means than a token
    "authorize": PAGE,
    "show_sign_in": PAGE,
    "sign_in": PAGE,
    "show_second_step": PAGE,
    "take_second_step": PAGE,
    "show_joining": PAGE,
    "join": PAGE,
    "show_reset": PAGE,
    "reset_password": PAGE,
    "show_forgotten": PAGE,
    "ask_for_reset": PAGE,
    "show_account": PAGE,
    "show_new_code_generator": PAGE,
    "add_code_generator": PAGE,
    "show_new_passkey": PAGE,
    "add_passkey": PAGE,
    "make_recovery_codes": PAGE,
    "remove_factor": PAGE,
    "end_session": PAGE,
    "sign_out": PAGE,
    "start_outside_sign_in": PAGE,
    "finish_outside_sign_in": PAGE,
    # webhooks on pages: each act asks for the right of the API's operation that it stands for
    "show_hooks": PAGE,
    "show_hook": PAGE,
    "act_on_hook": PAGE,
    "get_page_script": OPEN,
}


def has_role(role: Role, least: Role) -> bool:
    """Tell whether somebody in `role` may do what asks for `least`."""
    return ROLES.index(role) >= ROLES.index(least)


def scopes_of(kind: Kind, role: Role = "admin") -> frozenset[str]:
    """All scopes that clients of this kind may have, or its people in a role."""
    return frozenset(
        right.scope
        for right in RIGHTS.values()
        if right.scope and kind in right.kinds and has_role(role, right.role)
    )


def scopes_for_people() -> frozenset[str]:
    """All scopes that a client may have through which people of every kind of partner sign in."""
    return frozenset(right.scope for right in RIGHTS.values() if right.scope)
