"""Sounds: words that sound alike meet."""

from matching.blocking import sound_of


def test_words_that_sound_alike_sound_alike():
    assert sound_of("philips") == sound_of("fillips")
    assert sound_of("kwik") != sound_of("nike")
