"""Progress of one call to the outside, as those who make it and those who carry it both see it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Literal

Phase = Literal["dns", "tcp", "tls", "write", "headers", "body"]


class Progress:
    """How far one call has come: the phase it is in, and the peer once there is one."""

    __slots__ = ("peer", "phase", "tenant")

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.phase: Phase = "dns"
        self.peer: str | None = None


_progress: ContextVar[Progress | None] = ContextVar("progress", default=None)


def follow_call(tenant: str = "") -> Progress:
    """Follow the call that the present task makes next; look-ups count against the tenant's share."""
    progress = Progress(tenant)
    _progress.set(progress)
    return progress


def followed() -> Progress | None:
    """The progress of the call that the present task makes, if anybody follows it."""
    return _progress.get()
