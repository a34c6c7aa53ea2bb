"""Buckets: whatever processes draw and when, no more is spent than the quota and what flowed back."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partners.records.buckets import Ask, Bucket, Quota, draw, draw_tokens, forget_buckets

START = 1_800_000_000.0
QUOTA = Quota(20, 1)
HELD = 8.0


def full():
    return Bucket(level=20.0, at=START)


def ask(process="a", most=5, until=START + HELD, **rest):
    return Ask(process=process, most=most, until=until, **({"least": 1} | rest))


def test_the_quota_is_granted_and_not_one_more():
    bucket, granted = full(), []
    for process in "abcdef":
        bucket, grant = draw(bucket, QUOTA, ask(process), START)
        granted.append(grant.tokens)
    assert granted == [5, 5, 5, 5, 0, 0]


def test_what_is_left_is_granted_at_the_edge():
    bucket, _ = draw(full(), QUOTA, ask(most=18), START)
    assert draw(bucket, QUOTA, ask("b"), START)[1].tokens == 2


def test_tokens_flow_back_with_time():
    bucket, _ = draw(full(), QUOTA, ask(most=20, until=START), START)
    assert [draw(bucket, QUOTA, ask("b", most=99), START + s)[1].tokens for s in (0.1, 0.5, 9)] == [2, 10, 20]


def test_what_a_process_holds_is_not_lent_before_its_time_is_over():
    bucket, _ = draw(full(), QUOTA, ask(most=20), START)
    assert draw(bucket, QUOTA, ask("b"), START + HELD - 0.01)[1].tokens == 0
    assert draw(bucket, QUOTA, ask("b", most=99), START + HELD + 0.5)[1].tokens == 10


def test_a_process_that_spent_its_tokens_frees_their_place():
    bucket, _ = draw(full(), QUOTA, ask(most=20), START)
    assert draw(bucket, QUOTA, ask(spent_at=START, most=99), START + 1)[1].tokens == 20
    assert draw(bucket, QUOTA, ask(spent_at=START + 0.5, most=99), START + 1)[1].tokens == 10


def test_a_refusal_says_when_to_come_back():
    bucket, _ = draw(full(), QUOTA, ask(most=20, until=START), START)
    assert draw(bucket, QUOTA, ask("b", least=10, most=10), START)[1].wait == pytest.approx(0.5)


def test_a_clock_that_runs_behind_lets_nothing_flow_back_twice():
    bucket, _ = draw(full(), QUOTA, ask(most=20, until=START), START)
    bucket, _ = draw(bucket, QUOTA, ask(most=10, until=START), START + 0.5)
    assert draw(bucket, QUOTA, ask("b"), START + 0.2)[1].tokens == 0


def test_a_clock_that_was_wrong_by_an_hour_shuts_nobody_out():
    bucket, _ = draw(full(), QUOTA, ask(most=20, until=START), START + 3600)
    bucket, _ = draw(bucket, QUOTA, ask("b"), START)
    assert draw(bucket, QUOTA, ask("b"), START + 0.5)[1].tokens == 5


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 3), st.integers(0, 6), st.booleans(), st.floats(0, 1)),
        max_size=40,
    )
)
def test_no_stretch_of_time_sees_more_than_the_quota_and_what_flowed_back(steps):
    """Processes draw and spend at any times; each forgets what it holds when its time is over."""
    bucket, now, held, spent, last = full(), START, {}, [], {}
    for process, pause, want, draws, lasting in steps:
        now += pause
        tokens, until = held.get(process, (0, 0.0))
        tokens = tokens if now < until else 0
        if draws:
            until = now + lasting * HELD
            bucket, grant = draw(
                bucket,
                QUOTA,
                ask(process, most=want + 1, until=until, left=tokens, spent_at=last.get(process, now)),
                now,
            )
            tokens += grant.tokens
        spends = min(want, tokens) if now < until else 0
        held[process] = (tokens - spends, until)
        spent.append((now, spends))
        last = last | {process: now} if spends else last
    for first, (begin, _) in enumerate(spent):
        total = 0
        for moment, tokens in spent[first:]:
            total += tokens
            assert total <= QUOTA.tokens + (moment - begin) * QUOTA.per_second + 1e-3


def test_processes_that_draw_at_once_never_get_one_too_many(database):
    granted = []

    def spend(process):
        for _ in range(4):
            grant = database.acting(
                "limiting",
                lambda c, _: draw_tokens(c, "requests:cli_1", QUOTA, ask(process, most=3), START),
            )
            granted.append(grant.tokens)

    threads = [threading.Thread(target=spend, args=(f"p{number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 20


def test_a_full_bucket_need_not_be_kept(database):
    def work(connection, _):
        draw_tokens(connection, "requests:cli_1", QUOTA, ask(), START)
        return [forget_buckets(connection, START - 1), forget_buckets(connection, START + 1)]

    assert database.acting("limiting", work) == [0, 1]
