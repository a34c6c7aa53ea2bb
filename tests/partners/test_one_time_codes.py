"""Codes of a generator as RFC 6238 has them, and recovery codes however they are typed."""

from __future__ import annotations

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest

from partners.one_time_codes import (
    find_step,
    new_recovery_codes,
    new_totp_key,
    read_recovery_code,
    totp_code,
    totp_uri,
)

RFC_KEY = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_rfc_6238(at, code):
    moment = datetime.fromtimestamp(at, UTC)
    assert totp_code(RFC_KEY, moment) == code
    assert find_step(RFC_KEY, code, moment) == at // 30


def test_a_code_is_good_half_a_minute_around_and_no_longer(now):
    code = totp_code(RFC_KEY, now)
    found = [find_step(RFC_KEY, code, now + timedelta(seconds=30 * steps)) for steps in (-2, -1, 0, 1, 2)]
    step = int(now.timestamp()) // 30
    assert found == [None, step, step, step, None]


@pytest.mark.parametrize("code", ["", "28708", "2870822", "28708a", "２８７０８２", "287 082"])
def test_what_is_no_code_has_no_step(code):
    assert find_step(RFC_KEY, code, datetime.fromtimestamp(59, UTC)) is None


def test_keys_are_of_160_bits_and_named_in_the_picture():
    key = new_totp_key()
    assert len(key) == 32
    assert key != new_totp_key()
    assert totp_uri(key, "ann@acme.example").startswith("otpauth://totp/Touchstone:ann%40acme.example?")
    assert f"secret={key}" in totp_uri(key, "ann@acme.example")


def test_a_recovery_code_is_read_however_it_is_typed():
    code = new_recovery_codes()[0]
    assert read_recovery_code(code) == code
    assert read_recovery_code(f" {code.lower().replace('-', '')} ") == code
    assert read_recovery_code(code[:-1]) is None
    assert read_recovery_code("ÄÄÄÄ" * 4) is None
