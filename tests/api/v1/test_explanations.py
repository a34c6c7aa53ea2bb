"""Explanations over HTTP: every weight of kept advice, as JSON and as a picture, to its marketplace only."""

import pytest
from sqlalchemy import update

from matching.calibration import Knot
from matching.policies import DEFAULT_POLICY
from matching.reliability import Reliability
from partners.records.calibrations import CalibrationVersion, add_calibration
from partners.records.screenings import erase_evidence, screenings
from partners.sequencing import Sequencer

SCOPES = [
    "listings:write",
    "listings:read",
    "screenings:write",
    "screenings:read",
    "matches:write",
    "matches:read",
    "trademarks:write",
]
NIKE = {"reference": "EM-1", "mark": "NIKE", "office": "EM"}
LISTING = {"reference": "A-1", "title": "Nike Air Max 1:1 replica shoes"}


@pytest.fixture
def shop(partner):
    return partner("marketplace", "Shop", scopes=SCOPES)


@pytest.fixture
def owner(partner):
    return partner("rights_holder", "Owner", scopes=SCOPES)


@pytest.fixture
def caller(shop):
    return shop


@pytest.fixture
def kept(call, house, owner):
    """A listing that names NIKE, screened; its screening as its marketplace read it."""
    call("POST", "/v1/trademarks", NIKE, who=owner)
    Sequencer(house.database).place()
    house.registry.refresh()
    return call("POST", "/v1/listings", LISTING).json()["screening"]


@pytest.fixture
def calibrate(house, now):
    """Keep a table by which an estimate of 0.8 is worth half of it."""
    knots = (Knot(estimate=0.4, score=0.1, judgements=300), Knot(estimate=1.0, score=0.6, judgements=300))

    def act():
        row = CalibrationVersion(
            id="",
            version=0,
            policy_version=DEFAULT_POLICY.version,
            judgements=600,
            organizations=4,
            known=600,
            knots=knots,
            reliability=Reliability(estimates=(), scores=(), error_of_estimates=0.0, error_of_scores=0.0),
            fitted_at=now,
        )
        return house.database.acting("jobs", lambda c, _: add_calibration(c, row))

    return act


@pytest.fixture
def explain(call, kept):
    def ask(query="", **more):
        return call("GET", f"/v1/screenings/{kept['id']}/explanation{query}", **more)

    return ask


def test_kept_advice_is_recomputed_bit_for_bit(explain, kept):
    told = explain().json()
    assert (told["reproduced"], told["verdict"], told["score"]) == (True, "alert", kept["score"])
    [candidate] = told["candidates"]
    assert (candidate["id"], candidate["reproduced"]) == (kept["matches"][0]["id"], True)
    account = candidate["account"]
    assert (account["rule"], account["named"]["probability"]) == ("replica_cue", kept["matches"][0]["score"])
    added = account["named"]["bias"] + sum(each["weight"] for each in account["named"]["evidence"])
    assert added == pytest.approx(account["named"]["log_odds"], abs=1e-3)
    assert all(each["help"] for each in account["named"]["evidence"] + account["acted_on"]["evidence"])


def test_a_policy_can_be_named(explain, kept):
    assert explain(f"?policy={kept['policy_version']}").json()["reproduced"]
    answer = explain("?policy=1999.1")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/policy")


def test_it_is_drawn_for_those_who_accept_a_picture(explain):
    answer = explain(Accept="image/svg+xml")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.text.startswith("<svg")
    assert explain(Accept="text/html").status_code == 406


def test_only_its_marketplace_reads_it(explain, call, partner, owner):
    assert explain(who=partner("marketplace", "Other", scopes=SCOPES)).status_code == 404
    assert explain(who=owner).status_code == 403
    assert call("GET", "/v1/screenings/scr_00000000000000000000000000/explanation").status_code == 404


def test_a_rejected_match_is_explained_as_a_persons_judgement(explain, call, kept, owner):
    path = f"/v1/matches/{kept['matches'][0]['id']}/judgement"
    call("PUT", path, {"judgement": "rejected", "reason": "licensed"}, who=owner)
    present = call("GET", "/v1/listings/A-1").json()["screening"]["id"]
    told = call("GET", f"/v1/screenings/{present}/explanation").json()
    assert (told["reproduced"], told["verdict"], told["candidates"][0]["is_rejected"]) == (
        True,
        "clear",
        True,
    )
    assert "person" in told["candidates"][0]["account"]["because"]
    assert explain().json()["verdict"] == "alert"


def test_seizures_are_told_in_bands(explain, database):
    def seize(connection, _):
        [row] = connection.execute(screenings.select()).all()
        comparisons = row.document["matches"][0]["comparisons"]
        for each in comparisons:
            if each["code"] == "similar_seizures":
                each["value"] = 37.0
        connection.execute(update(screenings).values(document=row.document))

    database.acting("screening", seize)
    account = explain().json()["candidates"][0]["account"]
    [shown] = [each for each in account["acted_on"]["evidence"] if each["code"] == "similar_seizures"]
    assert (shown["value"], shown["weight"]) == (10.0, 0.7)


