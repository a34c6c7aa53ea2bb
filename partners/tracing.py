"""Tracing: a seizure's parties meet sellers by blind indexes, and what links them has its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Connection

from matching.commodities import commodity_of
from matching.model import Link, Offer, Party, Reason, Role, SeizureHistory
from matching.seizures import seizure_history
from matching.tracing import party_keys, trace
from partners.keyring import Keyring
from partners.records.histories import find_listing_sellers
from partners.records.organizations import find_marketplaces
from partners.records.parties import account_keys, blind_keys, count_sharers, open_party, rare_keys
from partners.records.seizures import ECommerce, Persons, count_similar
from partners.records.sellers import (
    Seller,
    account_names,
    find_by_keys,
    find_sellers,
    seal_context,
    seller_keys,
)
from partners.reference.seizure_statistics import seizure_priors

MOST_CANDIDATES = 200
SIMILAR_DAYS = 3 * 365
# An officer read the account's name off an order: surer than any likeness of names.
_NAMED = 0.99
_NAMED_WEIGHT = 4.6


class Trace(Struct, frozen=True):
    """A role of a seizure, a seller, and the link between them."""

    role: Role
    link: Link


# What was compared already: role, seller and its revision -> the link, or None where there is none.
Compared = MutableMapping[tuple[Role, str, int], Link | None]


def traced_parties(persons: Persons) -> dict[Role, Party]:
    """The parties that may be sellers; a consignee is a buyer, and is never traced."""
    named: dict[Role, Party | None] = {"consignor": persons.consignor, "declarant": persons.declarant}
    return {role: party for role, party in named.items() if party is not None}


def keys_of_persons(keyring: Keyring, persons: Persons) -> dict[Role, frozenset[bytes]]:
    """The blind indexes of a seizure's parties, under which later sellers meet it."""
    held = {role: party_keys(party) for role, party in traced_parties(persons).items()}
    if (shop := persons.e_commerce) and shop.seller:
        held["e_commerce"] = account_keys([shop.marketplace], shop.seller)
    return {role: frozenset(blind_keys(keyring, keys).values()) for role, keys in held.items()}


def keys_of_seller(
    connection: Connection, keyring: Keyring, organization_id: str, reference: str, party: Party
) -> dict[str, bytes]:
    """A seller's keys with their blind indexes: its person's, and its account's."""
    names = account_names(connection, organization_id)
    return blind_keys(keyring, party_keys(party) | account_keys(names, reference))


def trace_persons(
    connection: Connection, keyring: Keyring, persons: Persons, compared: Compared
) -> list[Trace]:
    """The sellers that a seizure leads to; what is in `compared` is not compared again, the rest is added."""
    found = [
        Trace(role, link)
        for role, party in traced_parties(persons).items()
        for link in trace_party(connection, keyring, role, party, compared)
    ]
    if persons.e_commerce:
        found += _trace_account(connection, keyring, persons.e_commerce)
    return found


def trace_party(
    connection: Connection, keyring: Keyring, role: Role, party: Party, compared: Compared
) -> list[Link]:
    """The sellers that are probably `party`, surest first."""
    keys = blind_keys(keyring, party_keys(party))
    sharers = count_sharers(connection, seller_keys, keys.values())
    candidates = find_candidates(connection, sharers)
    unseen = {
        seller.id: seller for seller in candidates if (role, seller.id, seller.revision) not in compared
    }
    opened = {
        seller.id: open_party(keyring, seller.party, seal_context(seller.id)) for seller in unseen.values()
    }
    frequency = {key: sharers[blind] for key, blind in keys.items()}
    links = {link.seller_id: link for link in trace(party, opened, frequency=frequency)}
    compared.update({(role, seller.id, seller.revision): links.get(seller.id) for seller in unseen.values()})
    met = (compared[role, seller.id, seller.revision] for seller in candidates)
    return sorted((link for link in met if link), key=lambda link: (-link.score, link.seller_id))


def find_candidates(connection: Connection, sharers: Mapping[bytes, int]) -> list[Seller]:
    """The sellers that share keys with a party, those of the rarest keys first; hubs bring nobody."""
    shared: Counter[str] = Counter()
    for key, seller_id in find_by_keys(connection, rare_keys(sharers)):
        shared[seller_id] += 1000 // sharers[key]
    nearest = sorted(shared, key=lambda seller_id: (-shared[seller_id], seller_id))
    return find_sellers(connection, nearest[:MOST_CANDIDATES])


def account_link(seller_id: str, code: str = "account_named") -> Link:
    """The link of an account that the report itself names."""
    text = {
        "account_named": "The report names this seller's account on its marketplace.",
        "listing_named": "The report names a listing of this seller.",
    }[code]
    return Link(
        seller_id=seller_id, score=_NAMED, reasons=(Reason(code, text, _NAMED_WEIGHT),), comparisons=()
    )


def _trace_account(connection: Connection, keyring: Keyring, shop: ECommerce) -> list[Trace]:
    accounts: Iterable[str] = ()
    if shop.seller:
        keys = blind_keys(keyring, account_keys([shop.marketplace], shop.seller)).values()
        accounts = [seller_id for _, seller_id in find_by_keys(connection, list(keys))]
    found = {seller_id: account_link(seller_id) for seller_id in accounts}
    if shop.listing:
        marketplaces = find_marketplaces(connection, shop.marketplace)
        for seller_id in find_listing_sellers(connection, marketplaces, shop.listing):
            found.setdefault(seller_id, account_link(seller_id, "listing_named"))
    return [Trace("e_commerce", link) for _, link in sorted(found.items())]


def similar_seizures(connection: Connection, offers: Sequence[Offer], today: date) -> list[SeizureHistory]:
    """For each offer, in order: how many seizures of its goods from its country, and the published prior."""
    kinds = [(commodity_of(offer.category, offer.nice_classes), offer.ships_from) for offer in offers]
    asked = {(goods, origin) for goods, origin in kinds if goods and origin}
    counts = count_similar(connection, asked, today - timedelta(days=SIMILAR_DAYS))
    priors = seizure_priors()
    return [
        seizure_history(
            offer.category,
            offer.nice_classes,
            offer.ships_from,
            counts.get((goods or "", origin or ""), 0),
            priors,
        )
        for offer, (goods, origin) in zip(offers, kinds, strict=True)
    ]
