"""Evidence of how a mark is written, whatever stands around it: the same wherever it is written so.

A docstring is the public help text of its evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from matching.lexicon import Lexicon
from matching.model import Candidate
from matching.own_script import in_its_script, word_asked
from matching.reason_codes import VISIBLE_EVASIONS

FEWEST_LETTERS_OF_DISGUISE = 4
MASKED_CODE: Final = 3
ENDINGS: Final = ("s", "es", "e", "n", "en", "er", "ed", "ing", "a", "i", "o", "y")
LISTED_STEM: Final = 3.5
MODEL_CODE: Final = re.compile(r"[a-z]{1,4}\d{2,}[a-z]{0,2}|\d{2,}[a-z]{1,3}|[a-z]+\d+[a-z]+\d+\w*")


class Writing(Struct, frozen=True, kw_only=True, gc=False):
    """A mark as it may be written at a place.

    `key` are the letters of the mark as found; `is_plain` and `is_disguised` are what most evidence asks
    first.
    """

    candidate: Candidate
    key: str
    is_plain: bool
    is_disguised: bool
    lexicon: Lexicon

    @property
    def is_open(self) -> bool:
        """Whether something differs from the mark and no visible sign tells that it is meant to."""
        return not (self.is_plain or self.is_disguised)


def is_plainly_written(candidate: Candidate) -> bool:
    """Whether a mark is written letter by letter, with its own spaces, accents and script."""
    return candidate.kind == "exact" and candidate.distance == 0 and not candidate.evasions


def is_visibly_disguised(candidate: Candidate, key: str) -> bool:
    """Whether letters were replaced, hidden or parted in a way that nobody does by mistake."""
    evasions = candidate.evasions
    if len(key) < FEWEST_LETTERS_OF_DISGUISE or VISIBLE_EVASIONS.isdisjoint(evasions):
        return False
    return "leetspeak" not in evasions or _has_inner_sign(candidate)


def _has_inner_sign(candidate: Candidate) -> bool:
    inner = candidate.span.text[1:-1]
    return (
        any(not letter.isalpha() for letter in inner) or len(VISIBLE_EVASIONS & set(candidate.evasions)) > 1
    )


def errors(writing: Writing) -> float:
    """How many letters differ from the mark's (0 to 3); letters that look or sound alike do not count."""
    return float(writing.candidate.distance)


def plainly_written(writing: Writing) -> float:
    """1 if the mark is written letter by letter, with its own spaces, accents and script."""
    return float(writing.is_plain)


def letters(writing: Writing) -> float:
    """How many letters and digits the mark has: a long name is rarely written by chance."""
    return float(len(writing.key))


def visible_disguise(writing: Writing) -> float:
    """1 if letters were replaced, hidden or parted in a way that nobody does by mistake."""
    return float(writing.is_disguised)


def differs(writing: Writing) -> float:
    """1 if the letters written are not those of the mark, even if they look or sound alike."""
    return float("misspelling" in writing.candidate.evasions)


def short_and_mistyped(writing: Writing) -> float:
    """1 if a name of five letters or fewer is written with an error and no disguise: it is often another
    word.
    """
    return float(writing.candidate.distance > 0 and len(writing.key) <= 5 and not writing.is_disguised)


def ordinary_word(writing: Writing) -> float:
    """How common the mark is as an ordinary word of some language (Zipf scale, 0 if it is none)."""
    if writing.is_disguised:
        return 0.0
    asked = word_asked(writing.candidate, writing.key)
    is_joined = len(writing.candidate.mark_words) > 1 and asked == writing.key
    if is_joined and "spacing" not in writing.candidate.evasions:
        return 0.0
    return writing.lexicon.ordinariness(asked)


def common_phrase(writing: Writing) -> float:
    """How common the rarest word of a mark of several words is (Zipf scale, 0 for one word or a name)."""
    words = writing.candidate.mark_words
    if word_asked(writing.candidate, writing.key) != writing.key:
        return 0.0
    return min((writing.lexicon.ordinariness(word) for word in words), default=0.0) if len(words) > 1 else 0.0


def words_are_known(writing: Writing) -> float:
    """How common the words written there are, taken as they are, when they differ from the mark (Zipf
    scale).
    """
    as_marked = writing.candidate.similarity == 1.0 and "spacing" not in writing.candidate.evasions
    if as_marked or writing.is_disguised:
        return 0.0
    other = in_its_script(writing.candidate.span.text) if not writing.candidate.distance else ""
    if other:
        return min((writing.lexicon.frequency.get(word, 0.0) for word in other.split()), default=0.0)
    return min((writing.lexicon.frequency.get(word, 0.0) for word in writing.candidate.words), default=0.0)


def unknown_word(writing: Writing) -> float:
    """1 if something differs from the mark and the words written there are in no word list."""
    if writing.candidate.distance == 0 and writing.candidate.similarity == 1.0:
        return 0.0
    return float(not any(writing.lexicon.frequency.get(word) for word in writing.candidate.words))


