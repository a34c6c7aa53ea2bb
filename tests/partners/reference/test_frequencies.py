"""How common words are: ordinary words, and names that are no words."""

from partners.reference.frequencies import lexicon


def test_ordinary_words_of_several_languages_are_common():
    assert all(lexicon().is_common(word) for word in ("leather", "einfach", "pantaloni", "sepatu", "cocuk"))


def test_a_name_that_no_dictionary_lists_is_no_ordinary_word():
    words = lexicon()
    assert words.ordinariness("samsung") == 0
    assert words.ordinariness("apple") > 4
