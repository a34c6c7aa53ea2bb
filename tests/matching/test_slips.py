"""What differs is told apart by its kind, and by how rare the words are that it makes."""

from datetime import date

import pytest
from msgspec.structs import replace

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Mark, Offer
from matching.policies import DEFAULT_POLICY
from matching.screening import screen
from matching.slips import SLIPS, slip_of

WORDS = Lexicon(
    {"software": 4.5, "nx": 3.0, "citro": 4.0, "vex": 3.5, "moscha": 1.5, "vorix": 2.0, "vexanto": 3.5}
)
OPEN_EYED = replace(DEFAULT_POLICY, thresholds=replace(DEFAULT_POLICY.thresholds, shown=0.0))
NAMES = (
    "Zor Ovens",
    "Zor-Software",
    "Quintacor",
    "Qz Software",
    "Quintacor Software",
    "Citrovex",
    "Moschavorix",
    "Vexanto",
)


def index_of(lexicon):
    marks = [Mark(id=name, text=name, rights_holder="h", office="EM") for name in NAMES]
    return build_index(marks, lexicon)


INDEX = index_of(WORDS)


def slips(name, title, index=INDEX):
    offer = Offer(title=title, screened_on=date(2026, 1, 1))
    matches = screen(offer, index, OPEN_EYED).matches
    told = {each.code: each.value for match in matches if match.mark_id == name for each in match.comparisons}
    return {code: told[code] for code in SLIPS if told.get(code)}


@pytest.mark.parametrize(
    ("written", "slip"),
    [
        ("quintakor", "sound"),
        ("quintacors", "ending"),
        ("quintacur", "vowel"),
        ("quintamor", ""),
        ("quintavor", "key"),
        ("quintcaor", ""),
        ("quinttacor", ""),
        ("quintac", ""),
    ],
)
def test_a_slip_is_told_by_what_people_mistake(written, slip):
    assert slip_of(written, "quintacor") == slip
    assert slip_of("kwintacor", "quintacor") == "sound"


def test_each_kind_of_slip_is_evidence_of_its_own():
    assert slips("Quintacor", "bag Quintakor") == {"spelled_by_sound": 1.0}
    assert slips("Quintacor", "bag Quintacur") == {"vowel_for_vowel": 1.0}
    assert slips("Quintacor", "bag Quintavor") == {"neighboring_key": 1.0}
    assert slips("Quintacor", "bag Quintacors") == {"with_ending": 1.0}


@pytest.mark.parametrize("title", ["bag Quintacor", "bag Qu1ntacor", "Q.u.i.n.t.a.c.o.r", "Quint⭐cor"])
def test_what_is_plain_or_visibly_disguised_is_no_slip(title):
    assert slips("Quintacor", title) == {}


def test_the_parts_of_a_word_that_is_cut_are_told_by_their_rarity():
    assert slips("Citrovex", "bag citro vex") == {"rare_parts": 8.5}
    assert slips("Moschavorix", "bag moscha vorix") == {"rare_parts": 12.5}


def test_words_of_a_mark_written_as_one_that_no_list_holds_are_told_by_their_letters():
    assert slips("Zor Ovens", "bag ZorOvens") == {"written_as_one": 8.0}
    assert slips("Zor-Software", "zorsoftware 2.0") == {"written_as_one": 11.0}
    assert slips("Zor Ovens", "bag Zor Ovens") == {}
    listed = Lexicon({"zorovens": 2.0})
    assert slips("Zor Ovens", "bag ZorOvens", index=index_of(listed)) == {}


def test_ordinary_words_beside_the_one_that_differs_lend_their_letters():
    assert slips("Qz Software", "capture qx software")["ordinary_letters"] == 8.0
    assert slips("Quintacor Software", "capture quintaxor software")["ordinary_letters"] == 8.0
    assert "ordinary_letters" not in slips("Quintacor", "capture quintaxor software")
