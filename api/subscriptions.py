"""Endpoints on the wire: what a partner may ask for, and what it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, convert, field
from msgspec.structs import asdict

from api.etags import etag
from api.house import House
from api.merging import apply_patch
from api.wire import Reference
from partners.destinations import AddressRules
from partners.records.endpoints import Certificate, Endpoint, OAuthClient, Signature, Status
from partners.sealing import Desk
from partners.subscribing import Subscription

Url = Annotated[
    str, Meta(min_length=1, max_length=2048, description="https, a public host, port 443 or 8443")
]
EventTypes = Annotated[
    list[Annotated[str, Meta(max_length=60, pattern=r"^(\*|[a-z_]+\.(\*|[a-z_]+))$")]],
    Meta(min_length=1, max_length=50, description="names, `noun.*`, or `*` for all that you may hear of"),
]
LabelName = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]
LabelValue = Annotated[str, Meta(min_length=1, max_length=400)]
Labels = Annotated[
    dict[LabelName, LabelValue],
    Meta(max_length=10, description="only events that carry all of these labels (see `/v1/event-types`)"),
]
Metadata = Annotated[
    dict[LabelName, LabelValue],
    Meta(max_length=20, description="whatever helps you to know it again; it decides nothing"),
]
Signatures = Annotated[
    list[Signature], Meta(min_length=1, max_length=2, description="v1: HMAC-SHA256; v1a: ed25519")
]
Headers = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=2000)]],
    Meta(max_length=10, description="sent with every event; values are never shown again"),
]
Rate = Annotated[float, Meta(gt=0, le=10_000)]
Pem = Annotated[str, Meta(min_length=1, max_length=20_000)]
OVERLAP = "hours during which those before it sign too; 0 revokes them now"


class OAuthIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As which client we ask your authorization server for access tokens (client credentials)."""

    token_url: Url
    client_id: Annotated[str, Meta(min_length=1, max_length=400)]
    client_secret: Annotated[str, Meta(min_length=1, max_length=2000)]
    scope: Annotated[str, Meta(min_length=1, max_length=400)] | None = None


class CertificateIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate that we show your server, with its chain, and its key without a passphrase; PEM."""

    certificate: Pem
    private_key: Pem


class EndpointIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An endpoint to register."""

    url: Url
    reference: Reference | None = None
    metadata: Metadata = {}
    event_types: EventTypes = field(default_factory=lambda: ["*"])
    labels: Labels = {}
    ordered: Annotated[bool, Meta(description="nothing later is sent until the earlier is settled")] = False
    rate_per_s: Rate | None = None
    signatures: Signatures = field(default_factory=lambda: ["v1"])
    headers: Headers = {}
    oauth2: OAuthIn | None = None
    client_certificate: CertificateIn | None = None


class EndpointPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different: null takes a label away, or puts a field back to what it is by itself."""

    url: Url | UnsetType = UNSET
    event_types: EventTypes | UnsetType | None = UNSET
    labels: Annotated[dict[LabelName, LabelValue | None], Meta(max_length=40)] | UnsetType | None = UNSET
    metadata: Annotated[dict[LabelName, LabelValue | None], Meta(max_length=40)] | UnsetType | None = UNSET
    ordered: bool | UnsetType = UNSET
    rate_per_s: Rate | UnsetType | None = UNSET
    signatures: Signatures | UnsetType = UNSET
    headers: Headers | UnsetType = UNSET
    oauth2: OAuthIn | UnsetType | None = UNSET
    client_certificate: CertificateIn | UnsetType | None = UNSET
    status: Literal["enabled", "paused"] | UnsetType = UNSET


class EndpointOut(Struct, frozen=True, kw_only=True):
    """An endpoint: `pending` until its receiver has shown the challenge; `disabled` by its own answer."""

    id: str
    reference: str | None
    url: str
    metadata: dict[str, str]
    event_types: list[str]
    labels: dict[str, str]
    ordered: bool
    rate_per_s: float | None
    signatures: list[Signature]
    headers: Annotated[list[str], Meta(description="their names")]
    oauth2: OAuthClient | None
    client_certificate: Certificate | None
    status: Status
    disabled_reason: str | None
    failing_since: Annotated[
        datetime | None, Meta(description="five days without a success disable the endpoint")
    ]
    verified_at: datetime | None
    created_at: datetime
    updated_at: datetime
    revision: int


class NewEndpointOut(EndpointOut, frozen=True, kw_only=True):
    """A new endpoint, with the secret that is shown this once."""

    secret: Annotated[str | None, Meta(description="of v1; keep it: it is not shown again")]
    public_key: Annotated[str | None, Meta(description="of v1a; also in /.well-known/webhook-keys.json")]


class ChallengeIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The challenge that the receiver was sent."""

    challenge: Annotated[str, Meta(min_length=1, max_length=200)]


class RotationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to rotate."""

    overlap_hours: Annotated[int, Meta(ge=0, le=168, description=OVERLAP)] = 24
    signature: Annotated[Signature, Meta(description="v1: the secret; v1a: the key pair")] = "v1"


class SecretOut(Struct, frozen=True, kw_only=True):
    """The new secret (v1), shown this once, or public key (v1a); until when those before it sign too."""

    secret: str | None
    public_key: str | None
    previous_expire_at: datetime


class SpanIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time, by when events occurred: `from` on, before `to`."""

    begin: Annotated[datetime, Meta(tz=True)] = field(name="from")
    end: Annotated[datetime, Meta(tz=True)] = field(name="to")


class RecoveredOut(Struct, frozen=True, kw_only=True):
    """How many deliveries are on their way again."""

    deliveries: int


class SentOut(Struct, frozen=True, kw_only=True):
    """What is on its way: the event, and its delivery to this endpoint."""

    event: str
    delivery: str


def read_subscription(data: EndpointIn) -> Subscription:
    """What is asked for, of what was given."""
    given = {name: value for name, value in asdict(data).items() if value is not UNSET}
    return convert(given, Subscription, from_attributes=True)


class _Merged(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of an endpoint is merged name by name."""

    event_types: EventTypes = field(default_factory=lambda: ["*"])
    labels: Labels = {}
    metadata: Metadata = {}


class _MergedPatch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    event_types: EventTypes | UnsetType | None = UNSET
    labels: dict[str, str | None] | UnsetType | None = UNSET
    metadata: dict[str, str | None] | UnsetType | None = UNSET


def merge_endpoint(endpoint: Endpoint, patch: EndpointPatch) -> Subscription:
    """Merge a patch into what an endpoint is; what the patch does not name stays unset.

    Raises:
        Refusal: 400, what comes out does not fit.
    """
    names = ("event_types", "labels", "metadata")
    now = {**{name: getattr(endpoint, name) for name in names}, "event_types": list(endpoint.event_types)}
    wanted = _MergedPatch(**{name: getattr(patch, name) for name in names})
    merged = asdict(apply_patch(now, wanted, _Merged))
    named = {name: value for name, value in asdict(patch).items() if value is not UNSET}
    return convert(
        named | {name: merged[name] for name in merged if name in named}, Subscription, from_attributes=True
    )


def read_desk(house: House) -> Desk:
    settings = house.settings
    rules = AddressRules(
        allow_private=settings.webhooks_allow_private, allow_http=settings.webhooks_allow_http
    )
    return Desk(keyring=house.keyring, rules=rules, now=house.clock())


def show_tag(endpoint: Endpoint) -> dict[str, str]:
    return {"ETag": etag(endpoint.revision)}


def show_fields(endpoint: Endpoint) -> dict[str, Any]:
    access = endpoint.access
    shown: dict[str, Any] = {
        "event_types": list(endpoint.event_types),
        "signatures": list(endpoint.signatures),
        "headers": list(access.headers),
        "oauth2": access.oauth2,
        "client_certificate": access.client_certificate,
    }
    names = [name for name in EndpointOut.__struct_fields__ if name not in shown]
    return shown | {name: getattr(endpoint, name) for name in names}


def show_endpoint(endpoint: Endpoint) -> EndpointOut:
    return EndpointOut(**show_fields(endpoint))
