"""Rotation with a clock that is moved: whoever changes its secret within the overlap misses no event."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from partners.records.outbox import Claim, claim_due
from partners.rotating import Rotation, rotate_key, rotate_secret
from partners.sealing import Desk, publish_keys
from partners.subscribing import Subscription, register_endpoint
from webhooks.attempt import open_parcel, open_secret
from webhooks.envelope import address_envelope
from webhooks.signing import new_secret

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def endpoint(database, keyring, egress, principal):
    """An endpoint that signs by both versions, with its first secret, and a way to act on it at a time."""

    class Kept:
        secret = new_secret()

        def act(self, work, at):
            desk = Desk(keyring=keyring, rules=egress.rules, now=at)
            return database.acting("delivery", lambda c, _: work(c, desk))

        def rotate(self, at, overlap):
            rotation = Rotation(secret=new_secret(), overlap=overlap)
            self.act(lambda c, desk: rotate_secret(c, principal, self.id, rotation, desk), at)
            return rotation.secret

        def rotate_key(self, at, overlap):
            return self.act(lambda c, desk: rotate_key(c, principal, self.id, overlap, desk), at)

        def public_keys(self, at):
            return [one.public_key for one in publish_keys(database, at, self.id)]

        def sign(self, at):
            """The headers of an event that is told and claimed at this time, made as a worker makes them."""
            claim = Claim(token="w.1", now=at, lease=1000 * HOUR, limit=9, per_endpoint=99)
            (leased,) = self.act(lambda c, _: claim_due(c, claim), at)
            now = datetime.now(UTC)  # the verifying library has no clock to hand down
            return address_envelope(
                leased.event_id, leased.body, open_parcel(leased, partial(open_secret, keyring)).keys, now
            ), leased

    kept = Kept()
    wanted = Subscription(url="http://127.0.0.53:1/", signatures=["v1", "v1a"])
    kept.id = kept.act(lambda c, desk: register_endpoint(c, principal, wanted, kept.secret, desk), START).id
    return kept


def verifies(secret, signed):
    headers, leased = signed
    try:
        Webhook(secret).verify(leased.body, headers)
    except WebhookVerificationError:
        return False
    return True


def verifies_v1a(public, signed):
    """As a receiver with PyNaCl does."""
    headers, leased = signed
    key = VerifyKey(base64.b64decode(public.removeprefix("whpk_")))
    content = f"{leased.event_id}.{headers['webhook-timestamp']}.".encode() + leased.body
    for text in headers["webhook-signature"].split():
        version, _, signature = text.partition(",")
        if version == "v1a":
            with suppress(BadSignatureError):
                return bool(key.verify(content, base64.b64decode(signature)))
    return False


@pytest.mark.parametrize("change", [1.0, 13.0, 24.9])
def test_a_receiver_that_changes_its_secret_within_the_overlap_misses_nothing(endpoint, tell, change):
    old, new = endpoint.secret, None
    for hour in range(30):
        at = START + hour * HOUR
        if hour == 1:
            new = endpoint.rotate(at, 24 * HOUR)
        tell(now=at)
        signed = endpoint.sign(at)
        assert verifies(new if hour >= change else old, signed), hour
        assert verifies(old, signed) == (hour < 25)


def test_a_receiver_of_v1a_that_changes_its_key_within_the_overlap_misses_nothing(endpoint, tell):
    (old,) = endpoint.public_keys(START)
    new = endpoint.rotate_key(START + HOUR, 24 * HOUR)
    for hour in (1, 12, 24, 25, 30):
        at = START + hour * HOUR
        tell(now=at)
        signed = endpoint.sign(at)
        assert verifies_v1a(new, signed)
        assert verifies_v1a(old, signed) == (hour < 25)
        assert endpoint.public_keys(at) == ([new, old] if hour < 25 else [new])


def test_three_rotations_in_a_row_leave_whoever_is_slow_its_time(endpoint, tell):
    secrets = [endpoint.secret, *(endpoint.rotate(START + n * HOUR, 24 * HOUR) for n in (1, 2))]
    at = START + 3 * HOUR
    tell(now=at)
    signed = endpoint.sign(at)
    assert [verifies(secret, signed) for secret in secrets] == [True] * 3
    assert signed[0]["webhook-signature"].count("v1,") == 3


def test_revoked_now_means_from_the_next_event_on(endpoint, tell):
    (old_key,) = endpoint.public_keys(START)
    new = endpoint.rotate(START + HOUR, timedelta(0))
    new_key = endpoint.rotate_key(START + HOUR, timedelta(0))
    tell(now=START + HOUR)
    signed = endpoint.sign(START + HOUR)
    assert (verifies(new, signed), verifies(endpoint.secret, signed)) == (True, False)
    assert (verifies_v1a(new_key, signed), verifies_v1a(old_key, signed)) == (True, False)
    assert endpoint.public_keys(START + HOUR) == [new_key]


def test_private_keys_are_not_in_the_database(endpoint, database):
    with database.surveying("delivery") as connection:
        rows = connection.exec_driver_sql("SELECT kind, ciphertext, public_key FROM endpoint_secrets").all()
    assert sorted(row.kind for row in rows) == ["ed25519", "hmac"]
    for row in rows:
        assert len(bytes(row.ciphertext)) > 12 + 16 + 32  # nonce, seal, and what is sealed
        assert endpoint.secret.encode() not in bytes(row.ciphertext)