def parted_differently(writing: Writing) -> float:
    """1 if the mark is written with other spaces or hyphens than it has."""
    return float("spacing" in writing.candidate.evasions)


def digits_only(writing: Writing) -> float:
    """1 if the mark is a mere number."""
    return float(writing.key.isdigit())


def first_letter_differs(writing: Writing) -> float:
    """1 if already the first letter differs: typing errors are rare there."""
    shown = "".join(writing.candidate.words)
    return float(writing.candidate.distance > 0 and shown[:1] != writing.key[:1])


def has_digits(writing: Writing) -> float:
    """1 if a word that differs from the mark holds digits, as model codes do."""
    return float(
        writing.candidate.distance > 0 and any(letter.isdigit() for letter in writing.candidate.span.text)
    )


def sounds_alike_only(writing: Writing) -> float:
    """1 if the words only sound like the mark."""
    return float(writing.candidate.kind == "sound")


def hidden_letters(writing: Writing) -> float:
    """The share of the mark's letters that stars or emoji hide."""
    if writing.candidate.kind != "mask":
        return 0.0
    hidden = "".join(writing.candidate.words).count("*")
    return round(hidden / max(1, len(writing.key)), 4)


def shown_letters(writing: Writing) -> float:
    """How many letters of a name with hidden letters are shown."""
    if writing.candidate.kind != "mask":
        return 0.0
    return float(sum(letter != "*" for word in writing.candidate.words for letter in word))


def short_name_masked(writing: Writing) -> float:
    """1 if a star or emoji stands in the place of a letter of a name of three; an asterisk may multiply."""
    is_masked = writing.candidate.kind == "mask" and len(writing.key) == MASKED_CODE
    return float(is_masked and "*" not in writing.candidate.span.text)


def well_known_name(writing: Writing) -> float:
    """How often the mark is met as a name in many languages (Zipf scale, 0 if it is no such name)."""
    return writing.lexicon.frequency.get(writing.key, 0.0) if writing.key in writing.lexicon.names else 0.0


def typing_error(writing: Writing) -> float:
    """1 if the error is of a kind that fingers make: two letters exchanged, or one doubled or undoubled."""
    if writing.candidate.distance != 1:
        return 0.0
    shown = "".join(writing.candidate.words)
    return float(sorted(shown) == sorted(writing.key) or undoubled(shown) == undoubled(writing.key))


def undoubled(word: str) -> str:
    return "".join(letter for place, letter in enumerate(word) if not place or letter != word[place - 1])


def edge_digit(writing: Writing) -> float:
    """1 if only a digit at the edge of a word stands for a letter, as in a model code."""
    return float("leetspeak" in writing.candidate.evasions and not _has_inner_sign(writing.candidate))


def in_description(writing: Writing) -> float:
    """1 if the mark stands in the description only."""
    return float(writing.candidate.span.field == "description")


def is_in_word_list(writing: Writing) -> bool:
    """Whether what is written is in a word list, or but for its ending is."""
    known = writing.lexicon.frequency
    return any(word in known or _stem_is_listed(word, known) for word in writing.candidate.words)


def _stem_is_listed(word: str, known: Mapping[str, float]) -> bool:
    if len(word) < 5:
        return False
    stems = (word[: -len(ending)] for ending in ENDINGS if word.endswith(ending))
    return any(known.get(stem, 0.0) >= LISTED_STEM for stem in stems if len(stem) > 2)


def inflected_word(writing: Writing) -> float:
    """1 if the words written there are in no word list, but would be with another ending."""
    if not writing.is_open:
        return 0.0
    known = writing.lexicon.frequency
    words = writing.candidate.words
    return float(
        not any(word in known for word in words) and any(_stem_is_listed(word, known) for word in words)
    )


def common_words_mistyped(writing: Writing) -> float:
    """How many words are written there, if all of them are common and letters of the mark differ."""
    words = writing.candidate.words
    if not writing.is_open or not writing.candidate.distance:
        return 0.0
    return float(len(words)) if all(map(writing.lexicon.is_common, words)) else 0.0


def model_code(writing: Writing) -> float:
    """1 if a word that differs from the mark is built of letters and digits as model codes are."""
    if not writing.is_open:
        return 0.0
    return float(any(MODEL_CODE.fullmatch(word) for word in writing.candidate.span.text.lower().split()))


OF_WRITING: Final[Mapping[str, Callable[[Writing], float]]] = {
    each.__name__: each
    for each in (
        errors, differs, plainly_written, letters, visible_disguise, short_and_mistyped, ordinary_word,
        common_phrase, words_are_known, unknown_word, parted_differently, digits_only, first_letter_differs,
        has_digits, sounds_alike_only, hidden_letters, shown_letters, short_name_masked, well_known_name,
        typing_error, edge_digit, in_description, inflected_word, common_words_mistyped, model_code,
    )
}  # fmt: skip
"""All evidence that a writing gives."""
