"""Links: which answer leads to which operation, so that a reader, or a test, can follow a thing's life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Link(Struct, frozen=True):
    """From an operation's answer to another operation, whose path parameter `key` is found in the body."""

    to: str
    key: str
    description: str


def _life(noun: str, *, get: str, put: str = "", delete: str = "") -> tuple[Link, ...]:
    steps = [Link(get, "/id", f"read the {noun}")]
    if put:
        steps.append(Link(put, "/id", f"replace the {noun}"))
    if delete:
        steps.append(Link(delete, "/id", f"delete the {noun}"))
    return tuple(steps)


LINKS: Mapping[str, tuple[Link, ...]] = {
    "create_trademark": _life(
        "registration", get="get_trademark", put="replace_trademark", delete="delete_trademark"
    ),
    "create_listing": _life("listing", get="get_listing", put="replace_listing", delete="delete_listing"),
    "create_seller": _life("seller", get="get_seller", put="replace_seller", delete="delete_seller"),
    "create_seizure": _life("seizure", get="get_seizure", put="replace_seizure", delete="delete_seizure"),
    "create_webhook_endpoint": _life(
        "endpoint", get="get_webhook_endpoint", delete="delete_webhook_endpoint"
    ),
    "list_clients": (
        Link("get_client", "/items/0/id", "read the first client"),
        Link("list_client_keys", "/items/0/id", "list the first client's credentials"),
    ),
    "list_matches": (
        Link("get_match", "/items/0/id", "read the first match"),
        Link("judge_match", "/items/0/id", "judge the first match"),
    ),
    "judge_match": (Link("get_judgement", "/match", "read the judgement"),),
    "list_cases": (
        Link("get_case", "/items/0/id", "read the first case"),
        Link("decide_case", "/items/0/id", "decide the first case"),
    ),
    "list_notices": (Link("get_notice", "/items/0/id", "read the first notice"),),
    "list_flags": (Link("get_flag", "/items/0/id", "read the first flag"),),
    "list_deliveries": (
        Link("get_delivery", "/items/0/id", "read the first delivery with its attempts"),
        Link("resend_delivery", "/items/0/id", "send the first delivery again"),
    ),
}


def describe_links(operation_id: str) -> dict[str, Any]:
    """The `links` object of an operation's successful answer."""
    return {
        link.to: {
            "operationId": link.to,
            "description": link.description,
            "parameters": {"key": f"$response.body#{link.key}"},
        }
        for link in LINKS.get(operation_id, ())
    }
