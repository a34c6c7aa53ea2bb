"""Whose certificate is taken, by name, by authority, by time; and ours, where it is asked for."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta

import pytest

from partners.credentials import CertificatePair, Credentials
from webhooks.delivery import Target

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def talk(reader, writer):
    await reader.readuntil(b"{}")
    writer.write(OK)
    await writer.drain()


@pytest.fixture
def call(internet, post, authority):
    """Call a TLS server by its name, which leads to one address."""

    def make(tls, credentials=None):
        async def main():
            async with (
                internet.serve(talk, tls) as (port, _),
                internet.names(lambda kind, _: [(1, internet.host)] if kind == 1 else []) as names,
            ):
                url = f"https://{internet.name}:{port}/in"
                target = Target(url=url, owner="end_1", credentials=credentials or Credentials())
                return await post(url, target=target, names=[names], authorities=[authority.pem])

        return asyncio.run(main())

    return make


def test_a_certificate_of_the_name_by_a_known_authority_is_taken(call, context, authority, internet):
    outcome = call(context(authority.issue(internet.name)))
    assert (outcome.status, outcome.error, outcome.peer) == (200, None, internet.host)


@pytest.mark.parametrize(
    "fault", ["expired", "wrong name", "self-signed", "unknown authority", "address only"]
)
def test_a_certificate_that_proves_nothing_is_refused(fault, call, context, authority, stranger, internet):
    pair = {
        "expired": lambda: authority.issue(internet.name, life=timedelta(days=-1)),
        "wrong name": lambda: authority.issue("stranger.example"),
        "self-signed": lambda: authority.issue(internet.name, self_signed=True),
        "unknown authority": lambda: stranger.issue(internet.name),
        "address only": lambda: authority.issue(internet.host),
    }[fault]()
    outcome = call(context(pair))
    assert (outcome.status, outcome.phase, outcome.error) == (None, "tls", "certificate_rejected")


def test_tls_older_than_1_2_is_refused(call, context, authority, internet):
    tls = context(authority.issue(internet.name))
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        tls.minimum_version, tls.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    outcome = call(tls)
    assert (outcome.phase, outcome.error) == ("tls", "tls_failed")


def test_the_server_is_asked_for_the_name_though_the_address_is_pinned(call, context, authority, internet):
    asked = []
    right = context(authority.issue(internet.name))
    wrong = context(authority.issue("stranger.example"))

    def choose(connection, name, _context):
        asked.append(name)
        if name == internet.name:
            connection.context = right

    wrong.sni_callback = choose
    assert call(wrong).status == 200
    assert asked == [internet.name]


@pytest.fixture
def strict(context, authority, internet, tmp_path):
    """A server that asks for a client certificate of our authority."""

    def make(version):
        tls = context(authority.issue(internet.name), verify_mode=ssl.CERT_REQUIRED, maximum_version=version)
        tls.load_verify_locations(cadata=authority.pem)
        return tls

    return make


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_certificate_is_shown_where_there_is_one(version, call, strict, authority):
    certificate, key = authority.issue("touchstone.example")
    pair = CertificatePair(certificate=certificate, private_key=key)
    assert call(strict(version), Credentials(client_certificate=pair)).status == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_without_the_client_certificate_that_is_asked_for_the_attempt_fails(version, call, strict):
    outcome = call(strict(version))
    assert outcome.status is None
    assert outcome.error in {"tls_failed", "disconnected"}


def test_a_client_certificate_by_somebody_else_is_not_enough(call, strict, stranger):
    certificate, key = stranger.issue("touchstone.example")
    pair = CertificatePair(certificate=certificate, private_key=key)
    assert call(strict(ssl.TLSVersion.TLSv1_2), Credentials(client_certificate=pair)).status is None
