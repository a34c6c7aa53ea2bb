"""Lexicons are told apart by what they hold."""

from matching.lexicon import Lexicon, told_apart


def test_the_same_words_are_told_the_same_way():
    assert told_apart(Lexicon({"shoe": 4.5})) == told_apart(Lexicon({"shoe": 4.5}))


def test_another_frequency_or_another_name_is_told():
    words = Lexicon({"shoe": 4.5})
    others = [Lexicon({"shoe": 4.6}), Lexicon({"shoe": 4.5}, frozenset({"shoe"}))]
    assert told_apart(words) not in map(told_apart, others)
