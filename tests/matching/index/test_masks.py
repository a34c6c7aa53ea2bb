"""Names with hidden letters: which marks complete them, in which order."""

import pytest

from matching.index import build_index
from matching.lexicon import FREQUENT, Lexicon
from matching.model import Mark

LEXICON = Lexicon(
    {"lovis": 5.0, "lavis": 4.0, "zorglu": FREQUENT, "sale": FREQUENT}, names=frozenset({"lavis"})
)


def completed(names, title):
    index = build_index([Mark(id=name, text=name, rights_holder="h", office="EM") for name in names], LEXICON)
    return [each.mark_id for each in index.search({"title": title}).candidates if each.kind == "mask"]


@pytest.mark.parametrize("title", ["a Quinta⭐⭐ bag", "a Quintav⭐", "a Q⭐int⭐v⭐ bag", "a Quin⭐⭐⭐⭐"])
def test_the_last_letters_may_be_hidden(title):
    assert completed(["Quintavo", "Quintavox"], title)[:1] == ["Quintavo"]


def test_one_sign_behind_a_common_word_is_a_footnote():
    assert completed(["Zorglub"], "a zorglu* bag") == []
    assert completed(["Zorglubs"], "a zorglu** bag") == ["Zorglubs"]


def test_signs_behind_a_mark_that_is_named_hide_nothing():
    assert completed(["Quintavo", "Quintavos"], "a Quintavo* bag") == []


def test_a_rating_behind_a_word_hides_nothing():
    assert completed(["Salexxxxx"], "great sale★★★★★ bag") == []


@pytest.mark.parametrize(
    ("mark", "title"),
    [
        ("Кардемил", "сумка К⭐рдем⭐л новая"),
        ("Живика", "сумка Жи⭐и⭐а новая"),
        ("Βενέτη", "τσάντα Βεν⭐τ⭐ νέα"),
    ],
)
def test_letters_may_be_hidden_in_another_script(mark, title):
    assert completed([mark], title) == [mark]


def test_a_comma_inside_is_passed_only_where_the_mark_has_one():
    assert completed(["Zorglub (Quintavo)", "Brixolan"], "a Zor⭐lub (Q⭐int⭐vo) bag") == [
        "Zorglub (Quintavo)"
    ]
    assert completed(["Zorglub Quintavo"], "a Zor⭐lub, Q⭐int⭐vo bag") == []


def test_the_likeliest_completion_comes_first():
    assert completed(["Lovis", "Lavis", "Luvis"], "a L⭐vis bag") == ["Lavis", "Lovis", "Luvis"]


def test_a_latin_name_completes_latin_letters_before_one_that_only_looks_so():
    assert completed(["Сахар", "Caxox"], "a Cax⭐⭐ bag") == ["Caxox", "Сахар"]


def test_words_of_the_sizes_shown_come_before_others():
    assert completed(["Zor Glubox", "Zorglu Box"], "a Z⭐rglu B⭐x")[:1] == ["Zorglu Box"]


def test_a_name_whose_capitals_stand_where_those_shown_do_comes_first():
    assert completed(["Brixo", "BRAXO"], "a B⭐⭐XO bag") == ["BRAXO", "Brixo"]
    assert completed(["Brixo", "BRAXO"], "a B⭐⭐xo bag") == ["Brixo", "BRAXO"]


def test_half_a_short_name_may_be_hidden():
    assert completed(["Zoxi"], "a Zo⭐⭐ bag") == ["Zoxi"]
    assert completed(["A4xx"], "paper A4** white") == []


def test_numbers_that_multiply_hide_nothing_and_several_stars_do():
    assert completed(["2xddr3"], "ram 2*ddr3") == []
    assert completed(["Swaxe7"], "a Sw⭐x⭐7 bag") == ["Swaxe7"]
