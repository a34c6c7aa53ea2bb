"""Rotating: an endpoint's new secret or key, with the ones before it signing on for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.principal import Principal
from partners.records import audit
from partners.records.endpoints import Endpoint, Signature, change_endpoint, get_endpoint
from partners.sealing import Desk, make_room, seal_new_key, seal_secret


class Rotation(Struct, frozen=True, kw_only=True):
    """A new secret, and for how long the ones before it still sign beside it."""

    secret: str
    overlap: timedelta


def rotate_secret(
    connection: Connection, principal: Principal, key: str, rotation: Rotation, desk: Desk
) -> Endpoint:
    """Give an endpoint a new secret; the ones before it sign beside it until the overlap ends.

    Without an overlap they are revoked now. An endpoint that was signed by v1a alone has v1 from now on.

    Raises:
        Conflict: three secrets sign already.
    """
    endpoint = get_endpoint(connection, principal, key, to_change=True)
    make_room(connection, endpoint.id, "hmac", desk.now + rotation.overlap, desk.now)
    seal_secret(connection, desk.keyring, endpoint.id, rotation.secret, desk.now)
    _note_rotation(connection, principal, endpoint, "v1", (rotation.overlap, desk.now))
    return endpoint


def rotate_key(connection: Connection, principal: Principal, key: str, overlap: timedelta, desk: Desk) -> str:
    """Give an endpoint a new ed25519 key, as `rotate_secret` does; returns its public part."""
    endpoint = get_endpoint(connection, principal, key, to_change=True)
    make_room(connection, endpoint.id, "ed25519", desk.now + overlap, desk.now)
    public = seal_new_key(connection, desk.keyring, endpoint.id, desk.now)
    _note_rotation(connection, principal, endpoint, "v1a", (overlap, desk.now))
    return public


def _note_rotation(
    connection: Connection,
    principal: Principal,
    endpoint: Endpoint,
    signature: Signature,
    when: tuple[timedelta, datetime],
) -> None:
    overlap, now = when
    if signature not in endpoint.signatures:
        signatures = tuple(sorted({*endpoint.signatures, signature}))
        change_endpoint(
            connection,
            replace(endpoint, signatures=signatures, revision=endpoint.revision + 1, updated_at=now),
        )
    detail = {"overlap_hours": overlap / timedelta(hours=1), "signature": signature}
    audit.record(connection, principal, "endpoint.secret_rotated", endpoint.id, detail, now)
