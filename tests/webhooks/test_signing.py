"""Signatures, against the reference vector and the reference library."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import VerifyKey
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from webhooks.envelope import address_envelope
from webhooks.signing import new_secret, read_private_key, read_secret, sign

# The vector of the Standard Webhooks reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVENT = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(event_id, timestamp, signature):
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


def test_the_reference_vector_is_met():
    assert sign([read_secret(SECRET)], EVENT, 1614265330, b'{"test": 2432232314}') == SIGNED


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.binary(min_size=24, max_size=64))
def test_the_reference_library_verifies_whatever_text_is_signed(text, key):
    body, now = json.dumps(text, ensure_ascii=False).encode(), int(time.time())
    secret = "whsec_" + base64.b64encode(key).decode()
    Webhook(secret).verify(body, headers("evt_1", now, sign([key], "evt_1", now, body)))


@pytest.mark.parametrize("body", ['{"a":"ü\u2028"}', '{"b":1.10,"a":1e2}', '{"n":"\U0001f600"}'])
def test_the_bytes_are_signed_as_they_are(body):
    secret, now = new_secret(), int(time.time())
    signature = sign([read_secret(secret)], "evt_1", now, body.encode())
    Webhook(secret).verify(body.encode(), headers("evt_1", now, signature))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.encode() + b" ", headers("evt_1", now, signature))


def test_during_a_rotation_both_secrets_verify_and_a_third_does_not():
    new, old, now = new_secret(), new_secret(), int(time.time())
    signature = sign([read_secret(new), read_secret(old)], "evt_1", now, b"{}")
    for secret in (new, old):
        Webhook(secret).verify(b"{}", headers("evt_1", now, signature))
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(b"{}", headers("evt_1", now, signature))


def test_another_id_or_time_does_not_verify():
    secret, now = new_secret(), int(time.time())
    signature = sign([read_secret(secret)], "evt_1", now, b"{}")
    for changed in (headers("evt_2", now, signature), headers("evt_1", now + 1, signature)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(b"{}", changed)


@pytest.mark.parametrize("event_id", ["evt.1", "evt_1\r\nx: y", "", "evt 1", "ü", "e" * 101])
def test_an_id_that_could_be_read_as_something_else_is_not_signed(event_id):
    with pytest.raises(ValueError, match="event id"):
        sign([b"k" * 32], event_id, 1, b"{}")


def test_nothing_is_sent_unsigned():
    with pytest.raises(ValueError, match="nothing to sign with"):
        sign([], "evt_1", 1, b"{}")


def test_a_secret_has_32_random_bytes_behind_its_prefix():
    first, second = new_secret(), new_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(read_secret(first)) == 32


def test_a_secret_is_read_with_or_without_prefix_and_padding():
    key = read_secret(SECRET)
    assert read_secret(SECRET.removeprefix("whsec_").rstrip("=")) == key


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_???", "whsec_c2hvcnQ=", "whsec_" + "QUFB" * 30])
def test_a_secret_that_is_no_secret_is_refused(secret):
    with pytest.raises(ValueError, match="signing secret"):
        read_secret(secret)


def test_each_attempt_has_a_fresh_time_and_signature_and_the_same_id():
    first = address_envelope("evt_1", b"{}", [b"k" * 32], datetime(2026, 1, 1, tzinfo=UTC))
    later = address_envelope("evt_1", b"{}", [b"k" * 32], datetime(2026, 1, 2, tzinfo=UTC))
    assert first["webhook-id"] == later["webhook-id"] == "evt_1"
    assert int(later["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 86_400
    assert first["webhook-signature"] != later["webhook-signature"]


# The ed25519 vector of svix' own tests: the same id, time and body.
PRIVATE = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
SIGNED_V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="


def test_the_vector_of_v1a_is_met():
    body = b'{"test": 2432232314}'
    assert sign([read_private_key(PRIVATE)], EVENT, 1614265330, body) == SIGNED_V1A


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_pynacl_verifies_whatever_is_signed_by_v1a(body):
    key = Ed25519PrivateKey.generate()
    signature = sign([key], "evt_1", 1, body).removeprefix("v1a,")
    VerifyKey(key.public_key().public_bytes_raw()).verify(b"evt_1.1." + body, base64.b64decode(signature))


def test_v1_and_v1a_stand_side_by_side_and_the_library_takes_its_own():
    secret, now = new_secret(), int(time.time())
    signature = sign([read_private_key(PRIVATE), read_secret(secret)], "evt_1", now, b"{}")
    assert [text.split(",")[0] for text in signature.split()] == ["v1a", "v1"]
    Webhook(secret).verify(b"{}", headers("evt_1", now, signature))


@pytest.mark.parametrize("text", ["whsk_", "whsk_???", "whsk_QUJD", "whsk_" + "QUFB" * 30])
def test_a_private_key_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="private key"):
        read_private_key(text)
