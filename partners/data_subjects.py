"""Data subjects: what an organization holds about a person it answers for, to tell or to destroy.

GDPR Art. 15 and 17. A marketplace answers for its sellers, every organization for its own people. What is
others' matter, such as seizures and disclosures, is told by the operator's command: see persons.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from matching.model import Party
from partners.db import hold, to_struct
from partners.errors import Conflict
from partners.flagging import reassess_pseudonym
from partners.principal import Claims, Principal
from partners.records import audit
from partners.records.factors import Factor, list_factors
from partners.records.flags import Flag, columns_for, flags, in_bands
from partners.records.listings import Listing, listings
from partners.records.parties import open_party
from partners.records.people import Identity, Person, get_person, open_identity
from partners.records.sellers import Seller, change_seller, find_sellers, get_seller, seal_context
from partners.records.sessions import Session, list_sessions
from partners.tracing import Desk

MOST_LISTINGS = 10_000
Allow = Callable[[int], None]


class HeldOfSeller(Struct, frozen=True, kw_only=True):
    """What a marketplace holds of one seller; of its listings the first `MOST_LISTINGS`, and their number."""

    seller: Seller
    party: Party
    listings: list[Listing]
    count: int
    flag: Flag | None


class HeldOfPerson(Struct, frozen=True, kw_only=True):
    """What an organization holds of somebody who signs in."""

    person: Person
    identity: Identity
    factors: list[Factor]
    sessions: list[Session]


def export_seller(desk: Desk, claims: Claims, key: str, now: datetime) -> HeldOfSeller:
    """All that a marketplace holds of a seller, of a deleted one too, on record in the same transaction.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """

    def work(connection: Connection, principal: Principal) -> HeldOfSeller:
        seller = get_seller(connection, principal, key, is_deleted_too=True)
        audit.record(connection, principal, "person.exported", seller.id, {}, now)
        own = listings.c.seller_id == seller.id, listings.c.organization_id == principal.organization_id
        offered = select(listings).where(*own).order_by(listings.c.id).limit(MOST_LISTINGS)
        return HeldOfSeller(
            seller=seller,
            party=open_party(desk.keyring, seller.party, seal_context(seller.id)),
            listings=[to_struct(row, Listing) for row in connection.execute(offered)],
            count=connection.scalar(select(func.count()).select_from(listings).where(*own)) or 0,
            flag=_flag_of(connection, seller),
        )

    return desk.database.writing(claims, work)


def _flag_of(connection: Connection, seller: Seller) -> Flag | None:
    """The flag as a marketplace may read it; of a deleted seller, too."""
    statement = select(*columns_for("marketplace")).where(flags.c.pseudonym == seller.pseudonym)
    row = connection.execute(statement).one_or_none()
    return in_bands(to_struct(row, Flag)) if row else None


def erase_seller(desk: Desk, claims: Claims, key: str, now: datetime, allow: Allow | None = None) -> None:
    """Delete a seller and destroy who it is, of a deleted one too.

    Raises:
        NotFound: there is none, or it is somebody else's.
        Conflict: a seizure leads to it and its flag stands: customs need the person (Art. 17(3)).
    """

    def work(connection: Connection, principal: Principal) -> None:
        hold(connection, "tracing", shared=True)
        hold(connection, f"sellers {principal.organization_id}")
        seller = get_seller(connection, principal, key, is_deleted_too=True)
        if allow:
            allow(seller.revision)
        if seller.deleted_at is None:
            gone = replace(seller, deleted_at=now, updated_at=now, revision=seller.revision + 1)
            change_seller(connection, gone)
        reassess_pseudonym(connection, seller.pseudonym, now, desk.flag_days)
        if any(left.party for left in find_sellers(connection, [seller.id])):
            raise Conflict("a seizure leads to this seller, and its flag stands", "person-held")
        audit.record(connection, principal, "person.erased", seller.id, {}, now)

    desk.database.acting("tracing", work, claims)


def export_person(desk: Desk, claims: Claims, key: str, now: datetime) -> HeldOfPerson:
    """All that an organization holds of one of its people, on record in the same transaction.

    Raises:
        NotFound: it is none of the organization's.
    """

    def work(connection: Connection, principal: Principal) -> HeldOfPerson:
        person = get_person(connection, principal, key)
        audit.record(connection, principal, "person.exported", person.id, {}, now)
        return HeldOfPerson(
            person=person,
            identity=open_identity(desk.keyring, person),
            factors=list_factors(connection, person.id),
            sessions=list_sessions(connection, person.id, now),
        )

    return desk.database.acting("access", work, claims)
