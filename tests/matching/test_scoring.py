"""The policy: verdicts from stored values alone, the same bits every time."""

from datetime import date
from hashlib import blake2b

import msgspec
import pytest

from matching.index import build_index
from matching.model import Mark, Offer, SeizureHistory, SellerStanding
from matching.scoring import DEFAULT_POLICY, POLICIES, mention_score, rescore, values_of, verdict_of
from matching.screening import screen

PLAIN = {"plainly_written": 1.0, "letters": 6.0}


def verdict(use="origin", **values):
    return verdict_of(PLAIN | values, use, DEFAULT_POLICY)


def test_plain_naming_alone_is_clear():
    assert verdict() == "clear"


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ({"seller_flag": 1.0}, "clear"),
        ({"seller_flag": 2.0}, "clear"),
        ({"seller_flag": 1.0, "similar_seizures": 3.0}, "review"),
        ({"seller_flag": 2.0, "similar_seizures": 3.0}, "alert"),
        ({"seller_flag": 1.0, "similar_seizures": 3.0, "price_below": 9.0}, "alert"),
        ({"contradicts_sheet": 1.0, "changed_after_approval": 1.0}, "review"),
        ({"barcode_of_another": 1.0, "price_below": 9.0}, "review"),
        ({"barcode_of_another": 1.0, "contradicts_sheet": 1.0}, "clear"),
        ({"barcode_is_wrong": 1.0, "price_below": 9.0}, "clear"),
        ({"barcode_is_genuine": 1.0, "seller_flag": 1.0, "price_below": 9.0}, "clear"),
    ],
)
def test_plain_naming_needs_independent_signals(signals, expected):
    assert verdict(**signals) == expected
    assert verdict("compatible", **signals) == "clear"


def test_a_genuine_barcode_excuses_no_imitation():
    assert verdict("replica", strong_replica_cue=1.0, barcode_is_genuine=1.0) == "alert"
    disguised = {"letters": 8.0, "visible_disguise": 1.0, "barcode_is_genuine": 1.0}
    assert verdict_of(disguised, "origin", DEFAULT_POLICY) == "alert"


def test_a_mark_that_gives_no_right_here_gives_no_verdict():
    assert verdict("replica", strong_replica_cue=1.0) == "alert"
    assert verdict("replica", strong_replica_cue=1.0, not_in_force=1.0) == "clear"
    assert verdict("replica", strong_replica_cue=1.0, other_territory=1.0) == "clear"
    assert verdict("replica", strong_replica_cue=1.0, not_yet_registered=1.0) == "review"


def test_a_weak_cue_needs_goods_that_are_imitated():
    assert verdict(weak_replica_cue=1.0) == "clear"
    assert verdict(weak_replica_cue=1.0, fashion_goods=1.0) == "review"
    assert verdict(weak_replica_cue=1.0, fashion_goods=1.0, seller_flag=1.0) == "alert"


def test_hidden_letters_with_several_completions_are_reviewed():
    masked = {"letters": 8.0, "visible_disguise": 1.0, "hidden_letters": 0.3, "shown_letters": 6.0}
    assert verdict_of(masked | {"completions": 1.0}, "origin", DEFAULT_POLICY) == "alert"
    assert verdict_of(masked | {"completions": 2.0}, "origin", DEFAULT_POLICY) == "review"


def test_stored_values_give_the_same_match_bit_by_bit():
    marks = [Mark(id="m", text="Zorglub", rights_holder="h", office="EM", nice_classes=frozenset({25}))]
    offer = Offer(
        title="Z0rglub replica shoes",
        screened_on=date(2026, 1, 1),
        nice_classes=frozenset({25}),
        seller=SellerStanding(risk="high"),
        seizures=SeizureHistory(similar=4, prior=0.31),
    )
    (match,) = screen(offer, build_index(marks)).matches
    assert rescore(match, DEFAULT_POLICY) == match
    assert mention_score(values_of(match.comparisons), DEFAULT_POLICY) == match.score


@pytest.mark.parametrize(
    ("version", "digest"),
    [("2026.4", "8af749a9bf696016e43bb84c4c929886"), ("2026.5", "1ecf78d5aa33da46501a004447d7116d")],
)
def test_a_policy_that_once_shipped_stays_as_it_was(version, digest):
    told = msgspec.json.encode(POLICIES[version], order="sorted")
    assert blake2b(told, digest_size=16).hexdigest() == digest


def test_a_marketplaces_line_goes_before_that_of_any_policy_that_ships():
    values = {"differs": 1.0, "letters": 14.0, "review_line": 0.0001}
    for policy in POLICIES.values():
        assert verdict_of(values, "origin", policy) == "review"
        assert verdict_of(values | {"review_line": 0.99999}, "origin", policy) == "clear"
