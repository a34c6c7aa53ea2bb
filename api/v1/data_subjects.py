"""Data subjects: what is held about a seller or a colleague, for whoever answers for the person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from api.flags import FlagOut, show_flag
from api.house import House
from api.parties import PartyOut, show_party
from api.wire import allow_by
from partners.data_subjects import HeldOfPerson, HeldOfSeller, erase_seller, export_person, export_seller
from partners.preconditions import Conditions
from partners.principal import Claims, Role


class OfferOut(Struct, frozen=True, kw_only=True):
    """A listing by the seller."""

    id: str
    reference: str
    title: str
    created_at: datetime
    deleted_at: datetime | None


class SellerExportOut(PartyOut, frozen=True, kw_only=True):
    """All that you hold here about a seller; of its listings the first 10,000, and how many there are."""

    id: str
    reference: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    listings: list[OfferOut]
    listings_count: int
    flag: FlagOut | None


class FactorOut(Struct, frozen=True, kw_only=True):
    """A second step: what kind, never its secret."""

    kind: Literal["totp", "passkey"]
    created_at: datetime
    used_at: datetime | None


class StayOut(Struct, frozen=True, kw_only=True):
    """A browser with which the person is signed in."""

    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class PersonExportOut(Struct, frozen=True, kw_only=True):
    """All that you hold here about a colleague; secrets are kept by hash alone and told to nobody."""

    id: str
    email: str
    name: str
    outside_subject: Annotated[str | None, Meta(description="who it is at your OpenID provider")]
    role: Role
    has_password: bool
    created_at: datetime
    suspended_at: datetime | None
    factors: list[FactorOut]
    sessions: list[StayOut]
    acts: Annotated[str, Meta(description="the path of what the person did, in the audit log")]


class DataSubjectController(Controller):
    path = "/v1"

    @get(
        "/sellers/{key:str}/export",
        operation_id="export_seller",
        summary="Export what is held of a seller",
        tags=["sellers"],
        sync_to_thread=True,
    )
    def export_seller(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> SellerExportOut:
        """Answer all that you hold here about one of your sellers, in clear text (GDPR Art. 15).

        A deleted seller is told too, as long as anything of it is kept. The export is in the audit log, or
        there is no answer. To whom customs' disclosures told of it, and which seizures lead to it, the
        operator of the service tells the person itself.
        """
        return _show_seller(export_seller(house.desk, claims, key, house.clock()))

    @post(
        "/sellers/{key:str}/erasure",
        operation_id="erase_seller",
        summary="Erase a seller",
        tags=["sellers"],
        status_code=204,
        sync_to_thread=True,
    )
    def erase_seller(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
    ) -> None:
        """Delete one of your sellers and destroy who it is (GDPR Art. 17); facts stay without the person.

        While a seizure leads to it and its flag stands it is refused, 409 `person-held`: then customs need
        the person (Art. 17(3)), and DELETE hides it from you until the flag is gone. Deleted sellers, too,
        are erased so. The erasure is in the audit log.
        """
        erase_seller(house.desk, claims, key, house.clock(), allow_by(conditions))
        house.wake()

    @get(
        "/people/{key:str}/export",
        operation_id="export_person",
        summary="Export what is held of a person",
        tags=["people"],
        sync_to_thread=True,
    )
    def export_person(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> PersonExportOut:
        """Answer all that you hold here about one of your people (GDPR Art. 15); it is in the audit log."""
        return _show_person(export_person(house.desk, claims, key, house.clock()))


def _show_seller(held: HeldOfSeller) -> SellerExportOut:
    seller = held.seller
    return SellerExportOut(
        id=seller.id,
        reference=seller.reference,
        created_at=seller.created_at,
        updated_at=seller.updated_at,
        deleted_at=seller.deleted_at,
        listings=[
            OfferOut(
                id=one.id,
                reference=one.reference,
                title=one.document["title"],
                created_at=one.created_at,
                deleted_at=one.deleted_at,
            )
            for one in held.listings
        ],
        listings_count=held.count,
        flag=show_flag(held.flag) if held.flag else None,
        **msgspec.structs.asdict(show_party(held.party)),
    )


def _show_person(held: HeldOfPerson) -> PersonExportOut:
    person, identity = held.person, held.identity
    return PersonExportOut(
        id=person.id,
        email=identity.email,
        name=identity.name,
        outside_subject=identity.subject,
        role=person.role,
        has_password=person.password_hash is not None,
        created_at=person.created_at,
        suspended_at=person.suspended_at,
        factors=[
            FactorOut(kind=one.kind, created_at=one.created_at, used_at=one.used_at) for one in held.factors
        ],
        sessions=[
            StayOut(created_at=one.created_at, seen_at=one.seen_at, expires_at=one.expires_at)
            for one in held.sessions
        ],
        acts=f"/v1/audit?client={person.id}",
    )
