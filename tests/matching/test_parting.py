"""Words written as one are parted at syllables, proclitics and changes of script, never within a disguise."""

import pytest

from matching.parting import ends_of_parts


def parts(word):
    ends = ends_of_parts(word)
    return [word[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("キャップ", ["キャッ", "プ"]),
        ("나이키", ["나", "이", "키"]),
        ("والكتاب", ["و", "ال", "كتاب"]),
        ("للكتاب", ["ل", "ل", "كتاب"]),
        ("زورق", []),
        ("сумкаZorglub", ["сумка", "Zorglub"]),
        ("Zоrglub", []),  # one Cyrillic letter is a disguise
        ("Zorglub", []),
    ],
)
def test_words_written_as_one_are_parted(word, expected):
    assert parts(word) == expected
