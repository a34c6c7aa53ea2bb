"""Similar seizures: a prior from published counts, and a sentence with the counts behind it."""

import pytest

from matching.seizures import SeizureCount, expected_lines, fit_priors, seizure_history, seizure_prior

COUNTS = [
    SeizureCount(2022, "footwear", "CN", "express", 900),
    SeizureCount(2023, "footwear", "CN", "express", 1000),
    SeizureCount(2023, "footwear", "CN", "mail", 500),
    SeizureCount(2023, "footwear", "TR", "mail", 10),
    SeizureCount(2023, "watches", "CN", "mail", 300),
    SeizureCount(2023, "watches", "", "mail", 5000),
]
PRIORS = fit_priors(COUNTS, "A named source", {"CN": "China"})


def test_the_commonest_route_has_the_highest_prior():
    priors = [
        seizure_prior(*route, PRIORS)[0]
        for route in (("footwear", "CN"), ("watches", "CN"), ("footwear", "TR"))
    ]
    assert priors[0] == pytest.approx(1.0, abs=0.01)
    assert priors == sorted(priors, reverse=True)


def test_the_reason_names_source_counts_and_years():
    _, reason = seizure_prior("footwear", "CN", PRIORS)
    assert reason.text == (
        "A named source counts 2,400 seizure lines of footwear from China in fiscal years 2022 to 2023."
    )


def test_a_route_never_seen_leans_on_its_product_and_origin():
    prior, reason = seizure_prior("watches", "TR", PRIORS)
    assert 0.0 < prior < seizure_prior("footwear", "TR", PRIORS)[0]
    assert reason is None


@pytest.mark.parametrize("route", [(None, "CN"), ("footwear", None), ("footwear", "ZZ"), ("vaccines", "CN")])
def test_what_is_not_known_gives_no_prior(route):
    assert seizure_prior(*route, PRIORS) == (0.0, None)


def test_one_channel_is_part_of_all():
    whole = expected_lines("footwear", "CN", PRIORS)
    parts = [expected_lines("footwear", "CN", PRIORS, channel) for channel in ("express", "mail")]
    assert sum(parts) == pytest.approx(whole)


def test_late_years_weigh_more():
    early = fit_priors(
        [SeizureCount(2022, "toys", "CN", "mail", 100), SeizureCount(2023, "toys", "CN", "mail", 0)], "", {}
    )
    late = fit_priors(
        [SeizureCount(2022, "toys", "CN", "mail", 0), SeizureCount(2023, "toys", "CN", "mail", 100)], "", {}
    )
    assert expected_lines("toys", "CN", late) > expected_lines("toys", "CN", early)


def test_an_offers_history_joins_our_own_count_and_the_prior():
    history = seizure_history("Fashion > Shoes", frozenset(), "CN", 12, PRIORS)
    assert history.similar == 12
    assert history.prior > 0.9
    assert [reason.code for reason in history.reasons] == ["seizures_recorded", "seizures_published"]
    assert history.reasons[0].text.startswith("10+ reported seizures")


def test_an_offer_of_unknown_goods_has_no_history():
    assert seizure_history("Gadgets", frozenset(), "CN", 0, PRIORS).reasons == ()


def test_a_history_counts_our_own_seizures_in_bands_only():
    reasons = {
        band: [seizure_history("Shoes", frozenset(), "CN", count, PRIORS).reasons for count in counts]
        for band, counts in {"1-9": (1, 9), "10+": (10, 4000)}.items()
    }
    assert all(low == high for low, high in reasons.values())
    assert reasons["1-9"] != reasons["10+"]
