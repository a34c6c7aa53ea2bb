"""Evidence on whether the text names the mark: that of the name itself, and that of what else sellers write.

A docstring is the public help text of its evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from matching.comparison import OF_NAME, Scene
from matching.normalization import canonical_text
from matching.slips import SLIPS, WRITTEN
from matching.writing import is_in_word_list, ordinary_word, words_are_known

LEAST_ORDINARY: Final = 2.0
HARDLY_A_BRAND: Final = 0.1
"""What a word is that is no name: met so often in all languages, and so seldom given as a brand."""
MOSTLY_A_BRAND: Final = 0.7


@lru_cache(maxsize=4_096)
def _joined(text: str) -> str:
    return "".join(canonical_text(text).split())


def _others(scene: Scene) -> int:
    """How many other sellers of this marketplace use the words written there; as many as other marketplaces
    attest where these are in no word list: sellers may have agreed on them before the mark was registered.
    """
    market = scene.market
    if not len(market):
        return 0
    is_word = all(word in scene.lexicon.frequency for word in scene.candidate.words)
    count = market.sellers if is_word else market.attested
    return count(_joined(scene.candidate.span.text), scene.own)


def seen_elsewhere(scene: Scene) -> float:
    """How many other sellers of this marketplace use the words written there, where they differ from the
    mark; of words that are in no word list, as many as two other marketplaces have too. A visible disguise is
    never excused by it.
    """
    return float(_others(scene)) if scene.is_open else 0.0


def never_seen(scene: Scene) -> float:
    """How many listings of this marketplace are known (in thousands), if no other seller uses the words
    written there, which differ from the mark and are in no word list.
    """
    if not scene.is_open or is_in_word_list(scene):
        return 0.0
    if scene.market.sellers(_joined(scene.candidate.span.text), scene.own):
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


def ordinary_word_mistyped(scene: Scene) -> float:
    """How many of this marketplace's other sellers use the mark's word, an ordinary one that hardly anybody
    gives as a brand, where what stands there is that word with an error.
    """
    if not scene.is_open or not scene.candidate.distance or len(scene.candidate.mark_words) > 1:
        return 0.0
    if scene.lexicon.ordinariness(scene.key) < LEAST_ORDINARY:
        return 0.0
    is_brand = scene.market.brandness(scene.key, scene.own) >= HARDLY_A_BRAND
    return 0.0 if is_brand else float(scene.market.tellers(scene.key, scene.own))


def disguise_odds(scene: Scene) -> float:
    """How much likelier disguises are taken to be on this marketplace than the policy does (in log-odds)."""
    return scene.market.habits.disguise_odds


def review_line(scene: Scene) -> float:
    """The probability from which this marketplace has a misspelling reviewed (0: the policy's own line)."""
    return scene.market.review_line


def _letters_if(scene: Scene, errors: int, *, is_listed: bool) -> float:
    if not scene.is_open or min(scene.candidate.distance, 2) != errors:
        return 0.0
    is_known = is_in_word_list(scene) or _others(scene) > 0
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


OF_PLACE: Final[Mapping[str, Callable[[Scene], float]]] = {
    **OF_NAME,
    **{
        each.__name__: each
        for each in (
            seen_elsewhere, never_seen, mark_seen_elsewhere, named_as_brand, word_named_as_brand,
            used_as_word, ordinary_word_mistyped, disguise_odds, review_line, one_error_unlisted,
            one_error_listed, two_errors_unlisted, two_errors_listed, capitals_amid_small,
            small_amid_capitals,
        )
    },
}  # fmt: skip
"""Evidence that depends on where a mark is written: beside what, on which offer, on which marketplace."""
MENTION: Final[Mapping[str, Callable[[Scene], float]]] = {**WRITTEN, **OF_PLACE}
"""All evidence on whether the text names the mark."""

ONLY_OF_DIFFERENCES: Final = frozenset(
    [
        "errors", "differs", "visible_disguise", "short_and_mistyped", "first_letter_differs",
        "has_digits", "sounds_alike_only", "hidden_letters", "shown_letters", "short_name_masked",
        "typing_error", "is_own_brand", "edge_digit", "parted_differently", "rival_names", "completions",
        "seen_elsewhere", "never_seen", "mark_seen_elsewhere", "inflected_word", "one_error_unlisted",
        "one_error_listed", "two_errors_unlisted", "two_errors_listed", "common_words_mistyped", "model_code",
        "capitals_amid_small", "small_amid_capitals", "ordinary_word_mistyped", *SLIPS,
    ]
)  # fmt: skip
"""Evidence that is 0 wherever a mark is plainly written."""
