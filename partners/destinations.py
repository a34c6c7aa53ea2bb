"""Which addresses and URLs an outside call may name: the table, and the judgement by it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import idna
from msgspec import Struct

Reach = Literal["public", "private", "forbidden"]
Address = IPv4Address | IPv6Address

# Loopback and private use: refused, unless an operator's trial setting allows them.
_PRIVATE = [
    ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
]
# `ipaddress.is_global` is not enough: it calls several of these global (IANA special-purpose registries).
_FORBIDDEN = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "100.64.0.0/10",  # carrier-grade NAT, some clouds' metadata
        "168.63.129.16/32",  # Azure's virtual host, a public-looking address
        "169.254.0.0/16",  # link-local, metadata
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/8",  # unspecified, v4-compatible, translated
        "64:ff9b::/96",  # NAT64 leads to any IPv4 address
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",  # Teredo
        "2001:db8::/32",
        "2002::/16",  # 6to4 leads to any IPv4 address
        "3fff::/20",
        "5f00::/16",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_LONGEST_URL = 2048


class OutboundRefused(OSError):
    """An outside call that must not be made; `reason` is a stable word, without the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AddressRules(Struct, frozen=True, kw_only=True):
    """The address table as a value.

    `allowed` names single addresses or networks ("127.0.0.53/32") that are good whatever the table says.
    """

    allow_private: bool = False
    allow_http: bool = False
    allowed: tuple[str, ...] = ()
    ports: frozenset[int] = frozenset({443, 8443})

    def check_address(self, text: str) -> None:
        """Judge one concrete address.

        Raises:
            OutboundRefused: it is not public, and these rules do not allow it.
        """
        address = unwrap(text)
        if any(address in ip_network(network) for network in self.allowed):
            return
        reach = reach_of(address)
        if reach == "forbidden" or (reach == "private" and not self.allow_private):
            raise OutboundRefused("address_not_public")

    def allows_port(self, port: int) -> bool:
        return port in self.ports or (port > 0 and (self.allow_http or self.allow_private))


def unwrap(text: str) -> Address:
    """Read an address; one of IPv4 mapped into IPv6 is the IPv4 address.

    Raises:
        OutboundRefused: no canonical address, or one bound to an interface of this host.
    """
    try:
        address = ip_address(text)
    except ValueError:
        raise OutboundRefused("address_not_canonical") from None
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id is not None:
        raise OutboundRefused("address_with_scope")
    return address.ipv4_mapped or address


def reach_of(address: Address) -> Reach:
    """Tell public from private from never-to-be-called addresses."""
    if any(address in network for network in _PRIVATE):
        return "private"
    if any(address in network for network in _FORBIDDEN) or not address.is_global:
        return "forbidden"
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "forbidden"
    return "public"


def check_url(url: str, rules: AddressRules) -> None:
    """Judge the form of a URL before anything is looked up; its addresses are judged at each connect.

    Raises:
        OutboundRefused: with the reason.
    """
    parts = _split(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and rules.allow_http):
        raise OutboundRefused("scheme_not_https")
    if "@" in parts.netloc:
        raise OutboundRefused("userinfo_in_url")
    if "#" in url:
        raise OutboundRefused("fragment_in_url")
    if not rules.allows_port(port_of(parts)):
        raise OutboundRefused("port_not_allowed")
    host = normalize_host(parts.hostname or "")
    if _is_literal(host):
        rules.check_address(host)
    elif "." not in host and not (rules.allow_private or rules.allowed):
        raise OutboundRefused("name_without_domain")


def names_private_host(url: str) -> bool:
    """Tell whether a URL names this host or a private address outright, before any look-up."""
    host = normalize_host(_split(url).hostname or "")
    if _is_literal(host):
        return reach_of(unwrap(host)) == "private"
    return host == "localhost" or host.endswith(".localhost")


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL: whoever proved one path of an origin speaks for its others."""
    parts = _split(url)
    return parts.scheme, normalize_host(parts.hostname or ""), port_of(parts)


def normalize_host(host: str) -> str:
    """Bring a host name to its ASCII form (IDNA 2008), or an address to its canonical spelling.

    Raises:
        OutboundRefused: another spelling of an address (0x7f.1, 2130706433), or no host name at all.
    """
    if ":" in host:
        return str(unwrap(host))
    try:
        name = (idna.encode(host.lower()).decode() if not host.isascii() else host.lower()).removesuffix(".")
    except idna.IDNAError:
        raise OutboundRefused("name_not_valid") from None
    labels = name.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        return str(unwrap(name))  # WHATWG: a host whose last label is a number is an address
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise OutboundRefused("name_not_valid")
    return name


def port_of(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise OutboundRefused("port_not_allowed") from None
    if port is not None:
        return port
    return 443 if parts.scheme == "https" else 80


def _split(url: str) -> SplitResult:
    """Take a URL apart; what parsers read differently is refused rather than guessed."""
    if len(url) > _LONGEST_URL or not url.isprintable() or any(sign in url for sign in '\\ "<>^`{|}'):
        raise OutboundRefused("url_not_valid")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise OutboundRefused("url_not_valid") from None
    if not parts.netloc or ("[" in parts.netloc and ":" not in (parts.hostname or "")):
        raise OutboundRefused("url_not_valid")
    return parts


def _is_literal(host: str) -> bool:
    return ":" in host or host.rsplit(".", 1)[-1].isdigit()
