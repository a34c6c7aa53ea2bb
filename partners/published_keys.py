"""Published keys: a client's JWK Set at an https URL of its own, read through the one way out.

They are read when the URL is registered, when an assertion names a key we do not know, and when what we
know is old; at most once a minute, whoever asks. What could not be read anew for a day is good no longer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from partners.client_keys import read_public_keys
from partners.db import Database
from partners.deadlines import under_deadline
from partners.destinations import OutboundRefused
from partners.errors import RuleBroken
from partners.ids import new_id
from partners.outbound import Egress, Unfetched, fetch
from partners.principal import Principal
from partners.records import audit
from partners.records.clients import Credential, KnownClient
from partners.records.credentials import claim_asking, mark_read, replace_published

FRESH = timedelta(hours=1)
GOOD = timedelta(hours=24)
PAUSE = timedelta(seconds=60)
_MOST_BYTES = 65_536
_SECONDS = 5.0
_POINTER = "/jwks_uri"


def read_published(egress: Egress, url: str) -> list[dict[str, Any]]:
    """Read the JWK Set at a URL.

    Raises:
        RuleBroken: it must not be called, does not answer, or holds other than good public keys.
    """
    try:
        return read_public_keys(
            msgspec.json.decode(fetch(egress, url, most_bytes=_MOST_BYTES, seconds=_SECONDS))
        )
    except OutboundRefused as refused:
        detail = f"must not be called ({refused.reason}): an https URL at a public address is needed"
        raise RuleBroken([(_POINTER, detail)]) from None
    except Unfetched as error:
        raise RuleBroken([(_POINTER, f"cannot be read: {error}")]) from None
    except (msgspec.DecodeError, RecursionError):
        raise RuleBroken([(_POINTER, "does not hold JSON")]) from None
    except RuleBroken as broken:
        raise RuleBroken([(_POINTER, f"{pointer}: {detail}") for pointer, detail in broken.errors]) from None


def refresh_published(
    database: Database, egress: Egress, known: KnownClient, kid: str | None, now: datetime
) -> bool:
    """Read a client's published keys again where that may help; tells whether they were read."""
    client = known.client
    if client.jwks_uri is None or not _is_due(known, kid, now):
        return False
    with under_deadline(None):
        mine = database.acting(
            "access", lambda connection, _: claim_asking(connection, client.id, now - PAUSE, now)
        )
    if not mine:
        return False
    try:
        keys = read_published(egress, client.jwks_uri)
    except RuleBroken:
        return False  # the keys we have are good until they end
    with under_deadline(None):
        database.acting("access", lambda connection, _: _keep(connection, known, keys, now))
    return True


def _is_due(known: KnownClient, kid: str | None, now: datetime) -> bool:
    read_at = known.client.jwks_read_at
    kids = {each.jwk["kid"] for each in known.credentials if each.jwk}
    return read_at is None or read_at <= now - FRESH or (kid is not None and kid not in kids)


def _keep(connection: Connection, known: KnownClient, keys: list[dict[str, Any]], now: datetime) -> None:
    client = known.client
    if not mark_read(connection, client.id, str(client.jwks_uri), now):
        return  # another URL was registered meanwhile
    replace_published(connection, client.id, published_credentials(client.id, keys, now))
    current = {each.jwk["kid"] for each in known.credentials if each.jwk and each.source == "uri"}
    if (kids := {key["kid"] for key in keys}) != current:
        by = Principal(organization_id=client.organization_id, kind=known.kind, client_id=client.id)
        detail = {"kids": sorted(kids)}
        audit.record(connection, by, "client.published_keys_changed", client.id, detail, now)


def published_credentials(client_id: str, keys: list[dict[str, Any]], now: datetime) -> list[Credential]:
    """Published keys as rows that end in a day, unless they are read again."""
    return [
        Credential(
            id=new_id("crd"),
            client_id=client_id,
            kind="key",
            jwk=key,
            source="uri",
            created_at=now,
            expires_at=now + GOOD,
        )
        for key in keys
    ]
