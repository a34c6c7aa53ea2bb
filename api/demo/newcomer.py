"""Story two: a mark is registered after the listing that names it; the stored listing is screened again."""

from __future__ import annotations

from typing import Any

from api.demo.cast import Cast, wait_until
from api.demo.story import Seen, Story

REFERENCE = "demo-earlier"
TITLE = "ORVANDEL Meridian watch, 1:1 replica"
MARK: dict[str, object] = {
    "reference": "demo-orvandel",
    "mark": "ORVANDEL",
    "kind": "word",
    "office": "EM",
    "registration_number": "000000002",
    "status": "registered",
    "territories": ["EU"],
    "nice_classes": [14],
}


def play(cast: Cast, story: Story) -> Seen:
    """Play it; to be seen is the listing as it is at the end."""
    body = {"reference": REFERENCE, "title": TITLE, "category": "Watches > Wrist watches"}
    listing = cast.marketplace.caller.ask("POST", "/v1/listings", body)
    before = listing["screening"]["verdict"]
    story.check("a listing names a mark that nobody has registered: clear", before == "clear", TITLE)
    mark = cast.rights_holder.caller.ask("POST", "/v1/trademarks", MARK)
    story.check("the mark is registered", mark["in_force"], str(mark["mark"]))
    changed = cast.told(cast.marketplace, "listing.verdict_changed", reference=REFERENCE)
    verdicts = f"{changed.data['previous_verdict']} → {changed.data['verdict']}" if changed else ""
    promise = "the stored listing is screened again, and a webhook tells the marketplace"
    story.check(promise, changed and changed.data["verdict"] == "alert", verdicts)
    found = cast.told(cast.rights_holder, "match.found", trademark_id=mark["id"])
    story.check("a webhook tells the rights holder of the match", found, "match.found")
    listing = wait_until(lambda: _changed(cast)) or listing
    after = listing["screening"]["verdict"]
    story.check("the listing shows its new verdict", after == "alert", after)
    return Seen(listings=[listing])


def _changed(cast: Cast) -> dict[str, Any] | None:
    listing = cast.marketplace.caller.get(f"/v1/listings/{REFERENCE}")
    return listing if listing["screening"]["verdict"] != "clear" else None
