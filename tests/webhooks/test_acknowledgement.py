"""Writing outcomes in groups, while the database comes and goes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from partners.records.attempts import Acknowledgement
from webhooks.acknowledgement import Acknowledger

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def outcome(number, sent_at=NOW):
    return Acknowledgement(
        delivery_id=f"dlv_{number}",
        token="w.1",
        organization_id="org_1",
        endpoint_id="end_1",
        url="https://example.com/",
        trigger="auto",
        state="ok",
        due_at=NOW,
        failures=0,
        sent_at=sent_at,
        milliseconds=1.0,
        phase="body",
    )


def run(write, count, *, size=10, seconds=0.01, forget=None):
    """Add so many outcomes, close, and wait until all is written; returns the groups."""
    groups = []

    async def note(group):
        write(group, groups)
        groups.append([item.delivery_id for item in group])

    async def main():
        keeper = Acknowledger(note, seconds, size)
        writing = asyncio.create_task(keeper.run())
        for number in range(count):
            keeper.add(outcome(number, NOW - timedelta(minutes=5) if number == 0 else NOW))
        if forget:
            keeper.forget_older(forget)
        await asyncio.sleep(seconds * 3)
        keeper.close()
        await asyncio.wait_for(writing, 10)

    asyncio.run(main())
    return groups


def always(_group, _groups):
    return None


def test_many_outcomes_share_few_transactions():
    groups = run(always, 35)
    assert [len(group) for group in groups] == [10, 10, 10, 5]


def test_a_few_do_not_wait_for_more():
    assert run(always, 3) == [["dlv_0", "dlv_1", "dlv_2"]]


def test_what_could_not_be_written_is_written_later():
    failures = iter([True, True, False, False, False, False, False, False])

    def write(_group, _groups):
        if next(failures, False):
            raise ConnectionError("the database is away")

    groups = run(write, 20)
    assert sorted(key for group in groups for key in group) == sorted(f"dlv_{n}" for n in range(20))


def test_one_bad_row_blocks_no_other():
    tries = []

    def write(group, _groups):
        if any(item.delivery_id == "dlv_3" for item in group):
            tries.append(len(group))
            if len(tries) < 12:
                raise ValueError("a row that does not fit")

    groups = run(write, 20)
    first = [key for group in groups[: len(groups) - 1] for key in group]
    assert len(set(first)) == 19
    assert groups[-1] == ["dlv_3"]


def test_an_outcome_whose_lease_is_lost_is_forgotten():
    groups = run(always, 3, forget=NOW - timedelta(minutes=1))
    assert groups == [["dlv_1", "dlv_2"]]
