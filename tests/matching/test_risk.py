"""Risk: the level that a seller's history gives, its reasons, and what takes them away."""

import math
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.model import LinkedSeizure
from matching.risk import DEFAULT_RISK, RiskHistory, assess_risk, band, risk_in_bands, risk_without

CASES = tomllib.loads((Path(__file__).parent / "cases" / "risk.toml").read_text("utf-8"))["case"]
TODAY = date(2026, 3, 1)
COUNTS = st.integers(min_value=0, max_value=10_000)


def seizure(days_ago=10, link_score=0.97, commodity="watches"):
    return LinkedSeizure(
        seizure_id="szr_1",
        link_score=link_score,
        seized_on=TODAY - timedelta(days=days_ago),
        commodities=(commodity,),
    )


def history(case):
    counts = {name: case.get(name, 0) for name in ("alerts", "confirmed", "removed", "rejected")}
    return RiskHistory(seizures=tuple(seizure(*row) for row in case.get("seizures", ())), **counts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_level_follows_the_history(case):
    assert assess_risk(history(case), TODAY).level == case["level"]


@given(COUNTS, COUNTS)
def test_unjudged_alerts_alone_never_raise_the_level_above_low(alerts, rejected):
    assert assess_risk(RiskHistory(alerts=alerts, rejected=rejected), TODAY).level in {"unknown", "low"}


def test_goods_that_can_harm_weigh_more():
    watches, medicines = (
        assess_risk(RiskHistory(seizures=(seizure(commodity=c),)), TODAY) for c in ("watches", "medicines")
    )
    assert medicines.score > watches.score
    assert "health_or_safety" in {reason.code for reason in medicines.reasons}


def test_a_seizure_fades_with_time():
    scores = [
        assess_risk(RiskHistory(seizures=(seizure(days),)), TODAY).score for days in (0, 180, 365, 1000)
    ]
    assert scores == sorted(scores, reverse=True)


def test_the_score_is_the_logistic_of_its_reasons():
    risk = assess_risk(RiskHistory(seizures=(seizure(),), confirmed=2, alerts=3, rejected=1), TODAY)
    log_odds = DEFAULT_RISK.prior + sum(reason.weight for reason in risk.reasons)
    assert risk.score == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-3)


def test_reasons_carry_their_counts():
    risk = assess_risk(RiskHistory(seizures=(seizure(10), seizure(40)), alerts=17), TODAY)
    assert [reason.text for reason in risk.reasons] == [
        "2 seizures are linked to this seller, the last of 2026-02-19.",
        "17 alerts that nobody has judged yet.",
    ]


def test_a_flag_can_say_what_it_would_be_without_a_reason():
    risk = assess_risk(RiskHistory(seizures=(seizure(), seizure(40)), confirmed=1), TODAY)
    assert risk.level == "high"
    assert risk_without(risk, "seizures_linked").level == "low"
    assert risk_without(risk_without(risk, "seizures_linked"), "judgements_confirmed").level == "unknown"


def test_a_marketplace_reads_bands_and_no_dates():
    known = RiskHistory(seizures=(seizure(), seizure(40, commodity="toys")), confirmed=1)
    told = risk_in_bands(assess_risk(known, TODAY), known)
    texts = {reason.code: reason.text for reason in told.reasons}
    assert texts["seizures_linked"] == "1-9 seizures are linked to this seller."
    assert texts["health_or_safety"] == "1-9 of them were of goods that can harm."
    assert "2026" not in "".join(texts.values())


@pytest.mark.parametrize(("count", "told"), [(0, "none"), (1, "1-9"), (9, "1-9"), (10, "10+"), (5000, "10+")])
def test_counts_travel_in_bands(count, told):
    assert band(count) == told


def test_counts_of_one_band_are_told_alike():
    told = []
    for watches, toys in ((2, 1), (5, 4)):
        goods = ["watches"] * watches + ["toys"] * toys
        seizures = tuple(seizure(days, commodity=name) for days, name in enumerate(goods))
        known = RiskHistory(seizures=seizures, confirmed=1)
        told.append(risk_in_bands(assess_risk(known, TODAY), known))
    assert told[0] == told[1]
    assert told[0].level == "high"


@given(st.integers(min_value=1, max_value=30), st.integers(min_value=0, max_value=4000))
def test_the_score_in_bands_lies_within_the_level(count, age):
    known = RiskHistory(seizures=(seizure(age),) * count)
    risk = assess_risk(known, TODAY)
    told = risk_in_bands(risk, known)
    below = {"unknown": 0.0, "low": 0.5, "medium": 0.8, "high": 1.0}[risk.level]
    assert told.level == risk.level
    assert told.score < below or told.score == 0.0
