"""Names of sellers and senders compared: legal forms aside, in any order, rare words before common ones."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct
from rapidfuzz.distance import OSA

from matching.folding import fold_words, sound_of
from matching.legal_forms import cut_forms, cut_unspaced_forms
from matching.name_words import COMMON_PARTS, GENERIC, HONORIFICS, LINKING, MEANT

GENERIC_WEIGHT = 0.2
COMMON_WEIGHT = 0.6
SHORT_WEIGHTS = {1: 0.25, 2: 0.55, 3: 0.8}
_JOIN_PENALTY = 0.97
_LEAST_ALIKE = 0.6


class FoldedName(Struct, frozen=True):
    """A name ready to be compared: its words without forms and titles, and the kinds of body it named."""

    words: tuple[str, ...]
    forms: frozenset[str]


class NameAgreement(Struct, frozen=True):
    """How two names agree, in word weights: shared by both, against each other, said by one only.

    `alike` is 0 to 1; `shared` is how much distinctive text carries it, 1 being one rare word.
    """

    alike: float
    shared: float
    against: float
    surplus: float
    forms_differ: bool


@lru_cache(maxsize=65_536)
def fold_name(name: str) -> FoldedName:
    """The words of a name that tell who it is; never empty unless the name holds no letter or digit."""
    text, written_kinds = cut_unspaced_forms(name)
    words, kinds = cut_forms(fold_words(text))
    meant = tuple(part for word in words for part in MEANT.get(word, word).split())
    told = tuple(word for word in meant if word not in HONORIFICS)
    telling = tuple(word for word in told if word not in LINKING)
    return FoldedName(telling or told or meant, kinds | written_kinds)


def word_weight(word: str) -> float:
    """How much a shared word tells: 1 for a rare one, 0.2 for "trading", little for initials."""
    if word in GENERIC:
        return GENERIC_WEIGHT
    if word in COMMON_PARTS:
        return COMMON_WEIGHT
    return SHORT_WEIGHTS.get(len(word), 1.0)


def compare_names(left: FoldedName, right: FoldedName) -> NameAgreement:
    """Assign the words of two names to each other, best pair first, and weigh what is left over."""
    shared = alike = 0.0
    used_left: set[int] = set()
    used_right: set[int] = set()
    for likeness, at_left, at_right in _pairs(left.words, right.words):
        if used_left.isdisjoint(at_left) and used_right.isdisjoint(at_right):
            used_left.update(at_left)
            used_right.update(at_right)
            weight = max(_weight_at(left.words, at_left), _weight_at(right.words, at_right))
            shared += weight * likeness
            alike += weight * (1.0 - likeness)
    over_left = sum(word_weight(word) for at, word in enumerate(left.words) if at not in used_left)
    over_right = sum(word_weight(word) for at, word in enumerate(right.words) if at not in used_right)
    against = min(over_left, over_right) + alike
    surplus = abs(over_left - over_right)
    whole = shared + 1.6 * against + 0.35 * surplus
    forms_differ = bool(left.forms and right.forms and left.forms.isdisjoint(right.forms))
    return NameAgreement(shared / whole if whole else 0.0, shared, against, surplus, forms_differ)


def word_likeness(left: str, right: str) -> float:
    """How likely two words are spellings of one, 0 to 1; digits must be equal, short words nearly so."""
    if left == right:
        return 1.0
    if left.isdigit() or right.isdigit():
        return 0.0
    if len(left) == 1 or len(right) == 1:
        return 0.7 if left[0] == right[0] else 0.0
    longest = max(len(left), len(right))
    allowed = 1 if longest <= 5 else 2 if longest <= 8 else 3
    distance = OSA.distance(left, right, score_cutoff=allowed)
    if distance > allowed:
        return 0.0
    same_sound = sound_of(left) == sound_of(right)
    loss = distance / longest * (0.6 if same_sound else 1.2)
    return max(0.0, 1.0 - loss)


def _pairs(
    left: tuple[str, ...], right: tuple[str, ...]
) -> list[tuple[float, tuple[int, ...], tuple[int, ...]]]:
    found = []
    for at_left, text_left in _pieces(left):
        for at_right, text_right in _pieces(right):
            if len(at_left) > 1 and len(at_right) > 1:
                continue
            likeness = word_likeness(text_left, text_right)
            if len(at_left) > 1 or len(at_right) > 1:
                likeness *= _JOIN_PENALTY
            if likeness >= _LEAST_ALIKE:
                found.append((likeness, at_left, at_right))
    return sorted(found, key=lambda pair: (-pair[0] * (len(pair[1]) + len(pair[2])), pair[1], pair[2]))


def _pieces(words: tuple[str, ...]) -> list[tuple[tuple[int, ...], str]]:
    """Single words and runs of two or three joined: "Good Will" is "Goodwill"."""
    pieces: list[tuple[tuple[int, ...], str]] = [((at,), word) for at, word in enumerate(words)]
    for run in (2, 3):
        pieces += [
            (tuple(range(at, at + run)), "".join(words[at : at + run])) for at in range(len(words) - run + 1)
        ]
    return pieces


def _weight_at(words: tuple[str, ...], places: tuple[int, ...]) -> float:
    return min(1.5, sum(word_weight(words[at]) for at in places))
