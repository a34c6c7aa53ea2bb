"""What each partner sees is what the oracle says: random organizations, deeds and requests, over HTTP."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

SECONDS = 20.0  # for each database; an example that is begun is ended
KINDS = ("marketplace", "rights_holder", "customs")
DEEDS = (
    "register",
    "enroll",
    "submit",
    "submit",
    "submit",
    "judge",
    "decide",
    "seize",
    "subscribe",
    "defer",
    "license",
)
DEED = st.tuples(st.sampled_from(DEEDS), st.integers(0, 10_000), st.integers(0, 10_000))


def perform(play, cast, deed, one, other):
    """Let one of the cast do it, if there is anything to do it to."""
    oracle = play.oracle
    by_kind = {kind: [each for each in cast if each.kind == kind] for kind in KINDS}
    names = {each.id for each in cast}
    shop = by_kind["marketplace"][one % len(by_kind["marketplace"])]
    holder = by_kind["rights_holder"][one % len(by_kind["rights_holder"])]
    customs = by_kind["customs"][one % len(by_kind["customs"])]
    people = [10 * len(oracle.organizations) + number for number in range(2)]
    always = {
        "register": lambda: play.register(holder, len(oracle.trademarks)),
        "enroll": lambda: play.enroll(shop, people[other % 2]),
        "license": lambda: play.license(holder, shop, other),
        "seize": lambda: play.seize(customs, people[other % 2]),
        "subscribe": lambda: play.subscribe(cast[one % len(cast)]),
        "defer": lambda: play.defer(shop),
    }
    always.get(deed, lambda: None)()
    if deed == "submit":
        live = [each for each in oracle.trademarks if not each.is_deleted]
        sellers = [each for each in oracle.sellers if each.owner == shop.id]
        marks = live[other % (len(live) + 1) :][: 1 + one % 2]
        play.submit(shop, marks, sellers[other % len(sellers)] if sellers and other % 3 else None)
    matches = [each for each in oracle.matches if each.sides & names and each.verdict != "clear"]
    if deed == "judge" and (open_ones := [each for each in matches if each.judgement is None]):
        play.judge(open_ones[one % len(open_ones)], ("confirmed", "confirmed", "unsure")[other % 3])
    if deed == "decide":
        confirmed = [each for each in matches if each.judgement == "confirmed" and not each.decision]
        if confirmed:
            play.decide(confirmed[one % len(confirmed)])


def test_everybody_sees_what_the_oracle_says_and_nothing_else(play, operations):
    """Organizations of earlier examples stay: to the next they are strangers with rows of their own."""
    ends_at = time.monotonic() + SECONDS
    examples = 0

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        extra=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
        deeds=st.lists(DEED, min_size=6, max_size=14),
        chosen=st.integers(0, 10_000),
    )
    def run(extra, deeds, chosen):
        nonlocal examples
        if time.monotonic() > ends_at:
            return
        examples += 1
        cast = [play.organization(kind) for kind in (*KINDS, *extra)]
        play.register(cast[1], len(play.oracle.trademarks))
        for deed in deeds:
            perform(play, cast, *deed)
        play.settle()
        play.check_borrowed(cast[chosen % len(cast)], play.organization(cast[chosen % len(cast)].kind))
        for who in cast:
            play.check(who)
        play.check_foreign(cast[chosen % len(cast)], operations, each=3, strangest=60)

    run()
    assert examples > 0
