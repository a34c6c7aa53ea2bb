"""`/v1/organization`: who I am.

The rooms of `api/v1` are all built like this one. A file is one noun: its wire structs (`XxxIn`,
`XxxOut`), then its controller. A handler decodes, opens a door of the database (or calls a flow of
`partners`) and answers; rules and queries live below. Its docstring is the operation's manual. Its
`operation_id` has a row in `api.rights`, which is all that the guard needs to let a caller in.
"""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, get
from litestar.di import NamedDependency
from msgspec import Struct

from api.house import House
from partners.principal import Claims, Kind
from partners.records.organizations import get_own_organization


class OrganizationOut(Struct, frozen=True, kw_only=True):
    """The caller's organization, and the client that calls in its name."""

    id: str
    kind: Kind
    name: str
    created_at: datetime
    client_id: str
    scopes: list[str]


class OrganizationController(Controller):
    path = "/v1/organization"
    tags = ("organization",)

    @get(operation_id="get_organization", summary="Who am I?", sync_to_thread=True)
    def show(self, house: NamedDependency[House], claims: NamedDependency[Claims]) -> OrganizationOut:
        """Answer the organization and the client of the access token, with the token's scopes.

        The first call to make: when it answers, the token is good and the organization not suspended.
        """
        with house.database.reading(claims) as (connection, principal):
            organization = get_own_organization(connection, principal)
        return OrganizationOut(
            id=organization.id,
            kind=organization.kind,
            name=organization.name,
            created_at=organization.created_at,
            client_id=principal.client_id,
            scopes=sorted(principal.scopes),
        )
