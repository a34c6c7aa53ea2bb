"""A marketplace's own listings, kept and screened as they come, draw its own line, and clear no spelling."""

from __future__ import annotations

from random import Random

import pytest

from matching.habits import habits_of
from matching.own_line import BEFORE, ENOUGH
from partners.judging import Opinion, judge
from partners.markets import settle_market
from partners.preconditions import Conditions
from partners.records.listings import ListingFields, get_listing
from partners.records.trademarks import TrademarkFields
from partners.reference.frequencies import lexicon
from partners.rescreening import Rescreening
from partners.screening import Draft

SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PER_1000 = 2.0
DISGUISED = "Fine velroiqua shoes"  # two letters of VELORIQUA changed places
LONG = "Fine quintavelroiqua shoes"  # so near to QUINTAVELORIQUA that one other seller excuses nothing


class Crowd:
    """Made-up names, and titles of ordinary words, one in twenty with a word that is near such a name."""

    def __init__(self):
        self._random = Random(3)  # noqa: S311 - repeatable, nothing secret
        sizes = self._random.choices((3, 4, 4, 5), k=400)
        self.names = list(dict.fromkeys("".join(self._random.choices(SYLLABLES, k=size)) for size in sizes))
        often = lexicon().frequency.items()
        self._words = [word for word, how in often if how >= 3.5 and len(word) > 3 and word.isascii()]
        self._told = 0

    def drafts(self, count):
        return [self._draft() for _ in range(count)]

    def _draft(self):
        self._told += 1
        title = self._random.choices(self._words, k=self._random.randint(5, 8))
        if self._told % 20 == 0:
            near = self._mistyped(self._mistyped(self._random.choice(self.names)))
            title[self._random.randrange(len(title))] = near
        seller = f"S-{self._random.randrange(400)}"
        fields = ListingFields(title=" ".join(title))
        return Draft(reference=f"C-{self._told}", fields=fields, seller=seller)

    def _mistyped(self, word):
        place, letter = self._random.randrange(1, len(word) - 1), self._random.choice(LETTERS)
        ends = (letter + word[place + 1 :], word[place + 1 :], letter + word[place:])
        return word[:place] + self._random.choice(ends)


@pytest.fixture
def crowd():
    return Crowd()


@pytest.fixture
def market(database, registry, shop, now):
    """The shop's market as it is known now; it has a budget of its own."""
    settle_market(database, shop.organization_id, PER_1000, 0.05, now)

    def known():
        registry.markets.refresh()
        return registry.snapshot.market(shop.organization_id)

    known()
    return known


@pytest.fixture
def feed(screener, shop, market):
    """Keep listings a thousand at a time, as a service that learns every second does."""

    def keep(drafts):
        kept = []
        for first in range(0, len(drafts), 1_000):
            kept += screener.keep(shop, drafts[first : first + 1_000])
            market()
        return [each.listing for each in kept]

    return keep


@pytest.fixture
def veloriq(register, owner):
    for number, mark in enumerate(("VELORIQUA", "QUINTAVELORIQUA")):
        register(owner, TrademarkFields(reference=f"EM-{number}", mark=mark, office="EM", nice_classes=(25,)))


def mistyped(listings):
    """The scores of all spellings in these listings that are taken for a mistyped mark."""
    found = [match for listing in listings for match in listing.screening.matches]
    return {match.found.text: match.score for match in found if "misspelling" in match.evasions}


def drafts_of(title, count):
    return [
        Draft(reference=f"V-{number}", fields=ListingFields(title=f"{title} {number}"), seller=f"T-{number}")
        for number in range(count)
    ]


def test_a_marketplaces_own_line_is_drawn_from_its_listings_and_keeps_its_budget(
    feed, crowd, market, register, owner
):
    register(owner, *[TrademarkFields(reference=name, mark=name, office="EM") for name in crowd.names])
    feed(crowd.drafts(BEFORE))
    own = feed(crowd.drafts(ENOUGH))
    line = market().review_line
    assert line != habits_of(PER_1000, 0.05).review_line
    above = [score for score in mistyped(own).values() if score >= line]
    assert 0 < len(above) <= PER_1000 * ENOUGH / 1000
    fresh = feed(crowd.drafts(2_000))
    reviewed = [listing for listing in fresh if listing.screening.verdict != "clear"]
    assert len(reviewed) <= 2 * PER_1000 * len(fresh) / 1000


def test_no_spelling_clears_itself_however_many_sellers_use_it(feed, market, veloriq):
    listings = feed(drafts_of(DISGUISED, 300))
    assert {listing.screening.verdict for listing in listings} == {"review"}
    assert market().sellers("velroiqua") == 0
    assert market().sellers("shoes") > 40
    assert feed(drafts_of("Other velroiqua boots", 1))[0].screening.verdict == "review"


QUEER = "Zentravvika shoes"  # one letter more than the mark that is registered later


@pytest.fixture
def zentravika(register, owner):
    mark = TrademarkFields(reference="EM-Z", mark="ZENTRAVIKA", office="EM")
    return lambda: register(owner, mark)[0]


def test_a_spelling_agreed_on_before_its_mark_is_registered_clears_nothing(
    feed, market, zentravika, desk, registry, now, read, shop
):
    feed(drafts_of(QUEER, 40))
    assert market().sellers("zentravvika") > 25
    zentravika()
    rescreening = Rescreening(desk, registry, lambda: now)
    while rescreening.work():
        pass
    assert read(shop, get_listing, key="V-0").screening.verdict == "review"
    [new] = feed(drafts_of("Other zentravvika boots", 1))
    assert new.screening.verdict == "review"
    assert new.screening.matches[0].score > 0.9


def test_a_spelling_that_other_marketplaces_attest_counts_as_before(
    feed, market, zentravika, screener, partner, registry
):
    feed(drafts_of(QUEER, 12))
    for name in ("Second", "Third"):
        screener.keep(partner("marketplace", name), drafts_of(QUEER, 12))
    market()
    zentravika()
    [new] = feed(drafts_of("Other zentravvika boots", 1))
    assert new.screening.verdict == "clear"


def test_a_word_of_the_lists_counts_however_few_marketplaces_there_are(feed, market, register, owner):
    feed(drafts_of("Saddle bag", 12))
    before = market().attested("saddle")
    register(owner, TrademarkFields(reference="EM-S", mark="SADDLEY", office="EM"))
    [new] = feed(drafts_of("Leather saddle", 1))
    assert (before, new.screening.verdict) == (0, "clear")
    assert new.screening.matches == ()


def test_a_rejected_match_stays_clear_and_its_words_are_learned_from_then_on(
    feed, market, veloriq, desk, owner, now
):
    first, second = feed(drafts_of(LONG, 2))
    judge(
        desk,
        owner,
        first.screening.matches[0].id,
        Opinion(judgement="rejected", reason="ours"),
        Conditions(),
        now,
    )
    fields = ListingFields(title=f"{LONG} 0", condition="used")
    [again] = feed([Draft(reference=first.reference, fields=fields, seller="T-0")])
    assert (again.screening.verdict, market().sellers("quintavelroiqua")) == ("clear", 1)
    fields = ListingFields(title=f"{LONG} 1", condition="used")
    [other] = feed([Draft(reference=second.reference, fields=fields, seller="T-1")])
    assert other.screening.verdict == "review"
