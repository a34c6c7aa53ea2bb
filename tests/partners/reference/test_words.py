"""Words: ordinary English, by how common it is."""

from partners.reference import ordinary_words, word_sizes


def test_common_words_are_ordinary_and_made_up_ones_are_not():
    assert {"apple", "diesel", "guess", "gap"} <= ordinary_words(20)
    assert not {"adidas", "nike", "hengdali"} & ordinary_words(60)


def test_each_size_holds_the_smaller_ones():
    assert ordinary_words(10) < ordinary_words(35) < ordinary_words(70)
    assert len(ordinary_words(70)) == len(word_sizes()) > 100_000
