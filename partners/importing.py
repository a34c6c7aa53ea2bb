"""Importing: what an operator does for a partner from the command line, in the name of one of its clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from partners.db import Database
from partners.errors import NotFound, RuleBroken
from partners.principal import Claims, Kind, Principal
from partners.records import audit
from partners.records.clients import list_clients
from partners.records.organizations import get_organization
from partners.records.trademarks import Outcome, TrademarkFields, find_broken_rules, put_trademarks


def claims_for(database: Database, organization_id: str, kind: Kind) -> Claims:
    """The claims of an organization's first client, as if it asked itself.

    Raises:
        NotFound: there is no such organization, or it has no client that may ask.
        RuleBroken: the organization is of another kind.
    """
    with database.surveying("access") as connection:
        organization = get_organization(connection, organization_id)
        clients = list_clients(connection, organization_id)
    if organization.kind != kind:
        raise RuleBroken([("/organization", f"it is of kind {organization.kind}; these rows are a {kind}'s")])
    if not clients:
        raise NotFound("the organization has no client: make one with `touchstone clients create`")
    client = clients[0]
    return Claims(
        client_id=client.id,
        organization_id=organization_id,
        kind=kind,
        scopes=frozenset(client.scopes),
        token_id="",  # no token: the operator of the service asks
    )


def import_trademarks(
    database: Database, claims: Claims, rows: Sequence[TrademarkFields], now: datetime
) -> list[Outcome | RuleBroken]:
    """Keep registrations by their references, in order; one that breaks a rule is refused alone.

    As `partners.registering`, without an event for each row: who imports knows what it imports.
    """
    broken = [find_broken_rules(row) for row in rows]
    good = [row for row, rules in zip(rows, broken, strict=True) if not rules]

    def work(connection: Connection, principal: Principal) -> list[Outcome]:
        return [outcome for _, outcome in put_trademarks(connection, principal.organization_id, good, now)]

    kept = iter(database.acting("import", work, claims) if good else [])
    return [RuleBroken(rules) if rules else next(kept) for rules in broken]


def record_import(
    database: Database, claims: Claims, noun: str, counts: Mapping[str, int], now: datetime
) -> None:
    """Write into the audit log how many rows of a noun were imported, and with what outcome."""

    def work(connection: Connection, principal: Principal) -> None:
        audit.record(connection, principal, f"{noun}.imported", principal.organization_id, counts, now)

    database.acting("import", work, claims)
