"""The tools that measure and fit: no brand in both parts, deterministic tables, missing files named."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.index import build_index
from matching.policies import DEFAULT_POLICY
from matching.policy_table import BUDGETS
from tests.evaluation.fit import TABLE_FILE, Bin, Rows, bins_of, fit, policy_with, rendered
from tests.evaluation.measures import share, wilson
from tests.evaluation.planted import (
    PARTS,
    calibration_error,
    false_titles,
    found,
    half_of,
    look,
    marks_to_plant,
    part_of,
    plant,
    pooled,
    threshold_at,
    titles_of,
)
from tests.evaluation.sets import Title, marks_of, read_set

NAMES = ["Zorgluboni", "Quintavora", "Bellamoreno", "Kartendulo", "Mirovanta", "Solaphenix", "Drakonetti"]
TITLES = [Title(f"black cotton shirt number {n}", "", f"seller {n // 2}") for n in range(40)]


@given(st.text(min_size=1, max_size=20))
def test_a_brand_belongs_to_one_part_however_it_is_written(name):
    assert part_of(name) == part_of(name.upper().lower())


def test_no_brand_and_no_title_is_in_two_parts():
    parts = [{mark.text for mark in marks_to_plant(marks_of(NAMES), part)} for part in PARTS]
    assert sum(map(len, parts)) == len(NAMES) == len(set().union(*parts))
    titles = [set(titles_of(TITLES, part)) for part in PARTS]
    assert sum(map(len, titles)) == len(TITLES) == len(set().union(*titles))
    groups = [{title.group for title in those} for those in titles]
    assert sum(map(len, groups)) == len(set().union(*groups))


def test_planted_disguises_are_found_and_counted():
    marks = marks_of(NAMES)
    cases = plant(titles_of(TITLES, "test"), marks, (10, 50), "seed")
    assert cases == plant(titles_of(TITLES, "test"), marks, (10, 50), "seed")
    sample = look(cases, build_index(marks))
    assert sum(sample.weights()) == pytest.approx(1)
    line = threshold_at(sample, 2)
    assert sum(found(sample, line, "visible")) / len(found(sample, line, "visible")) > 0.5
    assert not any(false_titles(sample, line))
    assert 0 <= calibration_error(sample)[0] <= 1


def test_names_written_as_one_are_planted_where_asked_for():
    marks = marks_of(["Zorglu Boni", "Quinta Vora"])
    cases = plant(TITLES, marks, (0, 20), "seed", ["joined"])
    names = {mark.text.replace(" ", "") for mark in marks}
    assert {case.kind for case in cases} == {"joined"}
    assert all(names & set(case.title.split()) for case in cases)


def test_a_fit_keeps_signs_and_leaves_alone_what_few_rows_speak_for():
    random = np.random.default_rng(1)
    reached = (random.random((4000, 3)) < 0.5).astype(float)
    reached[:, 2] = 0
    chance = 1 / (1 + np.exp(-(-1 + 2 * reached[:, 0] + 1.5 * reached[:, 1])))
    rows = Rows(reached, (random.random(4000) < chance).astype(float), np.ones(4000))
    bins = [Bin("strong", 1, 0.5), Bin("wrong_sign", 1, -0.5), Bin("rare", 1, -3.0)]
    bias, weights = fit(rows, bins, 0.0)
    assert (bias, weights) == fit(rows, bins, 0.0)
    assert 1.5 < weights[0] < 2.5
    assert weights[1:] == [0.0, -3.0]


def test_the_table_is_written_as_it_is_read():
    text = TABLE_FILE.read_text(encoding="utf-8")
    bins = bins_of(DEFAULT_POLICY)
    same = policy_with(
        DEFAULT_POLICY.disguised_bias, [each.weight for each in bins], bins, DEFAULT_POLICY.version
    )
    once = rendered(text, same)
    assert rendered(once, same) == once
    read: dict = {}
    exec(compile(once, "table", "exec"), read)  # noqa: S102 - our own table
    assert read["DISGUISED"] == DEFAULT_POLICY.disguised
    assert read["BUDGETS"] == BUDGETS
    assert read["PLAIN"] == DEFAULT_POLICY.plain


def test_a_half_has_brands_of_its_own_and_both_make_the_whole():
    marks = marks_of(NAMES)
    sample = look(plant(TITLES, marks, (20, 40), "seed"), build_index(marks))
    halves = [half_of(sample, half) for half in (0, 1)]
    names = [{case.mark.text for case in each.cases if case.mark} for each in halves]
    assert names[0].isdisjoint(names[1])
    assert sorted(map(str, pooled(halves).cases)) == sorted(map(str, sample.cases))
    for each in (*halves, pooled(halves)):
        assert all(hit.is_true == (hit.mark == each.cases[hit.case].mark.text) for hit in each.hits)


def test_what_is_missing_is_named_once(tmp_path):
    missing = []
    assert read_set(tmp_path, "marks", missing) == []
    (tmp_path / "masked_brands.csv.gz").write_bytes(gzip.compress(b"as_written,more\nN*K*,x\n"))
    (tmp_path / "listings_mine.csv").write_text("extra,title\n1,shoes\n")
    for _ in range(2):
        assert read_set(tmp_path, "masked_brands", missing) == []
    assert read_set(tmp_path, "listings_mine", missing) == [{"extra": "1", "title": "shoes"}]
    assert missing == ["marks.csv.gz", "masked_brands.csv.gz: column brand_label"]


def test_few_rows_have_a_wide_interval():
    low, high = wilson(9, 10)
    assert low < 0.6
    assert high > 0.95
    assert share("none", []).bounds is None
