"""What a person has posted to be done later goes on without it, as long as it may do such things at all."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from api.bulk import BulkJobs, find_rooms
from api.v1.trademarks import TrademarkController
from partners.working import JobBench

MARKS = "\n".join(
    json.dumps({"reference": f"M-{number}", "mark": "VELORIQ", "office": "EM"}) for number in range(3)
)
LATER = {"Content-Type": "application/x-ndjson", "Prefer": "respond-async"}


@pytest.fixture
def house(house):
    """Two lines are many here."""
    return replace(house, settings=replace(house.settings, bulk_limit_lines=2))


@pytest.fixture
def worked(house, client, call, member, enter, console):
    """Post three lines as Bob, let `then` happen, let the worker work; how the job ended."""
    admin = console.tokens(member.browser)["access_token"]
    bob = enter(member.organization_id, "bob@acme.example", "analyst")
    token = console.tokens(bob.browser)["access_token"]

    def worked(then):
        headers = LATER | {"Authorization": f"Bearer {token}"}
        kept = client.post("/v1/trademarks", content=MARKS, headers=headers)
        assert kept.status_code == 202, kept.text
        [person] = [
            one for one in call(admin, "GET", "/v1/people").json()["items"] if one["role"] == "analyst"
        ]
        then(admin, f"/v1/people/{person['id']}")
        bench = JobBench(house.database, [BulkJobs(house, find_rooms([TrademarkController]))], house.clock)
        while bench.work():
            pass
        job = call(admin, "GET", kept.headers["location"]).json()
        return job["state"], job["error"], job["done"]

    return worked


def test_a_job_goes_on_when_its_person_has_signed_out(worked, call):
    def sign_out(admin, path):
        assert call(admin, "DELETE", f"{path}/sessions").status_code == 204

    assert worked(sign_out) == ("done", None, 3)


def test_the_job_of_somebody_who_was_suspended_has_failed_at_once(worked, call):
    def suspend(admin, path):
        assert call(admin, "PATCH", path, {"suspended": True}, If_Match='"1"').status_code == 200

    assert worked(suspend) == ("failed", "Unauthorized", 0)
