"""The three stories of the main job, through HTTP on a real process, on both databases."""

from __future__ import annotations

import time

import msgspec
import pytest

from api.commands.clients import KeyFile
from api.demo import newcomer, seizure, takedown
from api.demo.caller import Caller, Secret
from api.demo.cast import Cast, subscribe
from api.demo.receiver import Receiver
from api.demo.stage import Partner
from api.demo.story import Story


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def cast(service, receiver):
    """Three partners of the running service, each with an endpoint at the receiver."""

    def admit(kind):
        made = service.create_client(kind, f"The {kind}")
        credentials = Secret(made.client_id, made.client_secret)
        if made.key_file:
            credentials = msgspec.json.decode(made.key_file.read_bytes(), type=KeyFile)
        partner = Partner(kind, f"The {kind}", made.organization_id, Caller(service.base_url, credentials))
        subscribe(receiver, partner)
        return partner

    cast = Cast(
        receiver=receiver,
        marketplace=admit("marketplace"),
        rights_holder=admit("rights_holder"),
        customs=admit("customs"),
    )
    yield cast
    for partner in (cast.marketplace, cast.rights_holder, cast.customs):
        partner.caller.close()


@pytest.fixture
def play(cast):
    def play_story(room):
        story = Story(room.__name__, time.monotonic)
        seen = room.play(cast, story)
        assert story.went_as_promised
        return seen

    return play_story


def types_told(cast, partner):
    return {arrival.type for arrival in cast.receiver.arrivals() if arrival.partner == partner.kind}


def test_listing_verdict_judgement_takedown_decision(cast, play):
    seen = play(takedown)
    assert [listing["screening"]["verdict"] for listing in seen.listings] == [
        "alert",
        "alert",
        "clear",
        "clear",
    ]
    asked = {"listing.screened", "match.found", "match.judged", "takedown.requested", "case.opened"}
    assert asked <= types_told(cast, cast.marketplace)
    assert "takedown.requested" not in types_told(cast, cast.rights_holder)
    assert types_told(cast, cast.customs) == set()
    assert cast.receiver.tally().failed == 0


def test_registration_then_retro_screening(cast, play):
    [listing] = play(newcomer).listings
    [match] = listing["screening"]["matches"]
    assert (match["trademark"]["mark"], match["use"]) == ("ORVANDEL", "replica")
    assert cast.receiver.tally().failed == 0


def test_seizure_flag_feed_and_the_listings_verdict(cast, play):
    takedown.register(cast, Story("the mark", time.monotonic))
    seen = play(seizure)
    assert [(flag["level"], flag["seizures"]) for flag in seen.flags] == [("medium", 1), ("high", 2)]
    known = str(seen.flags) + str([arrival.data for arrival in cast.receiver.arrivals()])
    for personal in ("Harbor Lane", "harbor-lane.example", "Example Road"):
        assert personal not in known.replace(seizure.SELLER["reference"], "")
    assert types_told(cast, cast.rights_holder) <= {
        "trademark.registered",
        "match.found",
        "match.verdict_changed",
    }
    assert cast.receiver.tally().failed == 0
