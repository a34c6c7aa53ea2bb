"""Who is asking for a token: by secret in HTTP Basic or the form, or by an assertion of its own key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_plus

import structlog
from authlib.oauth2.rfc6749.errors import InvalidRequestError  # type: ignore[import-untyped]

from api.assertions import (
    ASSERTION_TYPE,
    AssertionRefused,
    claimed_client,
    named_key,
    verify_assertion,
)
from api.grants import ClientRefused
from api.house import House
from partners.access import find_client, spend
from partners.client_secrets import credential_of
from partners.published_keys import refresh_published
from partners.records.clients import AuthMethod, KnownClient

METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
log = structlog.get_logger("touchstone.oauth")


def authenticate(house: House, form: Mapping[str, str], headers: Mapping[str, str]) -> KnownClient:
    """Find out which client asks, and make it prove that.

    Raises:
        ClientRefused: it did not, for whatever reason: all look the same from outside.
        InvalidRequestError: it used more than one way at once (RFC 6749 section 2.3).
        NotReady: too many secrets are being checked.
    """
    basic = headers.get("authorization")
    used = [basic is not None, "client_secret" in form, "client_assertion" in form]
    if sum(used) > 1:
        raise InvalidRequestError("More than one way of authentication was used.")
    if basic is not None:
        client_id, secret = _read_basic(basic)
        if form.get("client_id", client_id) != client_id:
            raise ClientRefused
        return _by_secret(house, client_id, secret)
    if "client_secret" in form:
        return _by_secret(house, form.get("client_id", ""), form["client_secret"], in_form=True)
    if "client_assertion" in form:
        return _by_assertion(house, form)
    raise ClientRefused


def _by_secret(house: House, client_id: str, secret: str, *, in_form: bool = False) -> KnownClient:
    """Each try costs one hashing, whatever is wrong: the time of the answer tells nothing."""
    known = _find(house, client_id, "client_secret_basic")
    wanted = credential_of(secret)
    kept = [each.secret_hash for each in known.credentials if each.id == wanted] if known else []
    fits = house.secrets.check(secret, kept[0] if kept else None)
    if known is None or not fits or (in_form and not known.client.allows_form_secret):
        raise ClientRefused
    return known


def _read_basic(header: str) -> tuple[str, str]:
    """Read HTTP Basic; both parts are percent-encoded before base64 (RFC 6749 section 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise ClientRefused
    try:
        text = base64.b64decode(encoded.strip().encode("ascii"), validate=True).decode()
    except (binascii.Error, ValueError):
        raise ClientRefused from None
    client_id, colon, secret = text.partition(":")
    if not colon or "\x00" in text:
        raise ClientRefused
    return unquote_plus(client_id), unquote_plus(secret)


def _by_assertion(house: House, form: Mapping[str, str]) -> KnownClient:
    try:
        return _verify(house, form)
    except AssertionRefused as error:
        log.info("client assertion refused", reason=str(error))
        raise ClientRefused from None


def _verify(house: House, form: Mapping[str, str]) -> KnownClient:
    assertion = form["client_assertion"]
    client_id = claimed_client(assertion)
    known = _find(house, client_id, "private_key_jwt")
    if known is None:
        raise AssertionRefused("no such client, or it does not use keys")
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise AssertionRefused("another type of assertion")
    if form.get("client_id", client_id) != client_id:
        raise AssertionRefused("another client_id in the form")
    if refresh_published(house.database, house.egress, known, named_key(assertion), house.clock()):
        known = _find(house, client_id, "private_key_jwt") or known
    proof = verify_assertion(assertion, known, house.settings.base_url, house.clock())
    if not spend(house.database, client_id, proof.jti, proof.expires_at):
        raise AssertionRefused("used before")
    return known


def _find(house: House, client_id: str, method: AuthMethod) -> KnownClient | None:
    """Find a client that may use this way; customs have no other than their key, whatever is registered."""
    known = find_client(house.database, client_id, house.clock())
    if known is None or known.client.auth_method != method:
        return None
    return None if known.kind == "customs" and method != "private_key_jwt" else known
