"""Markets: every process knows what any has learned, in a compact form, and no marketplace another's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from matching.market import bit_of
from partners.markets import EVERYONE, Markets
from partners.records.listings import ListingFields
from partners.records.markets import SMALL, MarketSettings, list_lessons, market_lessons, set_market
from partners.screening import Draft


@pytest.fixture
def submit(screener, shop):
    """Keep listings of these titles, each by its seller."""

    def make(*told, who=shop):
        drafts = [
            Draft(reference=f"{seller} {title}", fields=ListingFields(title=title), seller=seller)
            for title, seller in told
        ]
        return screener.keep(who, drafts)

    return make


def test_what_one_process_learns_another_knows(database, registry, submit, shop):
    submit(("Walnut breadboard", "S-1"), ("Walnut table", "S-2"))
    registry.markets.refresh()
    other = Markets(database)
    other.refresh()
    market = other.known[shop.organization_id]
    assert (market.listings, market.sellers("walnut"), market.sellers("breadboard")) == (2, 2, 1)
    submit(("Breadboard of oak", "S-3"))
    registry.markets.refresh()
    other.refresh()
    assert other.known[shop.organization_id].sellers("breadboard") == 2


def test_a_lesson_that_is_known_is_not_read_again(database, registry, submit):
    submit(("Walnut breadboard", "S-1"))
    registry.markets.refresh()
    with database.surveying("screening") as connection:
        first = list_lessons(connection, None)
    submit(("Walnut table", "S-2"))
    registry.markets.refresh()
    known = {each.id for each in first}
    with database.surveying("screening") as connection:
        assert [each.listings for each in list_lessons(connection, None, known)] == [1]
        assert len(list_lessons(connection, None)) == 2


def test_no_marketplace_learns_from_another(registry, submit, partner):
    submit(("Walnut breadboard", "S-1"))
    registry.markets.refresh()
    assert registry.snapshot.market(partner("marketplace", "Other").organization_id).sellers("walnut") == 0


def test_a_listing_sent_again_teaches_nothing_new(registry, submit, shop):
    for _ in range(3):
        submit(("Walnut breadboard", "S-1"))
        registry.markets.refresh()
    assert registry.markets.known[shop.organization_id].listings == 1


def test_small_lessons_are_folded_and_nothing_is_lost(database, registry, submit, shop):
    for number in range(SMALL + 2):
        submit((f"Walnut number {number}x", f"S-{number}"))
        registry.markets.refresh()
    with database.surveying("screening") as connection:
        assert connection.scalar(select(func.count()).select_from(market_lessons)) <= 3
    fresh = Markets(database)
    fresh.refresh()
    market = fresh.known[shop.organization_id]
    assert market.listings == SMALL + 2
    assert market.sellers("walnut", bit_of("S-0")) == registry.markets.known[shop.organization_id].sellers(
        "walnut", bit_of("S-0")
    )


def test_a_marketplace_has_its_own_budget(database, now, shop):
    settings = MarketSettings(
        organization_id=shop.organization_id,
        false_titles_per_1000=10,
        disguised_share=0.05,
        updated_at=now + timedelta(0),
    )
    database.acting("screening", lambda connection, _: set_market(connection, settings))
    markets = Markets(database)
    markets.refresh()
    own, usual = markets.known[shop.organization_id].habits, markets.known[EVERYONE].habits
    assert 0 < own.review_line < 0.5
    assert own.disguise_odds == usual.disguise_odds == 0


def rename(database, name, other):
    database.acting("screening", lambda c, _: c.execute(text(f"ALTER TABLE {name} RENAME TO {other}")))


def test_what_could_not_be_written_is_written_later(database, registry, submit, shop):
    submit(("Walnut breadboard", "S-1"))
    rename(database, "market_lessons", "gone")
    with pytest.raises(Exception, match="market_lessons"):
        registry.markets.refresh()
    rename(database, "gone", "market_lessons")
    registry.markets.refresh()
    assert registry.markets.known[shop.organization_id].sellers("walnut") == 1
