"""Accounts: every weight of a match, summed; the same bits as the engine's own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.circumstances import CIRCUMSTANCE
from matching.explaining import HELP, RULES, account_for, reproduces, sum_up
from matching.mention import MENTION
from matching.model import Comparison
from matching.policies import DEFAULT_POLICY
from matching.reason_codes import RuleCode
from matching.scoring import action_score, mention_score, verdict_of, weighed

VALUES = st.dictionaries(
    st.sampled_from(sorted({*MENTION, *CIRCUMSTANCE})), st.sampled_from([0.0, 0.5, 1.0, 2.0, 6.0, 12.0])
)
USES = st.sampled_from(["origin", "compatible", "comparison", "replica", "licensed", "part_of_name"])


@settings(max_examples=200)
@given(VALUES, USES)
def test_an_account_gives_the_bits_of_the_engine(values, use):
    account = account_for(values, use, DEFAULT_POLICY)
    assert account.verdict == verdict_of(values, use, DEFAULT_POLICY)
    assert account.named.probability == mention_score(values, DEFAULT_POLICY)
    assert account.score == action_score(values, account.verdict, DEFAULT_POLICY)


@settings(max_examples=100)
@given(VALUES, USES)
def test_all_evidence_is_told_once_in_the_sum_it_counts_in(values, use):
    account = account_for(values, use, DEFAULT_POLICY)
    named = [each.code for each in account.named.evidence]
    rest = [each.code for each in account.unweighed]
    assert len(named) == len(set(named))
    assert not set(rest) & set(named)
    told = {each.code for each in account.acted_on.evidence} | set(named) | set(rest)
    assert {code for code, value in values.items() if value} <= told


def test_all_evidence_and_all_rules_have_a_sentence():
    assert all(HELP[code].endswith((".", ")")) for code in {*MENTION, *CIRCUMSTANCE})
    assert set(RULES) == set(RuleCode.__args__)
    assert all(
        set(table) <= set(HELP)
        for table in (DEFAULT_POLICY.plain, DEFAULT_POLICY.disguised, DEFAULT_POLICY.action)
    )


def test_what_a_person_rejected_is_clear():
    values = {"plainly_written": 1.0, "letters": 8.0, "strong_replica_cue": 1.0}
    assert account_for(values, "replica", DEFAULT_POLICY).verdict == "alert"
    rejected = account_for(values, "replica", DEFAULT_POLICY, is_rejected=True)
    assert (rejected.verdict, rejected.rule) == ("clear", "replica_cue")
    assert "person" in rejected.because


def test_another_weight_is_not_reproduced():
    values = {"plainly_written": 1.0, "letters": 8.0}
    stored = weighed(values, DEFAULT_POLICY)
    account = account_for(values, "origin", DEFAULT_POLICY)
    told = (account.verdict, account.named.probability)
    assert reproduces(stored, DEFAULT_POLICY, account, told)
    assert not reproduces((Comparison("letters", 8.0, 1.0), stored[1]), DEFAULT_POLICY, account, told)
    assert not reproduces(stored, DEFAULT_POLICY, account, ("alert", told[1]))


def test_a_screening_is_as_grave_as_its_gravest_match():
    clear = account_for({"plainly_written": 1.0, "letters": 8.0}, "origin", DEFAULT_POLICY)
    alert = account_for(
        {"plainly_written": 1.0, "letters": 8.0, "strong_replica_cue": 1.0}, "replica", DEFAULT_POLICY
    )
    assert sum_up([clear, alert]) == ("alert", pytest.approx(max(clear.score, alert.score)))
    assert sum_up([]) == ("clear", 0.0)
