"""Story three: customs report seizures; a seller's flag follows, and changes a plain listing's verdict."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from api.demo.cast import Cast, wait_until
from api.demo.story import Seen, Story

SELLER: dict[str, Any] = {
    "reference": "synthetic-harbor-lane",
    "display_name": "Harbor Lane Trading (synthetic)",
    "legal_name": "Harbor Lane Trading Co., Ltd.",
    "address": {
        "lines": ["Warehouse 7, 12 Example Road"],
        "city": "Shenzhen",
        "postal_code": "518000",
        "country": "CN",
    },
    "email": "sales@harbor-lane.example",
    "registration": {"register": "SZ", "number": "SYN-0001"},
}
LISTING: dict[str, Any] = {
    "reference": "demo-flagged",
    "title": "VELORIQ Storm sneakers, size 44, white",
    "category": "Apparel > Shoes",
    "ships_from": "CN",
    "ships_to": ["DE"],
    "seller": SELLER["reference"],
}


def play(cast: Cast, story: Story) -> Seen:
    """Play it; to be seen are the flag after each seizure, and the listing at the end."""
    cast.marketplace.caller.ask("POST", "/v1/sellers", SELLER)
    verdict = _screen(cast)["verdict"]
    story.check("a plain listing of a seller nobody knows ill of: clear", verdict == "clear", verdict)
    flags = [_seize(cast, story, 1, "medium"), _seize(cast, story, 2, "high")]
    _look_up(cast, story)
    listing = cast.marketplace.caller.get(f"/v1/listings/{LISTING['reference']}")
    return Seen(listings=[listing], flags=flags)


def _seize(cast: Cast, story: Story, number: int, level: str) -> dict[str, Any]:
    """Report a seizure and follow it: seller, flag, feed, listing."""
    reported = cast.customs.caller.ask("POST", "/v1/seizures", _report(number))
    story.check(f"customs report seizure {number} (synthetic)", reported["id"], reported["reference"])
    [traced] = reported["sellers"]
    same = " ".join(reason["text"] for reason in traced["reasons"])
    story.check("its consignor is traced to one seller, known by a pseudonym", traced["score"] > 0.9, same)
    told = cast.told(cast.marketplace, "seller.flagged", seller_reference=SELLER["reference"], level=level)
    why = str(told.data["reasons"][0]["text"]) if told else ""
    story.check(f"a webhook tells the marketplace of its seller's {level} flag", told, why)
    flag = wait_until(lambda: _pull(cast, traced["pseudonym"], level))
    story.check("customs pull the flag from the feed", flag, f"{level}, score {(flag or {}).get('score')}")
    wanted = {"medium": "review", "high": "alert"}[level]
    screening = _screen(cast)
    texts = "; ".join(reason["text"] for reason in screening["seller"]["reasons"])
    story.check(f"the same listing, sent again, is now {wanted}", screening["verdict"] == wanted, texts)
    changed = cast.told(
        cast.marketplace, "listing.verdict_changed", reference=LISTING["reference"], verdict=wanted
    )
    story.check("a webhook tells the marketplace of the change", changed, "listing.verdict_changed")
    return dict(flag)


def _screen(cast: Cast) -> dict[str, Any]:
    path = f"/v1/listings/{LISTING['reference']}"
    screening: dict[str, Any] = cast.marketplace.caller.ask("PUT", path, LISTING)["screening"]
    return screening


def _report(number: int) -> dict[str, Any]:
    """A seizure whose consignor writes the seller's name and address in another way."""
    consignor = {
        "legal_name": "HARBOR LANE TRADING COMPANY LIMITED",
        "address": {
            "lines": ["12 Example Rd., Whse 7"],
            "city": "Shenzhen",
            "postal_code": "518000",
            "country": "CN",
        },
        "email": "Sales@Harbor-Lane.example",
    }
    seized_on = datetime.now(UTC).date() - timedelta(days=3 * number)
    return {
        "reference": f"synthetic-{number:04}",
        "seizure_case_reference": f"synthetic-case-{number:04}",
        "seized_on": seized_on.isoformat(),
        "administration": "FR",
        "direction": "import",
        "channel": "mail",
        "route": [{"role": "departure", "country": "CN"}, {"role": "destination", "country": "FR"}],
        "consignor": consignor,
        "items": [
            {
                "commodity": "footwear",
                "hs_code": "640411",
                "description": "sports shoes",
                "brand": "VELORIQ",
                "quantity": {"value": 24, "unit": "pieces"},
            }
        ],
    }


def _pull(cast: Cast, pseudonym: str, level: str) -> dict[str, Any] | None:
    """The seller's flag in the feed that customs follow, once it has this level."""
    flags: list[dict[str, Any]] = cast.customs.caller.get("/v1/flags?limit=200")["items"]
    found = (flag for flag in flags if flag["seller"]["pseudonym"] == pseudonym and flag["level"] == level)
    return next(found, None)


def _look_up(cast: Cast, story: Story) -> None:
    asked = {
        "party": {"legal_name": "Harbor Lane Trading", "address": {"city": "Shenzhen", "country": "CN"}},
        "purpose": "A parcel of this sender stands before us.",
        "reference": "synthetic-parcel-1",
    }
    found = cast.customs.caller.ask("POST", "/v1/flags/lookup", asked)
    shown = ", ".join(f"{one['score']:.2f}" for one in found["candidates"])
    story.check("customs look a sender up and meet the seller", found["candidates"], f"score {shown}")
