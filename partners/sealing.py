"""Sealing: the secrets of an endpoint go into the database encrypted, and are rotated with an overlap."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from sqlalchemy import Connection

from partners.credentials import Credentials, read_certificate
from partners.db import Database
from partners.destinations import AddressRules
from partners.errors import Conflict
from partners.ids import new_id
from partners.keyring import Keyring
from partners.records.endpoint_secrets import (
    EndpointSecret,
    Kind,
    add_secret,
    count_live,
    drop_expired_secrets,
    drop_secrets,
    expire_secrets,
    find_secret,
    list_public_keys,
    secret_context,
)
from partners.records.endpoints import Access, Certificate, OAuthClient

PUBLIC_PREFIX = "whpk_"
_MOST_SECRETS = 3


class PublicKey(Struct, frozen=True, kw_only=True):
    """A key that verifies v1a signatures; its `kid` is a thumbprint and names nobody."""

    kid: str
    public_key: str
    created_at: datetime
    expires_at: datetime | None


class Desk(Struct, frozen=True, kw_only=True):
    """What the acts on endpoints need: the keys that seal, the addresses that are good, the time."""

    keyring: Keyring
    rules: AddressRules
    now: datetime


def seal_secret(
    connection: Connection, keyring: Keyring, endpoint_id: str, secret: str, now: datetime
) -> None:
    """Keep an HMAC secret."""
    _seal(connection, keyring, _Plain(endpoint_id, "hmac", secret.encode()), now)


def seal_new_key(connection: Connection, keyring: Keyring, endpoint_id: str, now: datetime) -> str:
    """Make an ed25519 key and keep it; returns its public part, `whpk_` and base64."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    _seal(connection, keyring, _Plain(endpoint_id, "ed25519", key.private_bytes_raw(), public), now)
    return write_public_key(public)


def make_room(connection: Connection, endpoint_id: str, kind: Kind, ends_at: datetime, now: datetime) -> None:
    """Let the live secrets of a kind end at `ends_at`, so that a new one can be made.

    Raises:
        Conflict: three live ones are the most; to drop one early could break who still verifies by it.
    """
    expire_secrets(connection, endpoint_id, kind, ends_at)
    drop_expired_secrets(connection, endpoint_id, now)
    if count_live(connection, endpoint_id, kind, now) >= _MOST_SECRETS:
        raise Conflict("three secrets sign already: wait until one ends, or end all with overlap_hours 0")


def revoke(connection: Connection, endpoint_id: str, kind: Kind) -> None:
    """Let all secrets of a kind sign no more."""
    drop_secrets(connection, endpoint_id, kind)


def seal_credentials(
    connection: Connection, keyring: Keyring, endpoint_id: str, credentials: Credentials, now: datetime
) -> None:
    """Keep what lets us in, instead of what did before."""
    drop_secrets(connection, endpoint_id, "access")
    if credentials != Credentials():
        _seal(connection, keyring, _Plain(endpoint_id, "access", msgspec.json.encode(credentials)), now)


def describe_access(credentials: Credentials) -> Access:
    """What may be shown of what lets us in."""
    oauth2, pair = credentials.oauth2, credentials.client_certificate
    shown = read_certificate(pair) if pair else None
    return Access(
        headers=tuple(credentials.headers),
        oauth2=OAuthClient(token_url=oauth2.token_url, client_id=oauth2.client_id, scope=oauth2.scope)
        if oauth2
        else None,
        client_certificate=Certificate(
            subject=shown.subject, sha256=shown.sha256, expires_at=shown.expires_at
        )
        if shown
        else None,
    )


def open_credentials(connection: Connection, keyring: Keyring, endpoint_id: str) -> Credentials:
    """What lets us in at an endpoint's receiver."""
    kept = find_secret(connection, endpoint_id, "access")
    if kept is None:
        return Credentials()
    return msgspec.json.decode(keyring.open(kept.ciphertext, secret_context(kept.id)), type=Credentials)


def publish_keys(database: Database, now: datetime, endpoint_id: str | None = None) -> list[PublicKey]:
    """The public keys that verify what is signed now; of one endpoint, or of all."""
    with database.surveying("delivery") as connection:
        live = list_public_keys(connection, now, endpoint_id)
    return [_publish(one) for one in live]


def write_public_key(public: bytes) -> str:
    """A public key as its receiver keeps it."""
    return PUBLIC_PREFIX + base64.b64encode(public).decode()


def _publish(key: EndpointSecret) -> PublicKey:
    public = key.public_key or b""
    kid = base64.urlsafe_b64encode(hashlib.sha256(public).digest()[:12]).decode()
    return PublicKey(
        kid=kid,
        public_key=write_public_key(public),
        created_at=key.created_at,
        expires_at=key.expires_at,
    )


class _Plain(Struct, frozen=True):
    endpoint_id: str
    kind: Kind
    content: bytes
    public_key: bytes | None = None


def _seal(connection: Connection, keyring: Keyring, plain: _Plain, now: datetime) -> None:
    key = new_id("whs")
    add_secret(
        connection,
        EndpointSecret(
            id=key,
            endpoint_id=plain.endpoint_id,
            kind=plain.kind,
            ciphertext=keyring.seal(plain.content, secret_context(key)),
            created_at=now,
            public_key=plain.public_key,
        ),
    )
