"""A text as words: places, running scripts, edges of names."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.model import Span
from matching.usage import words_of
from matching.words import Cutter, split_words

KNOWN = Cutter({"手机壳", "用", "ケース", "สำหรับ"})


def test_a_running_script_is_cut_at_known_words():
    assert split_words("苹果手机壳", KNOWN) == ("苹果", "手机壳")


def test_a_known_word_of_one_letter_counts_at_the_start_of_a_run_only():
    assert split_words("Xyra用ケース", KNOWN) == ("xyra", "用", "ケース")
    assert split_words("家用", KNOWN) == ("家用",)


def test_a_name_ends_a_word_in_a_running_script():
    words = words_of("高仿香奈儿包", [Span("title", "香奈儿", 2, 5)])
    assert words.written == ("高仿", "香奈儿", "包")
    assert words.named == {1}


def test_letters_of_other_alphabets_part_no_word():
    assert split_words("Аdidаs") == ("аdidаs",)


def test_signs_above_and_below_part_no_word():
    assert split_words("สำหรับ Xyra", KNOWN) == ("สำหรับ", "xyra")
    assert split_words("kılıf İÇİN") == ("kılıf", "için")


def test_arabic_is_read_without_what_writers_leave_out():
    assert split_words("لـXyra أَصلية") == ("ل", "xyra", "اصليه")


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_places_are_in_order_and_words_are_never_empty(text):
    words = words_of(text)
    ends = [0, *words.ends]
    assert all(end <= start < stop for end, start, stop in zip(ends, words.starts, words.ends, strict=False))
    assert len(words.gaps) == len(words.written) == len(words.starts) == len(words.ends)
