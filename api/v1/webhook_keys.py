"""The keys that sign for an endpoint: rotating them, and the public ones for whoever verifies v1a."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from api.house import House
from api.idempotency import Once
from api.subscriptions import RotationIn, SecretOut, read_desk
from partners.principal import Claims
from partners.rotating import Rotation, rotate_key, rotate_secret
from partners.sealing import publish_keys
from webhooks.signing import new_secret

OfEndpoint = Annotated[str | None, QueryParameter(max_length=40, description="that sign for this endpoint")]


class PublicKeyOut(Struct, frozen=True, kw_only=True):
    """An ed25519 key: `whpk_` and base64 of 32 bytes. `kid` is a thumbprint and names nobody."""

    kid: str
    public_key: str
    created_at: datetime
    expires_at: datetime | None


class PublicKeysOut(Struct, frozen=True, kw_only=True):
    """The keys that sign now, the newest first."""

    keys: list[PublicKeyOut]


class WebhookKeyController(Controller):
    path = "/v1/webhook-endpoints"
    tags = ("webhooks",)

    @post(
        "/{key:str}/secret",
        operation_id="rotate_webhook_secret",
        summary="Rotate the secret",
        sync_to_thread=True,
    )
    def rotate(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
        data: JSONBody[RotationIn],
    ) -> Response[SecretOut]:
        """Make a new secret or key pair; until the overlap ends each event is signed with the old ones too.

        Three at most sign at once. `overlap_hours` 0 revokes the old ones now. A signature that the
        endpoint did not have is added.
        """
        return once.answer(lambda: _rotate(house, claims, key, data), shows_secret=True)


@get(
    "/.well-known/webhook-keys.json",
    operation_id="get_webhook_keys",
    tags=["webhooks"],
    summary="Public keys of webhooks",
    sync_to_thread=True,
)
def show_webhook_keys(house: NamedDependency[House], endpoint: OfEndpoint = None) -> Response[PublicKeysOut]:
    """Answer the public keys that verify `v1a` signatures.

    Each endpoint has keys of its own: trust only those of yours (`?endpoint=`), or what was signed for
    somebody else would verify too.
    """
    found = publish_keys(house.database, house.clock(), endpoint)
    keys = [
        PublicKeyOut(
            kid=one.kid, public_key=one.public_key, created_at=one.created_at, expires_at=one.expires_at
        )
        for one in found
    ]
    return Response(PublicKeysOut(keys=keys), headers={"Cache-Control": "max-age=300"})


def _rotate(house: House, claims: Claims, key: str, data: RotationIn) -> SecretOut:
    desk = read_desk(house)
    rotation = Rotation(secret=new_secret(), overlap=timedelta(hours=data.overlap_hours))
    ends_at = desk.now + rotation.overlap
    if data.signature == "v1a":
        public = house.database.writing(
            claims, lambda connection, who: rotate_key(connection, who, key, rotation.overlap, desk)
        )
        return SecretOut(secret=None, public_key=public, previous_expire_at=ends_at)
    house.database.writing(
        claims, lambda connection, who: rotate_secret(connection, who, key, rotation, desk)
    )
    return SecretOut(secret=rotation.secret, public_key=None, previous_expire_at=ends_at)
