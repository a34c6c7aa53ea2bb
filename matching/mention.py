"""Evidence on whether the text names the mark: that of the name itself, and that of what else sellers write.

A docstring is the public help text of its evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from matching.comparison import (
    NAMING,
    Scene,
    ordinary_word,
    words_are_known,
)
from matching.normalization import canonical_text
from matching.slips import HARDLY_A_BRAND, LEAST_ORDINARY, SLIPS

ENDINGS: Final = ("s", "es", "e", "n", "en", "er", "ed", "ing", "a", "i", "o", "y")
LISTED_STEM: Final = 3.5
MOSTLY_A_BRAND: Final = 0.7
MODEL_CODE: Final = re.compile(r"[a-z]{1,4}\d{2,}[a-z]{0,2}|\d{2,}[a-z]{1,3}|[a-z]+\d+[a-z]+\d+\w*")


@lru_cache(maxsize=4_096)
def _joined(text: str) -> str:
    return "".join(canonical_text(text).split())


def _others(scene: Scene) -> int:
    """How many other sellers of this marketplace use the words written there."""
    market = scene.market
    return market.sellers(_joined(scene.candidate.span.text), scene.own) if len(market) else 0


def seen_elsewhere(scene: Scene) -> float:
    """How many other sellers of this marketplace use the words written there, where they differ from the
    mark. A visible disguise is never excused by it.
    """
    return float(_others(scene)) if scene.is_open else 0.0


def never_seen(scene: Scene) -> float:
    """How many listings of this marketplace are known (in thousands), if no other seller uses the words
    written there, which differ from the mark and are in no word list.
    """
    if not scene.is_open or _is_listed(scene) or seen_elsewhere(scene):
        return 0.0
    return round(scene.market.listings / 1000, 3)


def mark_seen_elsewhere(scene: Scene) -> float:
    """How many other sellers of this marketplace use the mark's own letters, where something differs."""
    return float(scene.market.sellers(scene.key, scene.own)) if scene.is_open else 0.0


def named_as_brand(scene: Scene) -> float:
    """Of this marketplace's other sellers who use the mark's word, the share who give it as the brand of
    their goods (0 if unknown).
    """
    return scene.market.brandness(scene.key, scene.own) if len(scene.candidate.mark_words) == 1 else 0.0


def word_named_as_brand(scene: Scene) -> float:
    """How common the mark is as an ordinary word (Zipf scale), if this marketplace's other sellers who use
    the word mostly give it as the brand of their goods.
    """
    if not scene.is_plain or named_as_brand(scene) < MOSTLY_A_BRAND:
        return 0.0
    return max(ordinary_word(scene), words_are_known(scene))


def used_as_word(scene: Scene) -> float:
    """How many of this marketplace's other sellers use the mark's word, an ordinary one, where hardly anybody
    gives it as the brand of goods. A name that is no ordinary word is never excused by it.
    """
    if not scene.is_plain or ordinary_word(scene) < LEAST_ORDINARY:
        return 0.0
    if len(scene.candidate.mark_words) != 1 or named_as_brand(scene) >= HARDLY_A_BRAND:
        return 0.0
    return float(scene.market.tellers(scene.key, scene.own))


def disguise_odds(scene: Scene) -> float:
    """How much likelier disguises are taken to be on this marketplace than the policy does (in log-odds)."""
    return scene.market.habits.disguise_odds


def review_line(scene: Scene) -> float:
    """The probability from which this marketplace has a misspelling reviewed (0: the policy's own line)."""
    return scene.market.review_line


def _is_listed(scene: Scene) -> bool:
    """Whether what is written is in a word list, or but for its ending is."""
    known = scene.lexicon.frequency
    return any(word in known or _stem_is_listed(word, known) for word in scene.candidate.words)


def _stem_is_listed(word: str, known: Mapping[str, float]) -> bool:
    if len(word) < 5:
        return False
    stems = (word[: -len(ending)] for ending in ENDINGS if word.endswith(ending))
    return any(known.get(stem, 0.0) >= LISTED_STEM for stem in stems if len(stem) > 2)


