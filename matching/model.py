"""The words both engines speak: what is compared, what is found, and what follows from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct

VerdictName = Literal["clear", "review", "alert"]
Use = Literal[
    "origin",
    "compatible",
    "comparison",
    "replica",
    "descriptive",
    "licensed",
    "part_of_name",
    "bundle",
    "unclear",
]
RiskLevel = Literal["unknown", "low", "medium", "high"]
Field = Literal["title", "brand", "description"]
Role = Literal["consignor", "declarant", "consignee", "e_commerce"]


class Money(Struct, frozen=True):
    """An amount in one currency (ISO 4217)."""

    amount: Decimal
    currency: str


class GenuineProduct(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product that a rights holder sells under a mark: its barcode (GTIN), its name, what it costs new."""

    gtin: str | None = None
    name: str = ""
    price: Money | None = None


class Mark(Struct, frozen=True, kw_only=True):
    """A registration as the engine sees it.

    `territories` holds two-letter country codes and union codes (EU, BX, OA, AP).
    """

    id: str
    text: str
    rights_holder: str
    office: str
    registration_number: str | None = None
    status: str = "registered"
    filed_on: date | None = None
    registered_on: date | None = None
    expires_on: date | None = None
    territories: frozenset[str] = frozenset()
    nice_classes: frozenset[int] = frozenset()
    spellings: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    genuine: tuple[GenuineProduct, ...] = ()


class Spot(Struct, frozen=True, gc=False):
    """A place of a listing's text; `start` and `end` count code points of the field as submitted."""

    field: Field
    start: int
    end: int


class Reason(Struct, frozen=True, gc=False, omit_defaults=True):
    """One sentence a person can read; `weight` is in log-odds, negative speaks against; `at` is the place of
    the text it rests on, if there is one.
    """

    code: str
    text: str
    weight: float
    at: Spot | None = None


class SellerStanding(Struct, frozen=True, kw_only=True):
    """What is known of the seller of an offer, across marketplaces.

    `licenses` holds the ids of the marks it is licensed to use on the day of screening.
    """

    id: str | None = None
    reference: str | None = None
    risk: RiskLevel = "unknown"
    reasons: tuple[Reason, ...] = ()
    licenses: frozenset[str] = frozenset()


class SeizureHistory(Struct, frozen=True, kw_only=True):
    """Seizures like this offer: how many, and the prior of its product and origin (0 to 1)."""

    similar: int = 0
    prior: float = 0.0
    reasons: tuple[Reason, ...] = ()


class UsualPrice(Struct, frozen=True):
    """What a product usually costs: the median and the median absolute deviation, in one currency."""

    median: Decimal
    deviation: Decimal
    currency: str


class Offer(Struct, frozen=True, kw_only=True):
    """A listing as the engine sees it; `screened_on` is the day the law is asked about.

    `usual_price`, `contradicts_sheet` and `changed_after_approval` are what the caller knows beside the
    listing: the price of the genuine product, whether its product sheet is contradicted, whether the text was
    changed after a person approved of it. Of product sheets none are kept yet: whoever keeps them compares
    the offer with the sheet, where the offer is made (`partners.advising`), and sets `contradicts_sheet`.
    `marketplace` is the id of whose listing it is, `barcode_holders` are the rights holders among whose
    genuine products its barcode is.
    """

    title: str
    screened_on: date
    description: str = ""
    brand: str = ""
    category: str = ""
    nice_classes: frozenset[int] = frozenset()
    price: Money | None = None
    quantity: int | None = None
    condition: Literal["new", "used", "refurbished"] | None = None
    gtin: str | None = None
    ships_from: str | None = None
    ships_to: frozenset[str] = frozenset()
    language: str | None = None
    seller: SellerStanding = SellerStanding()
    seizures: SeizureHistory = SeizureHistory()
    usual_price: UsualPrice | None = None
    contradicts_sheet: bool = False
    changed_after_approval: bool = False
    marketplace: str = ""
    barcode_holders: frozenset[str] = frozenset()


class Span(Struct, frozen=True, gc=False):
    """Where a mark stands; `start` and `end` count code points of the field as submitted."""

    field: Field
    text: str
    start: int
    end: int


class Candidate(Struct, frozen=True, kw_only=True, gc=False):
    """What the index found: a mark that may be meant at a span; `similarity` is 0 to 1.

    `words` are the words of the span as read, `mark_words` those of the mark or spelling that `matched` is.
    """

    mark_id: str
    span: Span
    matched: str
    kind: Literal["exact", "edit", "sound", "mask"]
    distance: int
    similarity: float
    evasions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    mark_words: tuple[str, ...] = ()


class Comparison(Struct, frozen=True, gc=False):
    """One kind of evidence: its value as measured, and the weight the policy gave it."""

    code: str
    value: float
    weight: float


class Match(Struct, frozen=True, kw_only=True):
    """One mark found in one offer; `score` is the probability that the text names the mark."""

    mark_id: str
    verdict: VerdictName
    score: float
    similarity: float
    use: Use
    evasions: tuple[str, ...]
    found: Span
    also_found: tuple[Span, ...]
    reasons: tuple[Reason, ...]
    comparisons: tuple[Comparison, ...]


class Verdict(Struct, frozen=True, kw_only=True):
    """The advice on one offer; `limits` names caps reached, so that nothing is dropped silently."""

    verdict: VerdictName
    score: float
    matches: tuple[Match, ...]
    limits: tuple[str, ...]
    policy_version: str


class Address(Struct, frozen=True, kw_only=True):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    lines: tuple[str, ...] = ()
    city: str = ""
    postal_code: str = ""
    country: str = ""


class Registration(Struct, frozen=True, kw_only=True):
    """An entry in a business register."""

    register: str = ""
    number: str = ""


class Party(Struct, frozen=True, kw_only=True):
    """A person or company as a marketplace or a customs report describes it."""

    display_name: str = ""
    legal_name: str = ""
    address: Address = Address()
    email: str = ""
    phone: str = ""
    website: str = ""
    registration: Registration = Registration()
    tax_id: str = ""
    bank_account: str = ""
    social: tuple[str, ...] = ()


class Link(Struct, frozen=True, kw_only=True):
    """A seized party and a seller, and how sure we are (0 to 1) that they are one."""

    seller_id: str
    score: float
    reasons: tuple[Reason, ...]
    comparisons: tuple[Comparison, ...]


class LinkedSeizure(Struct, frozen=True, kw_only=True):
    """A seizure in a seller's history: how surely it is theirs, and what it was."""

    seizure_id: str
    link_score: float
    seized_on: date
    commodities: tuple[str, ...] = ()


class Risk(Struct, frozen=True, kw_only=True):
    """A seller's risk from its history; `score` is 0 to 1."""

    level: RiskLevel
    score: float
    reasons: tuple[Reason, ...]
