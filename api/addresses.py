"""Addresses: where a request comes from, behind the operator's own proxies."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from litestar.types import Scope

Network = IPv4Network | IPv6Network
_SITE = 64  # bits of an IPv6 address that are one household's or one machine's


def find_caller(scope: Scope, trusted: Sequence[Network]) -> str:
    """Find the caller's address: the last one in `X-Forwarded-For` that is no trusted proxy's.

    Whoever is not trusted may write there what he likes, so the header counts from the right, and only
    as far as trusted proxies have written it. All addresses of one IPv6 /64 are one caller.
    """
    client = scope.get("client")
    address = _read(client[0]) if client else None
    if address is None:
        return "unknown"
    for hop in reversed(_hops(scope)) if trusted else ():
        if not _is_among(address, trusted) or (before := _read(hop)) is None:
            break
        address = before
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _SITE), strict=False))
    return str(address)


def read_networks(names: Sequence[str]) -> tuple[Network, ...]:
    """Read networks in CIDR notation."""
    return tuple(ip_network(name) for name in names)


def _hops(scope: Scope) -> list[str]:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [hop.strip() for hop in ",".join(values).split(",") if hop.strip()]


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, with or without a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _is_among(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
