"""Policies over HTTP: versions, lines of one's own, shadow runs, and advice explained under any of them."""

from __future__ import annotations

import pytest

from matching.policies import DEFAULT_POLICY, POLICIES
from partners.rescoring import Rescoring
from partners.sequencing import Sequencer
from partners.shadowing import Shadowing
from partners.working import JobBench

SCOPES = (
    "policies:read", "policies:write", "trademarks:write", "listings:write", "listings:read",
    "screenings:read", "jobs:read",
)  # fmt: skip
NIKE = {"reference": "EM-1", "mark": "NIKE", "office": "EM", "nice_classes": [18, 25]}
LISTING = {"reference": "A-1", "title": "Nike Air Max 1:1 replica shoes"}
MILD = {"overrides": {"strong_cue": "review"}}


@pytest.fixture
def shop(partner):
    return partner("marketplace", "Shop", scopes=SCOPES)


@pytest.fixture
def owner(partner):
    return partner("rights_holder", "Owner", scopes=SCOPES)


@pytest.fixture
def caller(owner):
    return owner


@pytest.fixture
def screened(call, house, owner, shop):
    """A listing that names NIKE, screened to alert; its id."""
    call("POST", "/v1/trademarks", NIKE)
    Sequencer(house.database).place()
    house.registry.refresh()
    listing = call("POST", "/v1/listings", LISTING, who=shop).json()
    assert listing["screening"]["verdict"] == "alert"
    return listing["id"]


def test_as_long_as_no_line_is_drawn_the_policy_that_ships_is_ones_own(call, shop):
    own = call("GET", "/v1/policies/own").json()
    assert (own["version"], own["status"], own["overrides"]) == (DEFAULT_POLICY.version, "shipped", {})
    assert own["lines"]["named"] == DEFAULT_POLICY.thresholds.named
    for who in (shop, None):
        listed = call("GET", "/v1/policies", **({"who": who} if who else {})).json()["items"]
        assert [each["version"] for each in listed] == sorted(POLICIES, reverse=True)
        assert listed[0]["version"] == DEFAULT_POLICY.version


def test_a_line_drawn_is_a_new_version_and_the_former_stays(call):
    first = call("PUT", "/v1/policies/own", MILD)
    tag = first.headers["etag"].split("-")[0]
    assert (first.status_code, tag, first.json()["status"]) == (200, '"1', "present")
    again = {"overrides": {"named": 0.9}}
    assert call("PUT", "/v1/policies/own", again).status_code == 428
    assert call("PUT", "/v1/policies/own", again, **{"If-Match": '"9"'}).status_code == 412
    second = call("PUT", "/v1/policies/own", again, **{"If-Match": '"1"'}).json()
    assert call("GET", "/v1/policies/own").json() == second
    assert second["lines"]["named"] == 0.9
    former = call("GET", f"/v1/policies/{first.json()['version']}").json()
    assert (former["status"], former["overrides"]) == ("former", {"strong_cue": "review"})
    assert call("GET", f"/v1/policies/{first.json()['id']}").json() == former
    assert [each["status"] for each in call("GET", "/v1/policies").json()["items"]] == [
        "present",
        "former",
        *["shipped"] * len(POLICIES),
    ]


@pytest.mark.parametrize(
    ("overrides", "status", "pointer"),
    [
        ({"letters_of_alert": 2}, 422, "/overrides/letters_of_alert"),
        ({"doubtful": 0.95, "named": 0.9}, 422, "/overrides/doubtful"),
        ({"named": 1.5}, 400, "/overrides/named"),
        ({"uses_reviewed": ["compatible"]}, 400, "/overrides/uses_reviewed/0"),
        ({"shown": 0.1}, 400, "/overrides"),
        ({"strong_cue": "clear"}, 400, "/overrides/strong_cue"),
    ],
)
def test_lines_that_may_not_be_drawn_are_named(call, overrides, status, pointer):
    answer = call("PUT", "/v1/policies/own", {"overrides": overrides})
    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


def test_a_version_is_never_changed_and_only_a_rights_holder_draws_lines(call, shop):
    assert call("PUT", f"/v1/policies/{DEFAULT_POLICY.version}", MILD).status_code == 409
    assert call("PUT", "/v1/policies/own", MILD, who=shop).status_code == 403
    assert call("POST", "/v1/policies/own/shadow", MILD, who=shop).status_code == 403


def test_a_version_of_somebody_else_is_not_there(call, partner):
    version = call("PUT", "/v1/policies/own", MILD).json()["version"]
    other = partner("rights_holder", "Other", scopes=SCOPES)
    for path in (f"/v1/policies/{version}", "/v1/policies/1999.1"):
        assert call("GET", path, who=other).status_code == 404
    assert call("POST", f"/v1/policies/{version}/shadow", {}, who=other).status_code == 404


def test_a_shadow_run_is_a_job_whose_report_has_the_counts(call, screened, house, shop):
    answer = call("POST", "/v1/policies/own/shadow", {**MILD, "days": 7})
    assert answer.status_code == 202
    job = answer.headers["location"]
    bench = JobBench(house.database, [Shadowing(house.database)], house.clock)
    while bench.work():
        pass
    done = call("GET", job).json()
    assert (done["kind"], done["state"], done["results"]) == ("policy_shadow", "done", None)
    report = done["report"]
    assert (report["policy"], report["before"], report["after"]) == ("draft", {"alert": 1}, {"review": 1})
    assert [each["found"] for each in report["examples"]] == ["Nike"]
    assert call("GET", f"/v1/listings/{screened}", who=shop).json()["screening"]["verdict"] == "alert"


def test_advice_is_explained_under_the_version_it_was_given_under(call, screened, house, shop):
    version = call("PUT", "/v1/policies/own", MILD).json()["version"]
    screening = call("GET", f"/v1/listings/{screened}", who=shop).json()["screening"]
    assert screening["verdict"] == "review"
    assert screening["matches"][0]["policy_version"] == version
    path = f"/v1/screenings/{screening['id']}/explanation"
    told = call("GET", path, who=shop).json()
    assert (told["reproduced"], told["candidates"][0]["policy_version"]) == (True, version)
    assert told["candidates"][0]["account"]["rule"] == "replica_cue_reviewed"
    shipped = call("GET", f"{path}?policy={DEFAULT_POLICY.version}", who=shop).json()
    assert (shipped["verdict"], shipped["reproduced"]) == ("alert", False)
    named = call("GET", path, who=shop, Accept="image/svg+xml")
    assert "review" in named.text


def test_the_job_that_advises_the_rest_anew_is_the_rights_holders_to_follow(call, screened, house):
    call("PUT", "/v1/policies/own", MILD)
    [job] = call("GET", "/v1/jobs").json()["items"]
    assert (job["kind"], job["state"], job["report"]) == ("policy_rescoring", "waiting", None)
    assert Rescoring(house.desk).plan(house.clock()) is None
