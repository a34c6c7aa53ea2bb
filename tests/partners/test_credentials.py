"""What lets us in at a receiver: which of it is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from partners.credentials import CertificatePair, Credentials, OAuthSecret, find_faults, read_certificate
from partners.destinations import AddressRules

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def faults(**given):
    return find_faults(Credentials(**given), AddressRules(), NOW)


HOP_BY_HOP = [
    "Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Keep-Alive",
    "Proxy-Authorization",
]
OURS = [
    "Host",
    "content-length",
    "Content-Type",
    "Expect",
    "Cookie",
    "webhook-signature",
    "Webhook-Id",
    "ce-id",
]


@pytest.mark.parametrize("name", [*HOP_BY_HOP, *OURS, "X:Y", "Ü", "Bad Name", "X\r\nY", "", "X" * 65])
def test_a_header_that_is_not_theirs_to_set_is_refused(name):
    ((pointer, _),) = faults(headers={name: "value"})
    assert pointer.startswith("/headers/")


@pytest.mark.parametrize(
    "value", ["", " ", "a\r\nX-Evil: b", "a\nb", "a\0b", "ü", " a", "a ", "\t", "x" * 2001]
)
def test_a_value_that_could_end_its_line_is_refused(value):
    assert faults(headers={"X-Api-Key": value})


def test_ordinary_headers_pass():
    assert faults(headers={"X-Api-Key": "abc 123 ~!", "Authorization": "Basic eDp5", "X_y.z": "1"}) == []


def test_a_header_is_named_once():
    assert faults(headers={"X-Key": "a", "x-key": "b"}) == [("/headers", "names a header twice")]


def client(**changes):
    return OAuthSecret(
        **{"token_url": "https://auth.example/token", "client_id": "a", "client_secret": "b"} | changes
    )


def test_a_token_url_may_lead_outside_only():
    assert faults(oauth2=client()) == []
    ((pointer, _),) = faults(oauth2=client(token_url="https://169.254.169.254/token"))
    assert pointer == "/oauth2/token_url"


def test_a_token_and_an_authorization_header_would_meet():
    ((pointer, _),) = faults(oauth2=client(), headers={"authorization": "Basic eDp5"})
    assert pointer == "/headers/Authorization"


@pytest.fixture(scope="module")
def make():
    """A certificate and its key, that end after so many days."""

    def issue(days=1, passphrase=None):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "touchstone.example")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(1).not_valid_before(NOW - timedelta(days=30))
        made = builder.not_valid_after(NOW + timedelta(days=days)).sign(key, SHA256())
        lock = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode()
        return CertificatePair(certificate=made.public_bytes(Encoding.PEM).decode(), private_key=private)

    return issue


def test_what_is_shown_of_a_certificate(make):
    shown = read_certificate(make(days=9))
    assert (shown.subject, shown.expires_at) == ("CN=touchstone.example", NOW + timedelta(days=9))
    assert len(shown.sha256) == 64


def test_a_certificate_that_cannot_be_used_is_refused(make):
    one, other = make(), make()
    mixed = CertificatePair(certificate=one.certificate, private_key=other.private_key)
    junk = CertificatePair(certificate="-----BEGIN", private_key=one.private_key)
    for pair, reason in (
        (mixed, "another certificate"),
        (junk, "no PEM certificate"),
        (make(passphrase=b"locked"), "passphrase"),
        (make(days=-1), "expired"),
    ):
        ((_, detail),) = faults(client_certificate=pair)
        assert reason in detail
