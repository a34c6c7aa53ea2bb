"""What lets us in at a receiver: headers of its own, an OAuth client, a client certificate. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from msgspec import Struct

from partners.destinations import AddressRules, OutboundRefused, check_url

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_VALUE = re.compile(r"[!-~]([ -~]{0,1998}[!-~])?")
# Ours to write, or between one hop and the next only (RFC 9110 section 7.6.1).
_RESERVED = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "date",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)


class OAuthSecret(Struct, frozen=True, kw_only=True):
    """As which client, and with which secret, we ask the receiver's authorization server for tokens."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str | None = None


class CertificatePair(Struct, frozen=True, kw_only=True):
    """A client certificate, its chain behind it, and its key; both PEM."""

    certificate: str
    private_key: str


class Credentials(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of it, as it is sealed."""

    headers: dict[str, str] = {}
    oauth2: OAuthSecret | None = None
    client_certificate: CertificatePair | None = None

    @property
    def words(self) -> list[str]:
        """What must be shown nowhere."""
        return [*self.headers.values(), *([self.oauth2.client_secret] if self.oauth2 else [])]


class Shown(Struct, frozen=True):
    """What may be shown of a certificate."""

    subject: str
    sha256: str
    expires_at: datetime


def find_faults(credentials: Credentials, rules: AddressRules, now: datetime) -> list[tuple[str, str]]:
    """What breaks a rule, as (pointer, detail)."""
    faults = _find_header_faults(credentials.headers)
    if credentials.oauth2:
        if any(name.lower() == "authorization" for name in credentials.headers):
            faults.append(("/headers/Authorization", "would meet the token of oauth2"))
        try:
            check_url(credentials.oauth2.token_url, rules)
        except OutboundRefused as refused:
            faults.append(("/oauth2/token_url", f"may not be called: {refused.reason}"))
    if credentials.client_certificate:
        try:
            shown = read_certificate(credentials.client_certificate)
        except ValueError as error:
            faults.append(("/client_certificate", str(error)))
        else:
            if shown.expires_at <= now:
                faults.append(("/client_certificate/certificate", "has expired"))
    return faults


def _find_header_faults(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    faults = []
    for name, value in headers.items():
        pointer = "/headers/" + name.replace("~", "~0").replace("/", "~1")
        if not _NAME.fullmatch(name):
            faults.append((pointer, "is no name of a header"))
        elif name.lower() in _RESERVED or name.lower().startswith(("webhook-", "proxy-", "ce-")):
            faults.append((pointer, "is not yours to set"))
        elif not _VALUE.fullmatch(value):
            faults.append((pointer, "holds more than printable ASCII"))
    if len({name.lower() for name in headers}) < len(headers):
        faults.append(("/headers", "names a header twice"))
    return faults


def read_certificate(pair: CertificatePair) -> Shown:
    """Read a certificate and see that the key is its own.

    Raises:
        ValueError: one of them is not PEM, the key is locked, or they do not belong together.
    """
    try:
        certificate = x509.load_pem_x509_certificates(pair.certificate.encode())[0]
    except (ValueError, IndexError):
        raise ValueError("has no PEM certificate") from None
    try:
        key = load_pem_private_key(pair.private_key.encode(), password=None)
    except Exception:  # noqa: BLE001 - the library raises half a dozen kinds, none of which helps
        raise ValueError("has no PEM key, or one with a passphrase") from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise ValueError("has a key of another certificate")
    return Shown(
        certificate.subject.rfc4514_string()[:400],
        certificate.fingerprint(SHA256()).hex(),
        certificate.not_valid_after_utc,
    )
