"""What a rights holder may draw otherwise, and what no policy can make of a listing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.overriding import BOUNDS, Overrides, draw_lines, find_broken_bounds, override
from matching.policies import DEFAULT_POLICY
from matching.scoring import verdict_of
from matching.thresholds import Thresholds

CUE = {"plainly_written": 1.0, "letters": 7.0, "strong_replica_cue": 1.0, "brand_field_agrees": 1.0}
SHIPPED = DEFAULT_POLICY.thresholds


def drawn(**lines):
    return override(DEFAULT_POLICY, Overrides(**lines), "test")


def test_what_is_left_out_stays_as_it_ships():
    assert draw_lines(Overrides(), SHIPPED) == SHIPPED
    assert drawn().plain is DEFAULT_POLICY.plain
    assert draw_lines(Overrides(named=0.9), SHIPPED).disguise == SHIPPED.disguise


@pytest.mark.parametrize("name", BOUNDS)
def test_a_line_is_drawn_within_its_bounds(name):
    least, most = BOUNDS[name]
    kind = type(getattr(Thresholds(), name))
    assert name in dict(find_broken_bounds(Overrides(**{name: kind(most + 1)}), SHIPPED))
    if least:
        assert name in dict(find_broken_bounds(Overrides(**{name: kind(least / 2)}), SHIPPED))


def test_what_is_doubtful_lies_below_what_is_sure():
    assert find_broken_bounds(Overrides(doubtful=0.9), SHIPPED)[0][0] == "doubtful"
    assert find_broken_bounds(Overrides(doubtful=0.9, named=0.95), SHIPPED) == []


def test_a_review_takes_no_more_signals_than_an_alert():
    assert dict(find_broken_bounds(Overrides(signals_of_review=4), SHIPPED)).keys() == {"signals_of_review"}


def test_a_strong_cue_may_ask_for_a_review_only_and_a_signal_still_makes_it_an_alert():
    milder = drawn(strong_cue="review")
    assert verdict_of(CUE, "replica", DEFAULT_POLICY) == "alert"
    assert verdict_of(CUE, "replica", milder) == "review"
    assert verdict_of(CUE | {"seller_flag": 1.0}, "replica", milder) == "alert"


def test_uses_may_be_reviewed_by_themselves_or_not():
    plain = CUE | {"strong_replica_cue": 0.0}
    assert verdict_of(plain, "comparison", DEFAULT_POLICY) == "review"
    assert verdict_of(plain, "comparison", drawn(uses_reviewed=())) == "clear"
    assert verdict_of(plain, "bundle", DEFAULT_POLICY) == "clear"
    assert verdict_of(plain, "bundle", drawn(uses_reviewed=("bundle",))) == "review"


def test_a_weak_cue_may_be_let_be():
    weak = CUE | {"strong_replica_cue": 0.0, "weak_replica_cue": 1.0, "fashion_goods": 1.0}
    assert verdict_of(weak, "origin", DEFAULT_POLICY) == "review"
    assert verdict_of(weak, "origin", drawn(weak_cue="clear")) == "clear"


allowed = st.fixed_dictionaries(
    {},
    optional={
        name: st.integers(int(least), int(most))
        if isinstance(getattr(SHIPPED, name), int)
        else st.floats(least, most)
        for name, (least, most) in BOUNDS.items()
    }
    | {
        "uses_reviewed": st.sampled_from([(), ("comparison",), ("bundle",), ("bundle", "comparison")]),
        "strong_cue": st.sampled_from(["review", "alert"]),
        "weak_cue": st.sampled_from(["clear", "review"]),
    },
)
evidence = st.fixed_dictionaries(
    {
        "plainly_written": st.sampled_from([0.0, 1.0]),
        "letters": st.integers(1, 20).map(float),
        "visible_disguise": st.sampled_from([0.0, 1.0]),
        "price_below": st.floats(0, 60),
    }
)


@given(
    allowed, evidence, st.sampled_from(["compatible", "descriptive", "origin", "licensed", "part_of_name"])
)
def test_no_policy_acts_on_what_anybody_may_do(lines, values, use):
    """Without a cue of replicas and with one signal at most, what is plainly named stays clear."""
    if find_broken_bounds(Overrides(**lines), SHIPPED):
        return
    verdict = verdict_of(values, use, drawn(**lines))
    if use in {"compatible", "descriptive", "licensed", "part_of_name"} and values["plainly_written"]:
        assert verdict == "clear" or values["visible_disguise"]
    if values["letters"] < 5 and not values["price_below"]:
        assert verdict != "alert"
