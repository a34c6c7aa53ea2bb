"""Data subjects: what an organization holds about a person it answers for, to tell or to destroy.

GDPR Art. 15 and 17. A marketplace answers for its sellers, every organization for its own people. What is
others' matter, such as seizures and disclosures, the operator of the service tells the person itself. Facts
stay without the person: that there was an account, what led to it, and who was told of it when. Licenses go.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from matching.model import Party
from partners.db import Database, hold
from partners.errors import Conflict, NotFound
from partners.flagging import reassess_pseudonym
from partners.keyring import Keyring
from partners.licensing import forget_licenses
from partners.principal import Claims, Principal
from partners.records import audit
from partners.records.factors import Factor, list_factors
from partners.records.flags import Flag, find_flags, get_flag_on
from partners.records.licensees import Account, Licensee, find_of_account
from partners.records.links import StoredLink, find_links
from partners.records.listings import Listing, find_offered, list_offered
from partners.records.parties import open_party
from partners.records.people import Identity, Person, get_person, open_identity
from partners.records.sellers import (
    Seller,
    erase_sellers,
    find_sellers,
    get_seller,
    seal_context,
    take_out_seller,
)
from partners.records.sessions import Session, list_sessions
from partners.tracing import Desk

MOST_LISTINGS = 10_000
Allow = Callable[[int], None]


class HeldOfSeller(Struct, frozen=True, kw_only=True):
    """What is held of one seller: for a marketplace its first `MOST_LISTINGS` listings, and their number."""

    seller: Seller
    party: Party
    listings: list[Listing]
    count: int
    flag: Flag | None


class HeldByService(HeldOfSeller, frozen=True, kw_only=True):
    """With it what is others' matter: which seizures lead to the seller, who was told, who licensed it."""

    licenses: list[Licensee]
    links: list[StoredLink]
    disclosures: list[audit.Entry]


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
        offered, count = list_offered(connection, principal, seller.id, MOST_LISTINGS)
        return HeldOfSeller(
            seller=seller,
            party=_open(desk.keyring, seller),
            listings=offered,
            count=count,
            flag=get_flag_on(connection, principal, seller),
        )

    return desk.database.writing(claims, work)


def export_for_service(database: Database, keyring: Keyring, seller_id: str, now: datetime) -> HeldByService:
    """All that the service holds of a seller of any marketplace, on record in the same transaction.

    Raises:
        NotFound: there is no such seller.
    """

    def work(connection: Connection, _: object) -> HeldByService:
        seller = _find(connection, seller_id)
        audit.record_for_service(connection, "person.exported", seller.id, {}, now)
        offered, count = find_offered(connection, seller.id)
        flag = find_flags(connection, [seller.pseudonym]).get(seller.pseudonym)
        return HeldByService(
            seller=seller,
            party=_open(keyring, seller),
            listings=offered,
            count=count,
            flag=flag,
            licenses=find_of_account(connection, Account(seller.organization_id, seller.reference)),
            links=find_links(connection, seller.id),
            disclosures=audit.find_entries(connection, "flag.disclosed", flag.id) if flag else [],
        )

    return database.acting("flagging", work)


def _find(connection: Connection, seller_id: str) -> Seller:
    if found := find_sellers(connection, [seller_id]):
        return found[0]
    raise NotFound("no such seller")


def _open(keyring: Keyring, seller: Seller) -> Party:
    return open_party(keyring, seller.party, seal_context(seller.id))


def erase_seller(desk: Desk, claims: Claims, key: str, now: datetime, allow: Allow | None = None) -> None:
    """Delete a seller and destroy who it is, of a deleted one too; licenses of its account go along.

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
            take_out_seller(connection, seller, now)
        reassess_pseudonym(connection, seller.pseudonym, now, desk.flag_days)
        if any(left.party for left in find_sellers(connection, [seller.id])):
            raise Conflict("a seizure leads to this seller, and its flag stands", "person-held")
        forget_licenses(connection, Account(seller.organization_id, seller.reference), now)
        audit.record(connection, principal, "person.erased", seller.id, {}, now)

    desk.database.acting("tracing", work, claims)


def erase_for_service(database: Database, seller_id: str, now: datetime) -> None:
    """Destroy who a seller is, and take its account out; its seizures and flags stay, under the pseudonym.

    Raises:
        NotFound: there is no such seller.
    """

    def work(connection: Connection, _: object) -> None:
        seller = _find(connection, seller_id)
        take_out_seller(connection, seller, now)
        erase_sellers(connection, [seller.id])
        forget_licenses(connection, Account(seller.organization_id, seller.reference), now)
        audit.record_for_service(connection, "person.erased", seller.id, {}, now)

    database.acting("flagging", work)


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
