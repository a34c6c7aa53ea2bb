from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import func, select

from partners.calibrating import read_latest
from partners.chaining import Sealer
from partners.jobs import Jobs
from partners.limiting import draw_block
from partners.records import audit
from partners.records.answers import kept_answers
from partners.records.buckets import Ask, Quota, buckets
from partners.records.listings import ListingFields, get_listing
from partners.records.sellers import list_untraced
from partners.repeating import Answer, Keyed, Memory, Repeats, answer_once
from partners.screening import Draft

REPLICA = Draft(reference="A-1", fields=ListingFields(title="Nike Air Max 1:1 replica shoes"), seller="S-1")


def test_a_started_worker_does_all_kinds_of_pending_work(
    desk, registry, screener, shop, owner, register, nike, read, database, now
):
    screener.keep(shop, [REPLICA])
    register(owner, nike)
    jobs = Jobs(desk, registry, lambda: now)
    jobs.start()
    jobs.wake()
    deadline = time.monotonic() + 30
    while read(shop, get_listing, key="A-1").screening.verdict == "clear" and time.monotonic() < deadline:
        time.sleep(0.02)
    jobs.stop()
    assert read(shop, get_listing, key="A-1").screening.verdict == "alert"
    jobs.trace_sellers()
    with database.surveying("tracing") as connection:
        assert list_untraced(connection, 9) == []


def test_a_started_worker_makes_a_table_of_scores_when_enough_was_judged(
    desk, registry, judge_copies, database, now
):
    judge_copies(42)
    jobs = Jobs(desk, registry, lambda: now)
    jobs.start()
    deadline = time.monotonic() + 60
    while read_latest(database, now)[0] is None and time.monotonic() < deadline:
        time.sleep(0.02)
    jobs.stop()
    made, known = read_latest(database, now)
    assert made is not None
    assert (made.judgements, made.known) == (known.judgements, known.judgements)


def test_a_worker_forgets_answers_whose_time_is_over_and_buckets_that_are_full_again(
    desk, registry, shop, database, now
):
    memory = Memory(database=database, keyring=desk.keyring, repeats=Repeats(), lasting=timedelta(hours=24))
    keyed = Keyed(claims=shop, operation="create_thing", key="k", request="POST")
    answer_once(memory, keyed, lambda: Answer(status=201, headers={}, body=b""), now)
    ask = Ask(process="p", least=1, most=1, until=now.timestamp())
    draw_block(database, "requests:cli_1", Quota(10, 1), ask, now)
    for hours, kept in [(0, 2), (1, 1), (25, 0)]:
        later = now + timedelta(hours=hours)
        Jobs(desk, registry, lambda later=later: later).forget_answers()
        with database.surveying("repeating") as connection:
            rows = [connection.scalar(select(func.count()).select_from(t)) for t in (kept_answers, buckets)]
        assert sum(rows) == kept


def test_a_worker_lets_audit_rows_go_when_their_days_are_over(desk, registry, shop, database, now):
    for act in ("client.created", "client.changed"):  # of a chain the newest row always stays
        database.acting("access", lambda c, _, act=act: audit.record_for_service(c, act, "cli_1", {}, now))
    Sealer(database, desk.keyring, lambda: now).seal()
    for days, is_kept in [(2554, True), (2556, False)]:
        later = now + timedelta(days=days)
        Jobs(desk, registry, lambda later=later: later).let_audit_go()
        with database.surveying("sealing") as connection:
            acts = set(connection.scalars(select(audit.audit.c.act)))
        assert ("client.created" in acts, "client.changed" in acts) == (is_kept, True)
