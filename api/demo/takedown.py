"""Story one: four listings get their verdicts; a person confirms one, and the marketplace takes it down."""

from __future__ import annotations

from typing import Any

from api.demo.cast import Cast, wait_until
from api.demo.story import Seen, Story

SELLER = "synthetic-blue-market"
MARK: dict[str, object] = {
    "reference": "demo-veloriq",
    "mark": "VELORIQ",
    "kind": "word",
    "office": "EM",
    "registration_number": "000000001",
    "status": "registered",
    "territories": ["EU"],
    "nice_classes": [25],
}
# title -> the verdict and the use that are promised for it
LISTINGS: dict[str, tuple[str, str, str]] = {
    "demo-replica": ("VELORIQ Storm sneakers 1:1 replica, AAA quality", "alert", "replica"),
    "demo-evasive": ("V3L0RIQ Storm sneakers, all sizes", "alert", "origin"),
    "demo-compatible": ("Replacement laces for VELORIQ Storm sneakers", "clear", "compatible"),
    "demo-plain": ("VELORIQ Storm sneakers, size 42", "clear", "origin"),
}


def play(cast: Cast, story: Story) -> Seen:
    """Play it; to be seen are the four listings as they were answered."""
    register(cast, story)
    answers = [_submit(cast, story, reference) for reference in LISTINGS]
    match = _hear_of_match(cast, story)
    case = _confirm(cast, story, match)
    _decide(cast, story, case)
    return Seen(listings=answers)


def register(cast: Cast, story: Story) -> None:
    """The rights holder registers its mark, which is searchable soon after."""
    mark = cast.rights_holder.caller.ask("POST", "/v1/trademarks", MARK)
    story.check("the rights holder registers a mark", mark["in_force"], f"{mark['mark']}, {mark['office']}")
    probe = {"reference": "demo-probe", "title": LISTINGS["demo-replica"][0]}

    def is_searchable() -> bool:
        screening = cast.marketplace.caller.ask("POST", "/v1/screenings", probe)
        return any(match["trademark"]["mark"] == MARK["mark"] for match in screening["matches"])

    story.check("the mark is searchable", wait_until(is_searchable))


def _submit(cast: Cast, story: Story, reference: str) -> dict[str, Any]:
    title, verdict, use = LISTINGS[reference]
    body = {"reference": reference, "title": title, "category": "Apparel > Shoes", "seller": SELLER}
    listing = cast.marketplace.caller.ask("POST", "/v1/listings", body)
    screening = listing["screening"]
    uses = [match["use"] for match in screening["matches"] if match["trademark"]["mark"] == MARK["mark"]]
    is_kept = screening["verdict"] == verdict and uses == [use]
    story.check(
        f"“{title}” gets {verdict}",
        is_kept,
        f"{screening['verdict']}, use of the mark: {', '.join(uses) or 'none'}",
    )
    return listing


def _hear_of_match(cast: Cast, story: Story) -> dict[str, Any]:
    screened = cast.told(cast.marketplace, "listing.screened", reference="demo-replica", verdict="alert")
    story.check("a webhook tells the marketplace of the alert", screened, "listing.screened")
    mark = cast.rights_holder.caller.get(f"/v1/trademarks/{MARK['reference']}")
    listing = cast.marketplace.caller.get("/v1/listings/demo-replica")
    found = cast.told(cast.rights_holder, "match.found", trademark_id=mark["id"], use="replica")
    story.check("a webhook tells the rights holder of the match", found, "match.found")
    match = cast.rights_holder.caller.get(str(found.data["path"])) if found else {}
    title = match["listing"]["title"]
    story.check("the rights holder sees the listing", title == LISTINGS["demo-replica"][0], title)
    story.check("a score takes nothing down", _is_offered(cast, listing["id"]), "no case was opened")
    return match


def _is_offered(cast: Cast, listing_id: str) -> bool:
    cases = cast.marketplace.caller.get("/v1/cases")["items"]
    return not any(case["listing"] == listing_id for case in cases)


def _confirm(cast: Cast, story: Story, match: dict[str, Any]) -> str:
    opinion = {"judgement": "confirmed", "reason": "The seller is not ours, and the title says replica."}
    judged = cast.rights_holder.caller.ask("PUT", f"/v1/matches/{match['id']}/judgement", opinion)
    story.check("a person of the rights holder confirms it", judged["judgement"] == "confirmed")
    requested = cast.told(cast.marketplace, "takedown.requested", listing_reference="demo-replica")
    story.check("the marketplace is asked for the takedown", requested, "takedown.requested")
    return str(requested.data["path"]) if requested else ""


def _decide(cast: Cast, story: Story, path: str) -> None:
    case = cast.marketplace.caller.get(path)
    story.check("the case waits for the marketplace", case["state"] == "open", case["id"])
    ruling = {
        "decision": "removed",
        "grounds": "counterfeit",
        "statement": "The listing offered a replica of the registered mark VELORIQ.",
    }
    cast.marketplace.caller.ask("PUT", f"{path}/decision", ruling)
    decided = cast.told(cast.rights_holder, "case.decided", decision="removed")
    story.check("a webhook tells the rights holder of the decision", decided, "case.decided")
    case = cast.rights_holder.caller.get(path)
    story.check("the case is closed", case["state"] == "closed", f"{case['decision']}: {case['grounds']}")
