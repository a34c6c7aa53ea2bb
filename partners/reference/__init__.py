"""Reference data that is shipped: each module names its source, NOTICE names the licences."""

from partners.reference.words import ordinary_words, word_sizes

__all__ = ["ordinary_words", "word_sizes"]
