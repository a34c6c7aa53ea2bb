"""What is found where, and how it was disguised."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import build_index
from matching.lexicon import Lexicon
from matching.model import Mark
from matching.reason_codes import EVASIONS

INDEX = build_index(
    Mark(id=name, text=name, rights_holder="h", office="EM")
    for name in ("Zorglub", "Moschavo", "Rick Ovens", "Modem", "Lumiqo", "乐酷", "Citroga")
)


def first(title):
    candidates = INDEX.search({"title": title}).candidates
    return (candidates[0].mark_id, candidates[0].span.text, candidates[0].evasions) if candidates else None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("a ZORGLUB b", ("Zorglub", "ZORGLUB", ())),
        ("a Z0rglub b", ("Zorglub", "Z0rglub", ("leetspeak",))),
        ("a Zor\u200bglub b", ("Zorglub", "Zor\u200bglub", ("zero_width",))),
        ("a Zоrglub b", ("Zorglub", "Zоrglub", ("mixed_script",))),
        ("a 𝐙𝐨𝐫𝐠𝐥𝐮𝐛 b", ("Zorglub", "𝐙𝐨𝐫𝐠𝐥𝐮𝐛", ("styled_letters",))),
        ("a Z O R G L U B b", ("Zorglub", "Z O R G L U B", ("split_letters",))),
        ("a z.o.r.g.l.u.b b", ("Zorglub", "z.o.r.g.l.u.b", ("split_letters",))),
        ("a Z⭐RGL⭐B b", ("Zorglub", "Z⭐RGL⭐B", ("mask",))),
        ("a RI⭐K O⭐⭐NS b", ("Rick Ovens", "RI⭐K O⭐⭐NS", ("mask",))),
        ("a Zôrglub b", ("Zorglub", "Zôrglub", ("diacritics",))),
        ("a Zatgpub b", None),
        ("a Zorlgub b", ("Zorglub", "Zorlgub", ("misspelling",))),
        ("a Zor glub b", ("Zorglub", "Zor glub", ("spacing",))),
        ("a Зорглуб b", ("Zorglub", "Зорглуб", ("transliteration",))),
        ("a RickOvens b", ("Rick Ovens", "RickOvens", ("spacing",))),
        ("新款乐酷鞋", ("乐酷", "乐酷", ())),
    ],
)
def test_a_disguise_is_seen_through_and_named(title, expected):
    assert first(title) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["Zorglub", "Z0rglub", "Ｚorglub", "Z O R G L U B"]),
    st.text(max_size=60),
)
def test_spans_are_exact_in_any_text(before, name, behind):
    text = f"{before} {name} {behind}"
    for candidate in INDEX.search({"title": text, "brand": behind}).candidates:
        source = {"title": text, "brand": behind}[candidate.span.field]
        assert source[candidate.span.start : candidate.span.end] == candidate.span.text
        assert set(candidate.evasions) <= set(EVASIONS)
        assert 0 <= candidate.similarity <= 1


def test_wide_letters_are_ordinary_in_japanese():
    assert first("Ｚｏｒｇｌｕｂの靴")[2] == ()
    assert first("Ｚｏｒｇｌｕｂ shoes")[2] == ("styled_letters",)


@pytest.mark.parametrize(
    ("title", "evasions"),
    [
        ("coat CP Lund", ()),
        ("coat C.P. Lund", ()),
        ("coat CPLund", ("spacing",)),
        ("coat C PLund", ("spacing",)),
    ],
)
def test_initials_of_a_name_are_written_with_dots_or_without(title, evasions):
    index = build_index([Mark(id="m", text="C.P. Lund", rights_holder="h", office="EM")])
    assert [each.evasions for each in index.search({"title": title}).candidates] == [evasions]


@pytest.mark.parametrize("title", ["新品ハンズの靴", "新品 ハンズ 靴", "ハンズのくつ", "hanzu bag"])
def test_a_name_in_one_kana_is_found_amid_the_other_without_spaces(title):
    index = build_index([Mark(id="m", text="ハンズ", rights_holder="h", office="JP")])
    assert [each.mark_id for each in index.search({"title": title}).candidates] == ["m"]


def found_in(title, *names):
    index = build_index([Mark(id=name, text=name, rights_holder="h", office="EM") for name in names])
    return [each.mark_id for each in index.search({"title": title}).candidates]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("bag Zorglu| Moschavo shoes", "Zorglul Moschavo"),
        ("bag Brixolan |LC shoes", "Brixolan LLC"),
        ("bag Citrog@ shoes", "Citroga"),
        ("bag Z0rgl0b's shoes", "Zorglob's"),
    ],
)
def test_signs_at_the_edge_of_a_word_and_before_an_apostrophe_hide_letters(title, name):
    assert found_in(title, name) == [name]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("bag 2 3 2 Z 0 R G L U B shoes", "232 Zorglub"),
        ("bag Z 0 R G L U B 2 4 shoes", "Zorglub 24"),
        ("bag Z 0 R 1 0 0 0 G L U B shoes", "Zor 1000 Glub"),
        ("bag Z 0 R G L U B C o . , L t d . shoes", "Zorglub Co., Ltd."),
    ],
)
def test_numbers_amid_single_letters_stay_numbers_and_signs_part_no_run(title, name):
    assert found_in(title, name) == [name]


@pytest.mark.parametrize(
    ("title", "name"), [("сумка Кола Лакоста новая", "Cola Lacosta"), ("сумка Каресса", "Caressa")]
)
def test_a_cyrillic_k_may_spell_a_latin_c(title, name):
    assert found_in(title, name) == [name]


def test_of_a_cyrillic_word_with_a_k_only_longer_names_are_guessed():
    assert found_in("как сумка", "Cac") == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("กระเป๋าออเรียนทอลใหม่", "ออเรียนทอล"),
        ("กระเป๋าคาเฟ่อเมซอนลาดพร้าวใหม่", "คาเฟ่อเมซอนลาดพร้าว"),
        ("ກະເປົາວຽງຈັນໃໝ່", "ວຽງຈັນ"),
    ],
)
def test_a_name_is_found_amid_a_script_without_spaces(title, name):
    assert found_in(title, name) == [name]


def test_a_short_latin_name_is_not_heard_in_a_script_without_spaces():
    assert found_in("กระเป๋าใหม่", "Kra", "Mai") == []


@pytest.mark.parametrize(
    "title",
    [
        "Z.O.R.G. L.U.B. bag",
        "Z.O.R.G L.U.B bag",
        "Z-O-R-G L-U-B bag",
        "Z O R G  L U B bag",
        "Q.U.I.N. T.A.V.O. L.A.R.G.O. bag",
    ],
)
def test_between_letters_written_one_by_one_words_may_be_parted_more_widely(title):
    name = "Quin Tavo Largo" if title[0] == "Q" else "Zorg Lub"
    assert found_in(title, "Zorg Lub", "Quin Tavo Largo") == [name]


OVERLAID = ["Z̶o̶r̶g̶l̶u̶b̶", "Z̲o̲r̲g̲l̲u̲b̲", "Z̸o̸r̸g̸l̸u̸b̸", "Z⃝o⃝r⃝g⃝l⃝u⃝b⃝", "Zorglu̶b"]


@pytest.mark.parametrize("name", OVERLAID)
def test_letters_struck_through_or_underlined_are_a_disguise(name):
    assert first(f"{name} watch") == ("Zorglub", name, ("styled_letters",))


@pytest.mark.parametrize("name", ["Zórglüb", "Zo\u0301rglu\u0308b", "Z\u0323o\u0302\u0301rglub"])
def test_accents_are_no_disguise(name):
    assert first(f"{name} watch") == ("Zorglub", name, ("diacritics",))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("نَايكي", "حذاء نَايكي"),
        ("น้ำดื่มสิงห์", "ขาย น้ำดื่มสิงห์ แท้"),
        ("पतंजलि", "पतंजलि साबुन"),
        ("Zorglub", "Zorglub 3️⃣ pack #️⃣1️⃣"),
    ],
)
def test_signs_of_a_script_and_of_keycaps_hide_nothing(name, title):
    index = build_index([Mark(id="m", text=name, rights_holder="h", office="EM")])
    assert [each.evasions for each in index.search({"title": title}).candidates] == [()]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("天龙石油化工", "正品天龙石油化工油"),  # six characters
        ("天龙石油化工股份有限", "正品天龙石油化工股份有限油"),
        ("无名天龙石油化工股份", "正品Zorglub无名天龙石油化工股份油"),
    ],
)
def test_a_long_name_of_han_is_found_in_a_running_text(name, title):
    assert found_in(title, name) == [name]


def test_of_a_long_name_of_han_no_character_is_missing():
    assert found_in("正品天龙石油工", "天龙石油化工") == []


def test_a_spelling_in_another_script_is_found_in_a_running_text_though_it_reads_as_the_mark_does():
    mark = Mark(id="m", text="Nintendo", rights_holder="h", office="EM", spellings=("ニンテンドー",))
    [found] = build_index([mark]).search({"title": "ニンテンドースイッチ"}).candidates
    assert (found.matched, found.similarity, found.evasions) == ("ニンテンドー", 1.0, ())


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Zorglub GmbH", "Zorglub headphones"),
        ("Zorglub Co., Ltd.", "new Zorglub headphones"),
        ("Zorglub S.p.A.", "Z0rglub headphones"),
        ("Moschavo Lumiqo LLC", "Moschavo Lumiqo bag"),
        ("Zorglub", "Zorglub Ltd headphones"),
    ],
)
def test_a_company_form_is_optional(name, title):
    assert found_in(title, name) == [name]


def test_without_its_form_a_company_name_counts_only_letter_by_letter():
    assert found_in("Zorgglub headphones", "Zorglub GmbH") == []


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Co Ltd", "co"),
        ("Best GmbH", "best headphones"),
        ("AB SA", "ab headphones"),
        ("Zorg Glub Quintavo Ltd", "zorg glub quintavo"),
    ],
)
def test_what_is_left_without_the_form_must_tell_the_company(name, title):
    index = build_index([Mark(id="m", text=name, rights_holder="h", office="EM")], Lexicon({"best": 5.8}))
    assert index.search({"title": title}).candidates == ()


def test_a_dictionary_word_stands_for_a_company_in_its_own_capitals():
    mark = Mark(id="m", text="Canal GmbH", rights_holder="h", office="EM")
    assert build_index([mark], Lexicon({"canal": 4.7})).search({"title": "Canal camera"}).candidates
    assert not build_index([mark], Lexicon({"canal": 4.8})).search({"title": "Canal camera"}).candidates


def test_a_dictionary_word_stands_for_a_company_where_the_brand_field_says_so():
    mark = Mark(id="m", text="Canal GmbH", rights_holder="h", office="EM")
    index = build_index([mark], Lexicon({"canal": 4.4}))
    assert index.search({"title": "canal camera"}).candidates == ()
    assert index.search({"title": "CANAL CAMERA"}).candidates == ()
    found = index.search({"title": "canal camera", "brand": "Canal"}).candidates
    assert {each.span.field for each in found} == {"title", "brand"}


def test_a_name_that_is_registered_without_its_form_too_counts_as_any_other():
    mark = Mark(id="m", text="Zorglub GmbH", rights_holder="h", office="EM", spellings=("Zorglub",))
    [found] = build_index([mark]).search({"title": "Zorgglub headphones"}).candidates
    assert (found.matched, found.distance) == ("Zorglub", 1)
