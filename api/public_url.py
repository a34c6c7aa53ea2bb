"""The public URL: what partners know us by, and what tokens are issued and good for."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from api.opening import NotStarted
from partners.settings import Settings


def check_base_url(settings: Settings) -> None:
    """See that tokens do not travel in clear: beyond this machine the public URL is https.

    Raises:
        NotStarted: it is not.
    """
    url = urlsplit(settings.base_url)
    if url.scheme == "https" or is_this_machine(url.hostname or ""):
        return
    raise NotStarted("TOUCHSTONE_BASE_URL must be https, unless it names this machine (localhost).")


def is_this_machine(host: str) -> bool:
    """Tell whether a host name or address is loopback."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
