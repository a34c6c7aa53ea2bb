"""What the index finds among 100,000 synthetic marks: counts, no times."""

from random import Random

import pytest

from matching.index import build_index
from matching.model import Mark

SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"] + [
    "an",
    "er",
    "is",
    "ol",
    "un",
    "qui",
]
WORDS_BEFORE = "new black case size 42 for men"


def names(count):
    random = Random(4)  # noqa: S311 - repeatable, nothing secret
    made = {"".join(random.choices(SYLLABLES, k=random.randint(3, 5))).capitalize() for _ in range(count)}
    return sorted(made)


@pytest.fixture(scope="module")
def registry():
    marks = [Mark(id=name, text=name, rights_holder="h", office="XX") for name in names(100_000)]
    return build_index(marks), Random(5).sample(marks, 300)  # noqa: S311 - the same


def styled(name):
    return "".join(chr(ord(letter.lower()) - ord("a") + 0x1D41A) for letter in name)


DISGUISES = {
    "plain": (lambda name: name, 300),
    "capitals": (str.upper, 300),
    "styled": (styled, 300),
    "zero width": (lambda name: name[:3] + "\u200b" + name[3:], 300),
    "parted": (lambda name: name[:3] + " " + name[3:], 300),
    "split": (".".join, 300),
    "look-alikes": (lambda name: name.translate(str.maketrans("aeo", "аео")), 300),
    "masked": (lambda name: name[:3] + "⭐" + name[4:], 270),
    "one letter more": (lambda name: name[:4] + "x" + name[4:], 300),
    "one letter less": (lambda name: name[:4] + name[5:], 280),
    "exchanged": (lambda name: name[:2] + name[3] + name[2] + name[4:], 295),
}


@pytest.mark.parametrize("kind", DISGUISES)
def test_disguised_marks_are_found_among_100_000(kind, registry):
    index, sample = registry
    disguise, least = DISGUISES[kind]
    found = 0
    for mark in sample:
        candidates = index.search({"title": f"{WORDS_BEFORE} {disguise(mark.text)} bag"}).candidates
        found += any(candidate.mark_id == mark.id for candidate in candidates)
    assert found >= least
