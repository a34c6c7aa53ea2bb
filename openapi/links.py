"""Links: which answer leads to which operation, so that a reader, or a test, can follow a thing's life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

_PATH = "$request.path.key"
_BODY = "$response.body#/id"
_FIRST = "$response.body#/items/0/id"


class Link(Struct, frozen=True):
    """From an operation's answer to another operation; `key` says where its path parameter is found."""

    to: str
    description: str
    key: str = ""


def _life(noun: str, plural: str, *, put: str = "replace") -> dict[str, tuple[Link, ...]]:
    """The life of a noun that is made, read, changed, listed and deleted."""
    read = f"read the {noun.replace('_', ' ')}"
    change = f"{put} it"
    listed = Link(f"list_{plural}", "list all of them")
    return {
        f"create_{noun}": (
            Link(f"get_{noun}", read, _BODY),
            Link(f"{put}_{noun}", change, _BODY),
            Link(f"delete_{noun}", "delete it", _BODY),
        ),
        f"list_{plural}": (Link(f"get_{noun}", f"{read} that comes first", _FIRST),),
        f"get_{noun}": (
            Link(f"{put}_{noun}", change, _PATH),
            Link(f"delete_{noun}", "delete it", _PATH),
            listed,
        ),
        f"{put}_{noun}": (Link(f"get_{noun}", read, _PATH),),
        f"delete_{noun}": (listed,),
    }


_TRADEMARK = _life("trademark", "trademarks")
_LISTING = _life("listing", "listings")
_SELLER = _life("seller", "sellers")
_EXPLAINED = Link("explain_screening", "why this is advised", "$response.body#/screening/id")

