"""Servers that misbehave, a name server that changes its mind, certificates of a test: all on loopback."""

from __future__ import annotations

import asyncio
import resource
import ssl
import struct
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from partners.destinations import AddressRules
from partners.outbound import Egress
from webhooks.delivery import HttpSender, Target

HOST = "127.0.0.53"
NAME = "partner.example"


class Authority:
    """A certificate authority of a test."""

    def __init__(self, name="Test authority"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = _builder(self.name, self.name, self.key.public_key(), timedelta(days=1))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = builder.sign(self.key, SHA256())
        self.pem = self.certificate.public_bytes(Encoding.PEM).decode()

    def issue(self, *names, life=timedelta(days=1), self_signed=False):
        """A certificate for these names and its key, both PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        builder = _builder(subject, subject if self_signed else self.name, key.public_key(), life)
        alternatives = [x509.DNSName(name) for name in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        certificate = builder.sign(key if self_signed else self.key, SHA256())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return certificate.public_bytes(Encoding.PEM).decode(), private.decode()


def _builder(subject, issuer, key, life):
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(days=10)).not_valid_after(now + life)


@pytest.fixture(scope="session")
def authority():
    return Authority()


@pytest.fixture(scope="session")
def stranger():
    return Authority("An authority nobody knows")


@pytest.fixture
def context(tmp_path):
    """The TLS context of a server with this certificate."""

    def make(pair, **options):
        file = tmp_path / "server.pem"
        file.write_text("".join(pair))
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(file)
        for name, value in options.items():
            setattr(made, name, value)
        return made

    return make


@asynccontextmanager
async def _serve(talk, tls=None, host=HOST):
    """A server that talks by `talk(reader, writer)`; yields its port and what it has met."""
    met = []

    async def serve(reader, writer):
        met.append(writer.get_extra_info("peername"))
        try:
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(serve, host, 0, ssl=tls, limit=2**20)
    try:
        yield running.sockets[0].getsockname()[1], met
    finally:
        running.close()


@asynccontextmanager
async def _answer_names(answer):
    """A name server; `answer(kind, name)` gives its records as (kind, text). Yields its place."""

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            kind = struct.unpack_from("!H", data, len(data) - 4)[0]
            records = [_record(*record) for record in answer(kind, _read_name(data))]
            head = data[:2] + struct.pack("!5H", 0x8180, 1, len(records), 0, 0)
            self.transport.sendto(head + data[12:] + b"".join(records), addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Server, local_addr=(HOST, 0))
    try:
        yield "{}:{}".format(*transport.get_extra_info("sockname"))
    finally:
        transport.close()


def _record(kind, text):
    if kind == 5:
        content = b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"
    else:
        content = ip_address(text).packed
    return struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(content)) + content


def _read_name(data):
    labels, place = [], 12
    while length := data[place]:
        labels.append(data[place + 1 : place + 1 + length].decode())
        place += 1 + length
    return ".".join(labels)


@pytest.fixture
def internet():
    """Servers, name servers, and a sender that trusts one authority and one loopback address."""

    def make_sender(names=(), authorities=(), **changes):
        rules = AddressRules(allow_http=True, allowed=(f"{HOST}/32",))
        egress = Egress(rules=rules, dns_servers=tuple(names), authorities=tuple(authorities), **changes)
        return HttpSender(egress)

    return SimpleNamespace(serve=_serve, names=_answer_names, sender=make_sender, host=HOST, name=NAME)


@pytest.fixture
def post(internet):
    """Send one event to a URL and close everything behind it."""

    async def act(url, deadline=5.0, target=None, **options):
        sender = internet.sender(**options)
        try:
            given = target or Target(url=url)
            return await sender.send(given, {"content-type": "application/json"}, b"{}", deadline)
        finally:
            await sender.close()

    return act


@pytest.fixture
def grown():
    """The growth of this process's highest memory since the test began, in bytes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return lambda: (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
