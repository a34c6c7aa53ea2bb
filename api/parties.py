"""A person or company on the wire: what a marketplace keeps of a trader, and customs read on a declaration.

One record satisfies both Art. 30 of the Digital Services Act and the INFORM Consumers Act.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from api.wire import Reference
from matching.model import Party

Name = Annotated[str, Meta(max_length=400)]
Line = Annotated[str, Meta(max_length=400)]
Short = Annotated[str, Meta(max_length=100)]
OptionalCountry = Annotated[
    str, Meta(pattern=r"^([A-Z]{2})?$", max_length=2, description="ISO 3166-1 alpha-2, or empty")
]


class AddressIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A postal address."""

    lines: Annotated[list[Line], Meta(max_length=10)] = []
    city: Name = ""
    postal_code: Short = ""
    country: OptionalCountry = ""


class RegistrationIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry in a business register."""

    register: Name = ""
    number: Short = ""


class PartyIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person or company; what is not known is left out. All of it is stored encrypted."""

    display_name: Name = ""
    legal_name: Name = ""
    address: AddressIn = AddressIn()
    email: Annotated[str, Meta(max_length=320)] = ""
    phone: Annotated[str, Meta(max_length=60, description="with country code, however spaced")] = ""
    website: Annotated[str, Meta(max_length=2048)] = ""
    registration: RegistrationIn = RegistrationIn()
    tax_id: Short = ""
    bank_account: Annotated[str, Meta(max_length=100, description="IBAN or another account number")] = ""
    social: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=400)]],
        Meta(max_length=50, description="handles, as in `wechat: bright88`"),
    ] = []


class SellerIn(PartyIn, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seller as its marketplace knows it; only `reference` is required."""

    reference: Reference


class AddressOut(Struct, frozen=True, kw_only=True):
    """A postal address."""

    lines: list[str]
    city: str
    postal_code: str
    country: str


class RegistrationOut(Struct, frozen=True, kw_only=True):
    """An entry in a business register."""

    register: str
    number: str


class PartyOut(Struct, frozen=True, kw_only=True):
    """A person or company, in clear text; what is not known is empty."""

    display_name: str
    legal_name: str
    address: AddressOut
    email: str
    phone: str
    website: str
    registration: RegistrationOut
    tax_id: str
    bank_account: str
    social: list[str]


def read_party(party: PartyIn) -> Party:
    """The party as the engine takes it."""
    return msgspec.convert(party, Party, from_attributes=True)


def show_party(party: Party) -> PartyOut:
    return msgspec.convert(party, PartyOut, from_attributes=True)
