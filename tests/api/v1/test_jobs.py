"""A stream that is too long to be answered at once becomes a job, and its answers are read later."""

from __future__ import annotations

import json

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from api.app import create_app
from api.bulk import BulkJobs, find_rooms
from api.deferring import cut_lines
from api.v1.listings import ListingController
from api.v1.trademarks import TrademarkController
from partners.records.job_lines import job_lines
from partners.records.jobs import LEASE, MAX_TRIES
from partners.registry import Registry
from partners.working import JobBench

NDJSON = {"Content-Type": "application/x-ndjson"}
LATER = NDJSON | {"Prefer": "respond-async"}


def marks(count):
    lines = [
        {"reference": f"M-{number}", "mark": f"VELORIQ {number}", "office": "EM", "nice_classes": [25]}
        for number in range(count)
    ]
    return b"\n".join(json.dumps(line).encode() for line in lines)


@pytest.fixture
def jobs(house):
    return JobBench(house.database, [BulkJobs(house, find_rooms([TrademarkController]))], house.clock)


@pytest.fixture
def owner(partner, token):
    return token(partner("rights_holder", scopes=["trademarks:write", "trademarks:read", "jobs:read"]))


@pytest.fixture
def small(house):
    """A house where ten lines are many."""
    settings = msgspec.structs.replace(house.settings, bulk_limit_lines=10)
    with TestClient(create_app(msgspec.structs.replace(house, settings=settings))) as client:
        yield client


def test_a_stream_above_the_limit_is_refused_unless_it_may_be_deferred(small, owner):
    assert small.post("/v1/trademarks", content=marks(11), headers=NDJSON | owner).status_code == 413
    assert small.post("/v1/trademarks", content=marks(11), headers=LATER | owner).status_code == 202
    assert small.post("/v1/trademarks", content=marks(3), headers=LATER | owner).status_code == 200


def test_a_deferred_stream_is_worked_through_and_answered_line_by_line(small, owner, jobs):
    body = marks(600) + b"\n\n{broken\n"
    answer = small.post("/v1/trademarks", content=body, headers=LATER | owner)
    assert answer.headers["preference-applied"] == "respond-async"
    path = answer.headers["location"]
    assert small.get(path, headers=owner).json()["state"] == "waiting"
    assert jobs.work()
    halfway = small.get(path, headers=owner).json()
    assert (halfway["state"], halfway["done"], halfway["total"]) == ("running", 250, 602)
    while jobs.work():
        pass
    done = small.get(path, headers=owner).json()
    assert (done["state"], done["done"], done["kind"]) == ("done", 602, "create_trademark")
    lines = [json.loads(line) for line in small.get(done["results"], headers=owner).iter_lines()]
    assert [line["line"] for line in lines] == [*range(1, 601), 602]
    assert [line["status"] for line in lines] == [201] * 600 + [400]
    assert small.get("/v1/trademarks/M-599", headers=owner).status_code == 200


def test_a_deferred_stream_keeps_the_conditions_it_came_with(small, owner, jobs):
    small.post("/v1/trademarks", content=marks(1), headers=NDJSON | owner)
    headers = LATER | owner | {"If-None-Match": "*"}
    path = small.post("/v1/trademarks", content=marks(11), headers=headers).headers["location"]
    while jobs.work():
        pass
    lines = [json.loads(line) for line in small.get(f"{path}/results", headers=owner).iter_lines()]
    assert [line["status"] for line in lines] == [412] + [201] * 10


def test_a_job_is_nobody_elses(small, owner, partner, token):
    path = small.post("/v1/trademarks", content=marks(11), headers=LATER | owner).headers["location"]
    other = token(partner("rights_holder", name="Other", scopes=["jobs:read"]))
    assert small.get(path, headers=other).status_code == 404
    assert small.get(f"{path}/results", headers=other).status_code == 404
    assert small.get("/v1/jobs", headers=other).json()["items"] == []
    assert [job["kind"] for job in small.get("/v1/jobs", headers=owner).json()["items"]] == [
        "create_trademark"
    ]


def test_a_job_goes_on_where_a_dead_worker_left_it(small, owner, jobs, house, database, now):
    path = small.post("/v1/trademarks", content=marks(600), headers=LATER | owner).headers["location"]
    assert jobs.work()  # and this process is gone
    rooms = [BulkJobs(house, find_rooms([TrademarkController]))]
    other = JobBench(database, rooms, lambda: now + LEASE)
    while other.work():
        pass
    lines = small.get(f"{path}/results", headers=owner).content.splitlines()
    assert len(lines) == len(set(lines)) == 600


def test_a_job_waits_for_the_registry_however_long_and_loses_no_line(small, partner, token, house, now):
    shop = token(partner("marketplace", scopes=["listings:write", "jobs:read"]))
    lines = [json.dumps({"reference": f"L-{number}", "title": "wooden chair"}) for number in range(11)]
    path = small.post("/v1/listings", content="\n".join(lines), headers=LATER | shop).headers["location"]
    loading = msgspec.structs.replace(house, registry=Registry(house.database, house.clock))
    times = iter(now + LEASE * step for step in range(10_000))
    jobs = JobBench(house.database, [BulkJobs(loading, find_rooms([ListingController]))], lambda: next(times))
    assert [jobs.work() for _ in range(MAX_TRIES + 5)] == [False] * (MAX_TRIES + 5)
    told = small.get(path, headers=shop).json()
    assert (told["state"], told["done"], told["error"]) == ("waiting", 0, None)
    loading.registry.refresh()
    while jobs.work():
        pass
    answers = small.get(f"{path}/results", headers=shop).iter_lines()
    assert [json.loads(line)["status"] for line in answers] == [201] * 11


def test_cutting_keeps_every_line_and_its_number():
    body = b"\n".join(str(number).encode() for number in range(1, 1204))
    chunks = list(cut_lines(body))
    assert [(one.first, one.last) for one in chunks] == [
        (1, 250),
        (251, 500),
        (501, 750),
        (751, 1000),
        (1001, 1203),
    ]
    assert b"\n".join(one.given for one in chunks) == body


def test_lines_and_answers_lie_sealed(small, owner, jobs, house):
    small.post("/v1/trademarks", content=marks(251), headers=LATER | owner)
    jobs.work()
    with house.database.surveying("jobs") as connection:
        rows = connection.execute(select(job_lines.c.given, job_lines.c.answer)).all()
    kept = [bytes(content) for row in rows for content in row if content is not None]
    assert len(kept) == 2
    assert not any(b"VELORIQ" in content for content in kept)
