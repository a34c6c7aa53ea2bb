"""Canonical text: always forward, always the same, and with an exact way back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.normalization import canonical_text, fold_text, tokens_of
from matching.reading import leet_sign, read

ANY_TEXT = st.text(max_size=80)
TRICKY = st.text(alphabet="aN1@'$!|+*⭐́\u200b\ud800\x00ｎЅ🅰 .-\n", max_size=40)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | TRICKY)
def test_reading_canonical_text_again_changes_nothing(text):
    once = canonical_text(text)
    assert canonical_text(once) == once


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | TRICKY | st.text(alphabet="aZ1'`-_ .", max_size=40))
def test_canonical_text_is_the_words_that_are_read(text):
    assert canonical_text(text) == " ".join(token.key for token in tokens_of(fold_text(text)))


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | TRICKY)
def test_tokens_advance_and_stay_inside_the_text(text):
    for view in read(text).views:
        stops = [0, *(token.end for token in view.tokens)]
        assert all(token.start < token.end <= len(text) for token in view.tokens)
        assert all(token.start >= stop for stop, token in zip(stops, view.tokens, strict=False))


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_ascii_takes_the_same_way_as_all_text(text):
    plain = "".join(letter for letter in text if letter.isascii() and letter.isprintable())
    keys = [token.key for token in tokens_of(fold_text(plain))]
    assert [token.key for token in tokens_of(fold_text(plain + "\u2003"))] == keys


def test_disguised_letters_read_as_latin_ones():
    for text in ("ＮＩＫＥ", "𝓝𝓲𝓴𝓮", "🅽🅸🅺🅴", "ΝΙΚΕ", "ɴɪᴋᴇ", "Ni\u200bke", "Níkè"):
        assert canonical_text(text) == "nike"


def test_apostrophes_join_and_hyphens_part():
    assert canonical_text("L'Oréal Wi-Fi Levi’s") == "loreal wi fi levis"


def test_a_span_covers_combining_accents():
    (token,) = tokens_of(fold_text("NIKE\u0301!"))
    assert (token.start, token.end) == (0, 5)


def test_digits_hide_letters_only_inside_words():
    assert leet_sign("n1ke")
    assert leet_sign("g00gle")
    assert not leet_sign("500ml")
    assert not leet_sign("p411")
    assert not leet_sign("tr5000x")


def test_a_script_is_spelled_in_latin_letters():
    spelled = [view for view in read("чехол").views if view.name == "spelled"]
    assert [token.key for token in spelled[0].tokens] == ["chekhol"]
