"""Tracing: which seller a seized party is, how surely, and why."""

import math
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.model import Address, Party, Registration
from matching.tracing import DEFAULT_TRACING, interpolate, link_parties, party_keys, trace

CASES = tomllib.loads((Path(__file__).parent / "cases" / "parties.toml").read_text("utf-8"))["case"]
COUNTRIES = st.sampled_from(["", "CN", "DE", "US", "zz", "💥"])
TEXTS = st.text(max_size=40)
PARTIES = st.builds(
    Party,
    display_name=TEXTS,
    legal_name=TEXTS,
    address=st.builds(
        Address, lines=st.tuples(TEXTS), city=TEXTS, postal_code=st.text(max_size=10), country=COUNTRIES
    ),
    email=TEXTS,
    phone=TEXTS,
    website=TEXTS,
    registration=st.builds(Registration, register=TEXTS, number=TEXTS),
    tax_id=TEXTS,
    bank_account=TEXTS,
    social=st.tuples(TEXTS),
)
HENGDA = Party(
    legal_name="Shenzhen Hengdali Trading Co., Ltd",
    email="sales@hengdali-sz.example",
    phone="+86 138 1234 5678",
    address=Address(lines=("12 Bao'an Road",), postal_code="518000", country="CN"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_careful_reader_agrees(case):
    party, seller = msgspec.convert(case["party"], Party), msgspec.convert(case["seller"], Party)
    link = link_parties(party, "sel_1", seller)
    assert (link.score >= DEFAULT_TRACING.threshold) == case["linked"], link


@pytest.mark.parametrize("case", [case for case in CASES if case["linked"]], ids=lambda case: case["why"])
def test_what_is_one_seller_meets_in_a_key(case):
    party, seller = msgspec.convert(case["party"], Party), msgspec.convert(case["seller"], Party)
    assert party_keys(party) & party_keys(seller)


def test_the_best_link_comes_first_and_weak_ones_are_left_out():
    sellers = {
        "same": HENGDA,
        "named alike": msgspec.structs.replace(HENGDA, email="", phone="", address=Address(country="CN")),
        "someone else": Party(legal_name="Karlsson Fisk AB"),
    }
    assert [link.seller_id for link in trace(HENGDA, sellers)] == ["same", "named alike"]


def test_the_score_is_the_logistic_of_its_comparisons():
    link = link_parties(HENGDA, "sel_1", msgspec.structs.replace(HENGDA, phone="+49 40 123456"))
    log_odds = math.fsum(comparison.weight for comparison in link.comparisons)
    assert link.score == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-3)


def test_reasons_repeat_no_personal_value():
    told = " ".join(reason.text for reason in link_parties(HENGDA, "sel_1", HENGDA).reasons)
    for value in ("Hengdali", "hengdali", "138", "5678", "518000", "Bao"):
        assert value not in told


def test_every_comparison_with_weight_has_its_reason():
    link = link_parties(HENGDA, "sel_1", HENGDA)
    weighed = {comparison.code for comparison in link.comparisons if comparison.weight} - {"prior"}
    assert {reason.code for reason in link.reasons} == weighed


def test_a_phone_that_thousands_share_links_nobody():
    mine = Party(display_name="Alpha Bags", phone="+86 138 1234 5678")
    theirs = Party(display_name="Omega Shoes", phone="+86 138 1234 5678")
    hub = {key: 5000 for key in party_keys(mine) if key.startswith("phone:")}
    assert trace(mine, {"sel_1": theirs})
    assert not trace(mine, {"sel_1": theirs}, frequency=hub)


def test_a_shared_value_says_how_many_share_it():
    hub = {key: 300 for key in party_keys(HENGDA) if key.startswith("phone:")}
    [phone] = [r for r in link_parties(HENGDA, "s", HENGDA, frequency=hub).reasons if r.code == "phone"]
    assert phone.text == "The same phone number. 300 sellers share it, so it counts for less."


def test_another_country_speaks_against():
    there = msgspec.structs.replace(HENGDA, email="", phone="", address=Address(country="CN"))
    abroad = msgspec.structs.replace(there, address=Address(country="US"))
    assert link_parties(there, "s", abroad).score < link_parties(there, "s", there).score


def test_a_weight_lies_on_the_line_between_its_points():
    assert interpolate(((0.0, -1.0), (0.5, 0.0), (1.0, 4.0)), 0.75) == 2.0


@settings(max_examples=150, deadline=None)
@given(PARTIES, PARTIES)
def test_any_two_parties_are_compared_alike_from_both_sides(left, right):
    forth, back = link_parties(left, "s", right).score, link_parties(right, "s", left).score
    assert 0.0 < forth < 1.0
    assert forth == pytest.approx(back, abs=0.05)
