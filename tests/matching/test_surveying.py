"""What advice passes over: every other mark that was found, its evidence, and why it is not shown."""

from datetime import date

import pytest

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Mark, Offer
from matching.policies import DEFAULT_POLICY
from matching.screening import MARKS_PER_WINDOW, screen
from matching.surveying import MOST_TOLD, survey

WORDS = Lexicon(frequency={"bird": 4.5, "house": 5.0, "air": 5.0, "ray": 4.2, "ban": 4.3, "nikes": 3.4})


def index_of(*names):
    return build_index((Mark(id=name, text=name, rights_holder="h", office="EM") for name in names), WORDS)


def surveyed(title, *names, brand=""):
    index = index_of(*names)
    offer = Offer(title=title, brand=brand, screened_on=date(2026, 11, 1))
    shown = {match.mark_id: match.found for match in screen(offer, index).matches}
    return shown, survey(offer, index, shown)


def test_a_name_that_is_unlikely_to_be_meant_is_told_though_it_is_not_shown():
    shown, found = surveyed("RayBan replica", "Roban")
    assert not shown
    [passed] = found.passed_over
    assert (passed.match.mark_id, passed.cause) == ("Roban", "below_line")
    assert 0 < passed.match.score < DEFAULT_POLICY.thresholds.shown
    assert any(each.code == "short_and_mistyped" and each.value == 1 for each in passed.match.comparisons)


def test_what_is_shown_is_not_passed_over():
    shown, found = surveyed("Nikee shoes air max", "Nikee", "Air", "Air Max")
    assert set(shown) == {"Nikee", "Air Max"}
    [passed] = found.passed_over
    assert (passed.match.mark_id, passed.cause) == ("Air", "inside_longer_name")


def test_names_that_others_on_the_same_words_outrank_are_told():
    names = [f"Quintavor{letter}" for letter in "aeio"]
    shown, found = surveyed("Quintavorx shoes", *names)
    likely = [passed for passed in found.passed_over if passed.match.score >= 0.2]
    assert len(shown) == MARKS_PER_WINDOW
    assert [passed.cause for passed in likely] == ["outranked"]
    assert {*shown, *(passed.match.mark_id for passed in found.passed_over)} == set(names)


def test_only_the_likeliest_are_told_and_the_others_are_counted():
    names = [f"Quinta{one}{two}vora" for one in "bcdfghjk" for two in "aeiouy"]
    title = " ".join(f"{name[:-1]}i" for name in names)
    shown, found = surveyed(f"{title} {title.upper()}"[:1_900], *names, *[f"{name}n" for name in names])
    scores = [passed.match.score for passed in found.passed_over]
    assert len(scores) == MOST_TOLD
    assert scores == sorted(scores, reverse=True)
    everything = {
        each.mark_id
        for each in index_of(*names, *[f"{n}n" for n in names])
        .search({"title": f"{title} {title.upper()}"[:1_900]})
        .candidates
    }
    assert len(shown) + MOST_TOLD + found.more + found.unmeasured == len(everything)


@pytest.mark.parametrize("title", ["wooden chair", "", "🙂"])
def test_where_nothing_is_found_nothing_is_passed_over(title):
    _, found = surveyed(title, "Nike")
    assert (found.passed_over, found.more, found.unmeasured) == ((), 0, 0)
