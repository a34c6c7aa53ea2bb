"""`touchstone explain`: a title, or advice that was kept; as a table, as JSON, as a picture."""

import json

import pytest

from partners.ids import new_id


@pytest.fixture
def nike(touchstone, tmp_path):
    """An installation that knows NIKE."""
    assert touchstone("migrate").exit_code == 0
    made = touchstone("clients", "create", "--kind", "rights_holder", "--name", "Owner", "--json")
    organization = json.loads(made.stdout)["organization_id"]
    marks = tmp_path / "marks.ndjson"
    marks.write_text('{"reference": "EM-1", "mark": "NIKE", "office": "EM"}\n')
    done = touchstone("import", "trademarks", str(marks), "--organization", organization)
    assert done.exit_code == 0, done.output


def test_a_title_is_explained_with_every_weight(touchstone, nike):
    told = touchstone("explain", "Nike shoes 1:1 replica")
    assert told.exit_code == 0
    assert "alert" in told.stdout
    assert "strong_replica_cue" in told.stdout
    assert "the policy's estimate that a person would act on it" in told.stdout


def test_a_title_is_explained_as_json_and_drawn(touchstone, nike, tmp_path):
    picture = tmp_path / "why.svg"
    told = touchstone("explain", "N1KE shoes", "--format", "json", "--svg", str(picture))
    [candidate] = json.loads(told.stdout)["candidates"]
    assert (candidate["trademark"]["mark"], candidate["account"]["verdict"]) == ("NIKE", "review")
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_a_mark_that_is_passed_over_is_shown_with_its_weights_and_why(touchstone, nike):
    told = touchstone("explain", "nikes for children")
    assert "No mark is surely enough named" in told.stdout
    assert "1 mark passed over." in told.stdout
    assert "NIKE: not shown" in told.stdout
    assert "letters" in told.stdout
    [passed] = json.loads(touchstone("explain", "nikes for children", "--format", "json").stdout)[
        "passed_over"
    ]["candidates"]
    assert (passed["cause"], passed["account"]["verdict"]) == ("below_line", "clear")


def test_an_ordinary_title_names_nothing(touchstone, nike):
    assert "No mark was found" in touchstone("explain", "wooden chair with four legs").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((new_id("scr"),), "There is no screening"),
        (("Nike", "--policy", "1999.1"), "no policy of this version"),
    ],
)
def test_what_is_not_there_is_said(touchstone, nike, arguments, sentence):
    refused = touchstone("explain", *arguments)
    assert refused.exit_code == 1
    assert sentence in refused.stderr
