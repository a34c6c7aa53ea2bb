from __future__ import annotations

import time

from partners.jobs import Jobs
from partners.records.listings import ListingFields, get_listing
from partners.records.sellers import list_untraced
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