LINKS: Mapping[str, tuple[Link, ...]] = {
    **_TRADEMARK,
    "create_trademark": (
        *_TRADEMARK["create_trademark"],
        Link("add_licensee", "name a seller that you licensed", _BODY),
    ),
    "get_trademark": (
        *_TRADEMARK["get_trademark"],
        Link("list_licensees", "the sellers that you licensed", _PATH),
    ),
    "add_licensee": (Link("list_licensees", "list all of them", _PATH),),
    "list_licensees": (
        Link("add_licensee", "name another", _PATH),
        Link("get_trademark", "read the registration", _PATH),
    ),
    "delete_licensee": (Link("list_licensees", "list what is left", _PATH),),
    **_LISTING,
    "create_listing": (*_LISTING["create_listing"], _EXPLAINED),
    "get_listing": (*_LISTING["get_listing"], _EXPLAINED),
    **_SELLER,
    "create_seller": (
        *_SELLER["create_seller"],
        Link("create_listing", "submit what it sells"),
        Link("screen_listing", "have what it sells advised on, keeping nothing"),
    ),
    "get_seller": (*_SELLER["get_seller"], Link("export_seller", "all that is held about it", _PATH)),
    "export_seller": (Link("erase_seller", "erase it", _BODY), Link("list_audit_entries", "it is on record")),
    "erase_seller": (Link("list_sellers", "list who is left"),),
    **_life("seizure", "seizures"),
    **_life("webhook_endpoint", "webhook_endpoints", put="change"),
    "screen_listing": (
        Link("create_listing", "submit it, and keep the screening"),
        Link("explain_listing", "why this is advised, and what is passed over"),
    ),
    "explain_listing": (Link("create_listing", "submit it, and keep the screening"),),
    "list_clients": (
        Link("get_client", "read the first client", _FIRST),
        Link("list_client_keys", "list the first client's credentials", _FIRST),
    ),
    "get_client": (
        Link("change_client", "change it", _PATH),
        Link("list_client_keys", "list its credentials", _PATH),
        Link("list_clients", "list all of them"),
    ),
    "change_client": (
        Link("get_client", "read the client", _PATH),
        Link("list_client_keys", "list its credentials", _PATH),
    ),
    "list_client_keys": (
        Link("add_client_key", "add a key", _PATH),
        Link("rotate_client_secret", "rotate the secret", _PATH),
        Link("get_client", "read the client", _PATH),
    ),
    "add_client_key": (Link("list_client_keys", "list all of its credentials", _PATH),),
    "delete_client_key": (Link("list_client_keys", "list what is left", _PATH),),
    "rotate_client_secret": (
        Link("issue_token", "get a token with it"),
        Link("list_client_keys", "until when those before it are good", _PATH),
    ),
    "create_invitation": (
        Link("get_invitation", "read the invitation", _BODY),
        Link("delete_invitation", "take it back", _BODY),
    ),
    "list_invitations": (Link("get_invitation", "read the first invitation", _FIRST),),
    "get_invitation": (
        Link("delete_invitation", "take it back", _PATH),
        Link("list_invitations", "list all of them"),
    ),
    "delete_invitation": (Link("list_invitations", "list what is left"),),
    "list_people": (Link("get_person", "read the first person", _FIRST),),
    "get_person": (
        Link("change_person", "change role or suspend", _PATH),
        Link("list_person_sessions", "with which browsers it is signed in", _PATH),
        Link("reset_person", "help it back in", _PATH),
        Link("export_person", "all that is held about it", _PATH),
        Link("delete_person", "erase it", _PATH),
    ),
    "export_person": (Link("delete_person", "erase it", _PATH), Link("list_audit_entries", "what it did")),
    "change_person": (Link("get_person", "read the person", _PATH),),
    "reset_person": (Link("get_person", "read the person", _PATH),),
    "delete_person": (Link("list_people", "list who is left"),),
    "list_person_sessions": (Link("end_person_sessions", "sign it out everywhere", _PATH),),
    "end_person_sessions": (Link("list_person_sessions", "list what is left", _PATH),),
    "explain_screening": (
        Link("get_match", "read the match of the first candidate", "$response.body#/candidates/0/id"),
    ),
    "list_policies": (Link("get_policy", "read the first version", "$response.body#/items/0/version"),),
    "get_policy": (
        Link("try_policy", "what it would have advised lately", _PATH),
        Link("list_policies", "all versions"),
    ),
    "draw_policy": (
        Link("get_policy", "read the version", "$response.body#/version"),
        Link("list_jobs", "how far the matches are advised anew"),
    ),
    "try_policy": (Link("get_job", "read what it counted", _BODY),),
    "list_matches": (
        Link("get_match", "read the first match", _FIRST),
        Link("judge_match", "judge the first match", _FIRST),
    ),
    "get_match": (Link("judge_match", "judge it", _PATH), Link("get_judgement", "its judgement", _PATH)),
    "judge_match": (
        Link("get_judgement", "read the judgement", "$response.body#/match"),
        Link("list_cases", "find the case it opened"),
    ),
    "get_judgement": (Link("get_match", "read the match", _PATH),),
    "list_notices": (Link("get_notice", "read the first notice", _FIRST),),
    "get_notice": (Link("get_match", "read its match", "$response.body#/match"),),
    "list_cases": (
        Link("get_case", "read the first case", _FIRST),
        Link("decide_case", "decide the first case", _FIRST),
    ),
    "get_case": (
        Link("decide_case", "decide it", _PATH),
        Link("get_notice", "read its notice", "$response.body#/notice"),
    ),
    "decide_case": (Link("get_case", "read the case", _PATH),),
    "list_jobs": (Link("get_job", "read the newest job", _FIRST),),
    "get_job": (Link("read_job_results", "read the answers", _BODY), Link("get_job", "how far it is", _BODY)),
    "read_job_results": (Link("get_job", "how far it is", _PATH),),
    "list_flags": (
        Link("get_flag", "read the first flag", _FIRST),
        Link("disclose_flag", "learn who it is, on record", _FIRST),
        Link("look_up_flags", "ask about a sender"),
    ),
    "get_flag": (Link("disclose_flag", "learn who it is, on record", _PATH),),
    "disclose_flag": (Link("get_flag", "read the flag", _PATH),),
    "look_up_flags": (
        Link("list_flags", "pull all flags"),
        Link("create_seizure", "report what was seized of it"),
    ),
    "verify_webhook_endpoint": (Link("get_webhook_endpoint", "read the endpoint", _PATH),),
    "test_webhook_endpoint": (
        Link("get_delivery", "follow the delivery", "$response.body#/delivery"),
        Link("get_event", "read the event", "$response.body#/event"),
    ),
    "rotate_webhook_secret": (Link("get_webhook_endpoint", "read the endpoint", _PATH),),
    "list_deliveries": (
        Link("get_delivery", "read the first delivery with its attempts", _FIRST),
        Link("resend_delivery", "send the first delivery again", _FIRST),
    ),
    "get_delivery": (
        Link("resend_delivery", "send it again", _PATH),
        Link("get_event", "read its event", "$response.body#/event"),
    ),
    "resend_delivery": (Link("get_delivery", "follow the new delivery", _BODY),),
    "recover_webhook_endpoint": (
        Link("get_webhook_endpoint", "read the endpoint", _PATH),
        Link("list_deliveries", "what is on its way"),
    ),
    "get_webhook_keys": (Link("list_webhook_endpoints", "your endpoints"),),
    "list_events": (
        Link("get_event", "read the first event", _FIRST),
        Link("replay_event", "tell the first event anew", _FIRST),
    ),
    "get_event": (
        Link("replay_event", "tell it anew", _PATH),
        Link("list_event_types", "what each type of event tells"),
    ),
    "replay_event": (Link("get_event", "read the new event", _BODY),),
    "list_event_types": (
        Link("trigger_event", "tell yourself a test event of the first", "$response.body#/items/0/name"),
        Link("list_events", "the events you were told"),
    ),
    "trigger_event": (Link("get_event", "read the event", "$response.body#/event"),),
    "list_audit_entries": (Link("get_audit_head", "how far it is sealed"),),
    "get_audit_head": (Link("list_audit_entries", "what was done in your name"),),
    "get_organization": (
        Link("list_events", "the events your organization was told"),
        Link("list_audit_entries", "what was done in its name"),
    ),
    "issue_token": (Link("get_organization", "see whom the token speaks for"),),
    "introspect_token": (
        Link("get_organization", "see whom the token speaks for"),
        Link("revoke_token", "take it back"),
    ),
    "revoke_token": (Link("issue_token", "get another token"),),
    "get_server_metadata": (
        Link("get_jwks", "the keys that sign tokens"),
        Link("issue_token", "get a token"),
    ),
    "get_jwks": (Link("get_server_metadata", "what the server can do"),),
    "get_health": (Link("get_readiness", "whether it can serve, too"),),
    "get_readiness": (Link("get_metrics", "how it is doing"),),
    "get_metrics": (Link("get_readiness", "whether it can serve"),),
    "get_contract": (Link("get_server_metadata", "how to get in"),),
}


def describe_links(operation_id: str) -> dict[str, Any]:
    """The `links` object of an operation's successful answer."""
    return {link.to: _describe(link) for link in LINKS.get(operation_id, ())}


def _describe(link: Link) -> dict[str, Any]:
    described: dict[str, Any] = {"operationId": link.to, "description": link.description}
    return described | {"parameters": {"key": link.key}} if link.key else described
