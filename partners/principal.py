"""Who is asking."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal["marketplace", "rights_holder", "customs", "operator"]
KINDS: tuple[Kind, ...] = ("marketplace", "rights_holder", "customs", "operator")
SERVICE = "org_service"  # the service's own organization: no random id, the same in every installation


class Claims(Struct, frozen=True, kw_only=True):
    """What a verified access token says; the database has not been asked yet."""

    client_id: str
    organization_id: str
    kind: Kind
    scopes: frozenset[str]
    token_id: str
    bound_to: str | None = None  # thumbprint of the key whose proof each use needs (RFC 9449)


class Principal(Struct, frozen=True, kw_only=True):
    """An admitted caller: every record query asks for one."""

    organization_id: str
    kind: Kind
    client_id: str
    scopes: frozenset[str] = frozenset()


WORKER = Principal(organization_id="", kind="operator", client_id="worker")
