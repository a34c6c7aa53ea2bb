"""What is found where, and how it was disguised."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.index import build_index
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


@pytest.mark.parametrize("title", ["新品ハンズの靴", "新品 ハンズ 靴", "ハンズのくつ", "hanzu bag"])
def test_a_name_in_one_kana_is_found_amid_the_other_without_spaces(title):
    index = build_index([Mark(id="m", text="ハンズ", rights_holder="h", office="JP")])
    assert [each.mark_id for each in index.search({"title": title}).candidates] == ["m"]
