"""What a screening leaves out is named in its answer and counted."""

from datetime import timedelta
from pathlib import Path

import pytest

from partners.caps import CAPS
from partners.records.listings import ListingFields
from partners.registry import MARKET_STALE_SECONDS, STALE_SECONDS, Registry
from partners.screening import Draft, Screener

CHAIR = Draft(reference="A-1", fields=ListingFields(title="Wooden chair"))
LONG = Draft(reference="A-2", fields=ListingFields(title="Chair", description="word " * 3_999 + "a b"))


@pytest.fixture
def times(now):
    return [now]


@pytest.fixture
def aging(database, desk, times):
    """A registry and what screens by it, with a clock that a test moves."""
    registry = Registry(database, lambda: times[0])
    registry.refresh()
    return registry, Screener(desk, registry, lambda: times[0])


def test_a_text_that_is_cut_is_named_and_counted(aging, shop):
    registry, screener = aging
    [plain, long] = screener.screen(shop, [CHAIR, LONG])
    assert (plain.limits, long.limits) == ((), ("text_cut",))
    assert registry.caps.counts == dict.fromkeys(CAPS, 0) | {"text_cut": 1}


def test_sources_that_are_not_up_to_date_are_named_until_they_are(aging, shop, times, now):
    registry, screener = aging
    times[0] = now + timedelta(seconds=STALE_SECONDS + 1)
    assert screener.screen(shop, [CHAIR])[0].limits == ("registry_stale",)
    times[0] = now + timedelta(seconds=MARKET_STALE_SECONDS + 1)
    assert screener.screen(shop, [CHAIR])[0].limits == ("market_stale", "registry_stale")
    registry.refresh()
    registry.markets.refresh()
    assert screener.screen(shop, [CHAIR])[0].limits == ()
    assert registry.caps.counts["registry_stale"] == 2


def test_the_readme_tells_each_limit():
    text = (Path(__file__).parents[2] / "README.md").read_text()
    assert all(f"| `{name}` | {meaning} |" in text for name, meaning in CAPS.items())
