"""What partners say of an endpoint: the fields, and how a merge patch changes them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from api.merging import apply_patch
from partners.records.endpoints import Endpoint
from partners.subscribing import Subscription

Url = Annotated[
    str, Meta(min_length=1, max_length=2048, description="https, a public host, port 443 or 8443")
]
EventTypes = Annotated[
    list[Annotated[str, Meta(max_length=60, pattern=r"^(\*|[a-z_]+\.(\*|[a-z_]+))$")]],
    Meta(min_length=1, max_length=50, description="names, `noun.*`, or `*` for all that you may hear of"),
]
Label = Annotated[str, Meta(min_length=1, max_length=100)]
Labels = Annotated[dict[Label, Label], Meta(max_length=20, description="your own notes on this endpoint")]


class EndpointPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different: null takes a label away, or puts a field back to what it is by itself."""

    url: Url | UnsetType = UNSET
    event_types: EventTypes | UnsetType | None = UNSET
    labels: Annotated[dict[Label, Label | None], Meta(max_length=40)] | UnsetType | None = UNSET
    status: Literal["enabled", "paused"] | UnsetType = UNSET


class _Patched(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a partner may change, after the change."""

    url: Url
    event_types: EventTypes = field(default_factory=lambda: ["*"])
    labels: Labels = {}
    status: Literal["enabled", "paused"] | UnsetType = UNSET


def merge_endpoint(endpoint: Endpoint, patch: EndpointPatch) -> Subscription:
    """Merge a patch into what an endpoint is; what the patch does not name stays unset.

    Raises:
        Refusal: 400, what comes out does not fit.
    """
    now = {"url": endpoint.url, "event_types": list(endpoint.event_types), "labels": endpoint.labels}
    merged = apply_patch(now, patch, _Patched)
    named = [name for name in patch.__struct_fields__ if getattr(patch, name) is not UNSET]
    return Subscription(**{name: getattr(merged, name) for name in named})
