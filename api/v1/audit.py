"""`/v1/audit`: what was done in an organization's name, sealed into a chain."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta, Struct

from api.house import House
from api.paging import Page, Paging
from partners.chaining import read_own_head
from partners.principal import Claims
from partners.records.audit import Entry, EntryFilter, list_entries

Act = Annotated[
    str | None,
    QueryParameter(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$", description="as client.created"),
]
Subject = Annotated[
    str | None, QueryParameter(max_length=60, pattern=r"^[!-~]+$", description="the id of what was acted on")
]
ClientId = Annotated[
    str | None, QueryParameter(max_length=40, pattern=r"^[ -~]+$", description="the id of who acted")
]


class AuditEntryOut(Struct, frozen=True, kw_only=True):
    """Who did what, when; `position` and `seal` are there once it is sealed, within a second."""

    id: str
    client: Annotated[str, Meta(description="the id of a client or a person, or `command line`")]
    act: str
    subject: str
    detail: dict[str, Any]
    at: datetime
    position: int | None
    seal: str | None


class AuditHeadOut(Struct, frozen=True, kw_only=True):
    """How far the chain came: keep it, and nobody can cut the log behind your back."""

    organization_id: str
    position: int
    chain: Annotated[str, Meta(description="the seal of the row at `position`, in hexadecimal")]
    sealed_at: datetime | None


class AuditController(Controller):
    path = "/v1/audit"
    tags = ("organization",)

    @get(operation_id="list_audit_entries", summary="What was done in my name?", sync_to_thread=True)
    def index(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        act: Act = None,
        subject: Subject = None,
        client: ClientId = None,
    ) -> Response[Page[AuditEntryOut]]:
        """List what was done in your organization's name, the oldest first.

        Access and keys, judgements, notices, decisions, look-ups and disclosures, exports and policies are
        here; not each listing.
        """
        wanted = EntryFilter(act=act, subject=subject, client_id=client)
        with house.database.reading(claims) as (connection, principal):
            found = list_entries(connection, principal, wanted, after=paging.after, limit=paging.limit)
        return paging.answer([_out(one) for one in found], [one.id for one in found])

    @get("/head", operation_id="get_audit_head", summary="How far is it sealed?", sync_to_thread=True)
    def head(self, house: NamedDependency[House], claims: NamedDependency[Claims]) -> AuditHeadOut:
        """Answer the head of your organization's chain.

        Each row is sealed with the one before it, so a head that you keep proves that no row up to it was
        changed or taken away: `touchstone audit verify --head` compares it. At position 0 nothing is sealed.
        """
        found = read_own_head(house.database, claims)
        return AuditHeadOut(
            organization_id=found.organization_id,
            position=found.position,
            chain=found.chain,
            sealed_at=found.sealed_at,
        )


def _out(entry: Entry) -> AuditEntryOut:
    return AuditEntryOut(
        id=entry.id,
        client=entry.client_id,
        act=entry.act,
        subject=entry.subject,
        detail=entry.detail,
        at=entry.at,
        position=entry.position,
        seal=entry.chain.hex() if entry.chain else None,
    )
