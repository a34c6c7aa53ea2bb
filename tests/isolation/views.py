"""Views: what each list and each thing must be for an organization, as the oracle knows it.

A view is a path with what its items come to, both as the oracle says and as the answer has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

SHOWN = ("review", "alert")


@dataclass(frozen=True)
class View:
    """`items` in their order; `read` makes of an item of the answer what the oracle speaks of."""

    path: str
    items: list
    read: Callable[[dict], Any]
    is_ordered: bool = True


def views(oracle, who) -> Iterator[View]:
    """Every list that an organization may ask for, with filters, and what must be in it."""
    yield from _BY_KIND.get(who.kind, lambda *_: iter(()))(oracle, who)
    endpoints = [key for key, owner in oracle.endpoints if owner == who.id]
    yield View("/v1/webhook-endpoints", endpoints, itemgetter("id"))
    yield View("/v1/clients", [who.claims.client_id], itemgetter("id"))
    for noun, made in (("invitations", oracle.invitations), ("people", oracle.people)):
        yield View(f"/v1/{noun}", [key for key, owner in made if owner == who.id], itemgetter("id"))
    jobs = [key for key, owner in reversed([*oracle.jobs, *oracle.tasks]) if owner == who.id]
    yield View("/v1/jobs", jobs, itemgetter("id"))
    foreign = oracle.foreign(who.id, each=1)
    for path, noun in (
        ("/v1/deliveries?endpoint=", "end"),
        ("/v1/deliveries?event=", "evt"),
        ("/v1/audit?subject=", "end"),
        ("/v1/audit?client=", "cli"),
    ):
        for key in foreign.get(noun, ()):
            yield View(f"{path}{key}", [], itemgetter("id"))


def _of_marketplace(oracle, who) -> Iterator[View]:
    own = [each for each in oracle.listings if each.owner == who.id and not each.is_deleted]
    names = [(each.id, each.reference, each.verdict, each.seller) for each in own]
    read = _listing
    yield View("/v1/listings", names, read)
    for verdict in ("clear", *SHOWN):
        yield View(f"/v1/listings?verdict={verdict}", [each for each in names if each[2] == verdict], read)
    for seller in _pick(oracle.sellers, 6):
        mine = [each for each in names if seller.owner == who.id and each[3] == seller.reference]
        yield View(f"/v1/listings?seller={seller.id}", mine, read)
        yield View(f"/v1/listings?seller={seller.reference}", mine, read)
    mine = [each.reference for each in oracle.sellers if each.owner == who.id]
    yield View("/v1/sellers", mine, itemgetter("reference"))
    yield from _of_sides(oracle, who)
    flags = [
        sorted(seller.reference for seller in sellers if seller.owner == who.id)
        for sellers in oracle.persons().values()
        if any(seller.owner == who.id for seller in sellers)
    ]
    yield View("/v1/flags", sorted(flags), _references, is_ordered=False)


def _of_rights_holder(oracle, who) -> Iterator[View]:
    own = [each for each in oracle.trademarks if each.owner == who.id and not each.is_deleted]
    yield View("/v1/trademarks", [(each.id, each.reference) for each in own], _named)
    for office in ("EM", "FR"):
        found = [(each.id, each.reference) for each in own if each.office == office]
        yield View(f"/v1/trademarks?office={office}", found, _named)
    for trademark in _pick(own, 3):
        named = [(key, seller) for key, mark, seller in oracle.licensees if mark is trademark]
        yield View(f"/v1/trademarks/{trademark.id}/licensees", named, itemgetter("id", "seller"))
    yield from _of_sides(oracle, who)


def _of_sides(oracle, who) -> Iterator[View]:
    """Matches, notices and cases: of both sides."""
    own = [each for each in oracle.matches if who.id in each.sides and not each.listing.is_deleted]
    shown = [each for each in own if each.verdict in SHOWN]
    yield View("/v1/matches", [each.id for each in shown], itemgetter("id"), is_ordered=False)
    for verdict in ("clear", *SHOWN):
        found = [each.id for each in own if each.verdict == verdict]
        yield View(f"/v1/matches?verdict={verdict}", found, itemgetter("id"), is_ordered=False)
    for match in _pick(oracle.matches, 4):
        for name, thing in (("listing", match.listing), ("trademark", match.trademark)):
            found = [each.id for each in shown if getattr(each, name) is thing]
            yield View(f"/v1/matches?{name}={thing.id}", found, itemgetter("id"), is_ordered=False)
    noticed = [each for each in oracle.matches if who.id in each.sides and each.judgement == "confirmed"]
    for noun in ("notices", "cases"):
        yield View(f"/v1/{noun}", [each.id for each in noticed], itemgetter("match"), is_ordered=False)
    for state, decided in (("open", False), ("closed", True)):
        found = [each.id for each in noticed if bool(each.decision) is decided]
        yield View(f"/v1/cases?state={state}", found, itemgetter("match"), is_ordered=False)


def _of_customs(oracle, who) -> Iterator[View]:
    own = [each for each in oracle.seizures if each.owner == who.id and not each.is_deleted]
    yield View("/v1/seizures", [(each.id, each.reference) for each in own], _named)
    for seizure in _pick(oracle.seizures, 4):
        found = [(each.id, each.reference) for each in own if each.case == seizure.case]
        yield View(f"/v1/seizures?seizure_case_reference={seizure.case}", found, _named)
    flags = [len({seller.owner for seller in sellers}) for sellers in oracle.persons().values()]
    yield View("/v1/flags", sorted(flags), _marketplaces, is_ordered=False)


def _pick(things: list, most: int) -> list:
    """Some of all organizations': the newest, who are about those that are looked at now."""
    return things[-most:]


def _named(item: dict) -> tuple[str, str]:
    return item["id"], item["reference"]


def _listing(item: dict) -> tuple[str, str, str, str | None]:
    return item["id"], item["reference"], item["screening"]["verdict"], item["seller"]


def _references(item: dict) -> list[str]:
    return sorted(item["seller"]["references"])


def _marketplaces(item: dict) -> int:
    return item["seller"]["marketplaces"]


_BY_KIND = {
    "marketplace": _of_marketplace,
    "rights_holder": _of_rights_holder,
    "customs": _of_customs,
}