def inflected_word(scene: Scene) -> float:
    """1 if the words written there are in no word list, but would be with another ending."""
    if not scene.is_open:
        return 0.0
    known = scene.lexicon.frequency
    words = scene.candidate.words
    return float(
        not any(word in known for word in words) and any(_stem_is_listed(word, known) for word in words)
    )


def _letters_if(scene: Scene, errors: int, *, is_listed: bool) -> float:
    if not scene.is_open or min(scene.candidate.distance, 2) != errors:
        return 0.0
    is_known = _is_listed(scene) or _others(scene) > 0
    return float(len(scene.key)) if is_known == is_listed else 0.0


def one_error_unlisted(scene: Scene) -> float:
    """The letters of the mark, if one is wrong and the words written there are met nowhere else."""
    return _letters_if(scene, 1, is_listed=False)


def one_error_listed(scene: Scene) -> float:
    """The letters of the mark, if one is wrong and the words written there are met elsewhere too."""
    return _letters_if(scene, 1, is_listed=True)


def two_errors_unlisted(scene: Scene) -> float:
    """The letters of the mark, if two are wrong and the words written there are met nowhere else."""
    return _letters_if(scene, 2, is_listed=False)


def two_errors_listed(scene: Scene) -> float:
    """The letters of the mark, if two are wrong and the words written there are met elsewhere too."""
    return _letters_if(scene, 2, is_listed=True)


def common_words_mistyped(scene: Scene) -> float:
    """How many words are written there, if all of them are common and letters of the mark differ."""
    words = scene.candidate.words
    if not scene.is_open or not scene.candidate.distance:
        return 0.0
    return float(len(words)) if all(map(scene.lexicon.is_common, words)) else 0.0


def model_code(scene: Scene) -> float:
    """1 if a word that differs from the mark is built of letters and digits as model codes are."""
    if not scene.is_open:
        return 0.0
    return float(any(MODEL_CODE.fullmatch(word) for word in scene.candidate.span.text.lower().split()))


def capitals_amid_small(scene: Scene) -> float:
    """1 if words that differ from the mark stand in capitals in a text that is not."""
    shown = scene.candidate.span.text
    if not scene.is_open or not shown.isupper():
        return 0.0
    small = sum(letter.islower() for letter in scene.text)
    return float(small > 3 * sum(letter.isupper() for letter in scene.text))


def small_amid_capitals(scene: Scene) -> float:
    """1 if words that differ from the mark are written small in a text whose words begin with capitals."""
    shown = scene.candidate.span.text
    if not scene.is_open or not shown.islower():
        return 0.0
    words = [word for word in scene.text.split() if word[0].isalpha()]
    return float(2 * sum(word[0].isupper() for word in words) > len(words) > 2)


MENTION: Final[Mapping[str, Callable[[Scene], float]]] = {
    **NAMING,
    **SLIPS,
    **{
        each.__name__: each
        for each in (
            seen_elsewhere, never_seen, mark_seen_elsewhere, named_as_brand, inflected_word,
            word_named_as_brand, used_as_word, disguise_odds, review_line,
            one_error_unlisted, one_error_listed, two_errors_unlisted, two_errors_listed,
            common_words_mistyped, model_code, capitals_amid_small, small_amid_capitals,
        )
    },
}  # fmt: skip
"""All evidence on whether the text names the mark."""

ONLY_OF_DIFFERENCES: Final = frozenset(
    [
        "errors", "differs", "visible_disguise", "short_and_mistyped", "first_letter_differs",
        "has_digits", "sounds_alike_only", "hidden_letters", "shown_letters", "typing_error", "is_own_brand",
        "edge_digit", "parted_differently", "rival_names", "completions", "seen_elsewhere", "never_seen",
        "mark_seen_elsewhere", "inflected_word", "one_error_unlisted", "one_error_listed",
        "two_errors_unlisted", "two_errors_listed", "common_words_mistyped", "model_code",
        "capitals_amid_small", "small_amid_capitals", *SLIPS,
    ]
)  # fmt: skip
"""Evidence that is 0 wherever a mark is plainly written."""