def test_after_erasure_it_is_gone(explain, database):
    def erase(connection, _):
        [row] = connection.execute(screenings.select()).all()
        return erase_evidence(connection, [row.listing_id])

    assert database.acting("screening", erase) == 1
    assert explain().status_code == 410


@pytest.fixture
def ray_ban(call, house, owner):
    """A registered name that is often written together."""
    call("POST", "/v1/trademarks", {"reference": "EM-2", "mark": "Ray-Ban", "office": "EM"}, who=owner)
    Sequencer(house.database).place()
    house.registry.refresh()


def test_kept_advice_says_that_what_was_passed_over_is_not_kept(explain):
    rest = explain().json()["passed_over"]
    assert (rest["is_known"], rest["line"], rest["candidates"]) == (False, 0.2, [])
    assert "0.2" in rest["told"]
    assert "not kept" in rest["told"]


def test_a_draft_is_explained_with_the_marks_that_advice_passes_over(call, ray_ban):
    draft = {"reference": "A-2", "title": "RayBan glasses"}
    screened = call("POST", "/v1/screenings", draft).json()
    told = call("POST", "/v1/screenings/explanation", draft).json()
    assert screened["matches"] == told["candidates"] == []
    assert (told["id"], told["verdict"], told["score"]) == (None, screened["verdict"], screened["score"])
    [passed] = told["passed_over"]["candidates"]
    assert (passed["trademark"]["mark"], passed["cause"]) == ("Ray-Ban", "below_line")
    named = passed["account"]["named"]
    assert 0 < named["probability"] < told["passed_over"]["line"]
    added = named["bias"] + sum(each["weight"] for each in named["evidence"])
    assert added == pytest.approx(named["log_odds"], abs=1e-3)


def test_a_draft_is_advised_as_it_would_be_kept(call, kept):
    told = call("POST", "/v1/screenings/explanation", LISTING).json()
    assert (told["verdict"], told["score"], told["reproduced"]) == (kept["verdict"], kept["score"], True)
    assert [each["trademark"]["mark"] for each in told["candidates"]] == ["NIKE"]
    assert told["passed_over"] == {
        "line": 0.2,
        "is_known": True,
        "told": "No marks passed over.",
        "candidates": [],
        "more": 0,
        "unmeasured": 0,
    }


def test_what_is_passed_over_is_drawn(call, ray_ban):
    draft = {"reference": "A-2", "title": "RayBan glasses"}
    drawn = call("POST", "/v1/screenings/explanation", draft, Accept="image/svg+xml")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "Ray-Ban · “RayBan”" in drawn.text


def test_a_draft_that_breaks_a_rule_is_refused(call, owner):
    draft = {"reference": "A-2", "title": "RayBan glasses", "seller": "slr_00000000000000000000000000"}
    assert call("POST", "/v1/screenings/explanation", draft).status_code == 422
    assert call("POST", "/v1/screenings/explanation", LISTING, who=owner).status_code == 403


def test_an_estimate_says_that_it_is_one(explain, kept):
    told = explain().json()
    assert (kept["score_basis"], kept["calibration"]) == ("estimate", None)
    assert (told["score_basis"], told["estimate"], told["calibrated_by"]) == ("estimate", kept["score"], None)


def test_a_calibrated_score_tells_its_table_and_the_step_from_the_estimate(call, kept, calibrate):
    table = calibrate()
    told = call("POST", "/v1/listings", LISTING | {"reference": "A-2"}).json()["screening"]
    assert (told["score_basis"], told["calibration"]) == ("calibrated", table.version)
    found = call("GET", f"/v1/screenings/{told['id']}/explanation").json()
    assert (found["reproduced"], found["score"], found["estimate"]) == (True, told["score"], kept["score"])
    step = found["calibrated_by"]
    assert (step["version"], step["judgements"], step["organizations"]) == (table.version, 600, 4)
    assert (step["below"]["score"], step["above"]["score"]) == (0.1, 0.6)
    assert told["score"] == table.calibration.score_of(kept["score"]) < kept["score"]
    assert told["verdict"] == kept["verdict"]


def test_what_is_kept_keeps_the_score_it_was_given(call, kept, calibrate, explain):
    calibrate()
    assert call("GET", "/v1/listings/A-1").json()["screening"] == kept
    assert explain().json()["reproduced"] is True


def test_a_draft_is_scored_by_the_present_table_and_its_explanation_too(call, kept, calibrate):
    table = calibrate()
    draft = call("POST", "/v1/screenings", LISTING).json()
    found = call("POST", "/v1/screenings/explanation", LISTING).json()
    assert draft["calibration"] == found["calibrated_by"]["version"] == table.version
    assert draft["score"] == found["score"] < found["estimate"]


def test_the_picture_tells_the_step(call, kept, calibrate):
    calibrate()
    told = call("POST", "/v1/screenings/explanation", LISTING, Accept="image/svg+xml")
    assert f"from an estimate of {kept['score']:.4f}" in told.text
