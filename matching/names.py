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
_SHORT_WEIGHTS = {1: 0.25, 2: 0.55, 3: 0.8}
# Words without a partner on both sides speak against; more words on one side hardly do.
_AGAINST = 2.0
_MISSPELLED = 0.6
_SURPLUS = 0.25
# What each letter astray costs of a word's likeness, as a share of its length; half where it still sounds
# the same, more where the first letter differs: few people misspell the beginning.
_ONE_LETTER = 1.0
_MORE_LETTERS = 1.6
_ALIKE_IN_SOUND = 0.5
_OTHER_FIRST_LETTER = 1.6
_LEAST_MISSPELLED = 3
_LEAST_ALIKE = 0.6
_LEAST_JOINED = 0.9
_JOINED = 0.97
_LEAST_PLURAL = 5
_INITIALS = 0.85
# A GmbH that writes itself Ltd abroad is common; an association with a company's name is somebody else.
_OTHER_FORM = 0.93
_OTHER_KIND = 0.75
# Each further word of a name that is repeated word for word: the combination is rarer than its parts.
_EACH_REPEATED = 0.2

Piece = tuple[tuple[int, ...], str]
Pair = tuple[float, float, tuple[int, ...], tuple[int, ...]]


class FoldedName(Struct, frozen=True):
    """A name ready to be compared: its words without forms and titles, all joined, its kinds of body."""

    words: tuple[str, ...]
    joined: str
    forms: frozenset[str]


class NameAgreement(Struct, frozen=True):
    """How two names agree: `alike` is 0 to 1, `shared` how much distinctive text carries it (1: a rare word).

    `form` is 1 where the kinds of body agree or one is silent, less where they differ.
    """

    alike: float
    shared: float
    form: float


@lru_cache(maxsize=65_536)
def fold_name(name: str) -> FoldedName:
    """The words of a name that tell who it is; never empty unless the name holds no letter or digit."""
    text, written_kinds = cut_unspaced_forms(name)
    words, kinds = cut_forms(fold_words(text))
    meant = tuple(part for word in words for part in _meaning_of(word).split())
    told = tuple(word for word in meant if word not in HONORIFICS) or meant
    telling = tuple(word for word in told if word not in LINKING)
    return FoldedName(telling or told, "".join(words), kinds | written_kinds)


def _meaning_of(word: str) -> str:
    if len(word) > _LEAST_PLURAL and word.endswith("ies"):
        word = f"{word[:-3]}y"
    return MEANT.get(word, word)


@lru_cache(maxsize=65_536)
def word_weight(word: str) -> float:
    """How much a shared word tells: 1 for a rare one, 0.2 for "trading", little for initials."""
    if word in GENERIC or f"{word}s" in GENERIC or word.removesuffix("s") in GENERIC:
        return GENERIC_WEIGHT
    if word in COMMON_PARTS:
        return COMMON_WEIGHT
    return _SHORT_WEIGHTS.get(len(word), 1.0)


def compare_names(left: FoldedName, right: FoldedName) -> NameAgreement:
    """Assign the words of two names to each other, best pair first, and weigh what is left over."""
    form = _compare_forms(left.forms, right.forms)
    if left.joined == right.joined or sorted(left.words) == sorted(right.words):
        shared = sum(map(word_weight, left.words)) + _EACH_REPEATED * (len(left.words) - 1)
        return NameAgreement(1.0, shared, form)
    shared = misspelled = 0.0
    used_left: set[int] = set()
    used_right: set[int] = set()
    for likeness, weight, at_left, at_right in _pairs(left.words, right.words):
        if used_left.isdisjoint(at_left) and used_right.isdisjoint(at_right):
            used_left.update(at_left)
            used_right.update(at_right)
            shared += weight * likeness
            misspelled += weight * (1.0 - likeness)
    over_left = _left_over(left.words, used_left)
    over_right = _left_over(right.words, used_right)
    lost = _AGAINST * min(over_left, over_right) + _SURPLUS * abs(over_left - over_right)
    whole = shared + _MISSPELLED * misspelled + lost
    return NameAgreement(shared / whole if whole else 0.0, shared, form)


def word_likeness(left: str, right: str) -> float:
    """How likely two words are spellings of one, 0 to 1; digits must be equal, short words nearly so."""
    if left == right:
        return 1.0
    if left.isdigit() or right.isdigit() or len(left) == 1 or len(right) == 1:
        return 0.0
    longest = max(len(left), len(right))
    if longest < _LEAST_MISSPELLED:
        return 0.0
    allowed = 1 if longest <= 5 else 2 if longest <= 8 else 3
    if abs(len(left) - len(right)) > allowed:
        return 0.0
    distance = OSA.distance(left, right, score_cutoff=allowed)
    if distance > allowed:
        return 0.0
    loss = _ONE_LETTER if distance == 1 else _MORE_LETTERS
    if sound_of(left) == sound_of(right):
        loss *= _ALIKE_IN_SOUND
    elif left[0] != right[0]:
        loss *= _OTHER_FIRST_LETTER
    return max(0.0, 1.0 - loss * distance / longest)


def _pairs(left: tuple[str, ...], right: tuple[str, ...]) -> list[Pair]:
    """Every way to pair a word or a run of words with one of the other name, the surest first."""
    found = []
    for at_left, text_left in _pieces(left):
        for at_right, text_right in _pieces(right):
            if len(at_left) > 1 and len(at_right) > 1:
                continue
            likeness = word_likeness(text_left, text_right)
            if len(at_left) > 1 or len(at_right) > 1:
                likeness = likeness * _JOINED if likeness >= _LEAST_JOINED else 0.0
            if likeness >= _LEAST_ALIKE:
                weight = min(_weight_at(left, at_left), _weight_at(right, at_right))
                found.append((likeness, weight, at_left, at_right))
    found += _initials(left, right)
    found += [(likeness, weight, mine, theirs) for likeness, weight, theirs, mine in _initials(right, left)]
    return sorted(found, key=lambda pair: (-pair[0], -pair[1], pair[2], pair[3]))


def _initials(short: tuple[str, ...], long: tuple[str, ...]) -> list[Pair]:
    """Letters of one name that are the initials of words in the other: "JC" for "Jean Claude"."""
    found: list[Pair] = []
    for at_short, letters in enumerate(short):
        if not letters.isalpha() or len(letters) > 3:
            continue
        for at in range(len(long) - len(letters) + 1):
            run = long[at : at + len(letters)]
            if all(len(word) > 1 and word[0] == letter for word, letter in zip(run, letters, strict=True)):
                weight = _SHORT_WEIGHTS[len(letters)]
                found.append((_INITIALS, weight, (at_short,), tuple(range(at, at + len(letters)))))
    return found


@lru_cache(maxsize=16_384)
def _pieces(words: tuple[str, ...]) -> tuple[Piece, ...]:
    """Single words and runs of two or three joined: "Good Will" is "Goodwill"."""
    pieces: list[Piece] = [((at,), word) for at, word in enumerate(words)]
    for run in (2, 3):
        pieces += [
            (tuple(range(at, at + run)), "".join(words[at : at + run])) for at in range(len(words) - run + 1)
        ]
    return tuple(pieces)


def _weight_at(words: tuple[str, ...], places: tuple[int, ...]) -> float:
    return min(1.5, sum(word_weight(words[at]) for at in places))


def _compare_forms(left: frozenset[str], right: frozenset[str]) -> float:
    if not left or not right or not left.isdisjoint(right):
        return 1.0
    return _OTHER_KIND if "association" in left | right else _OTHER_FORM


def _left_over(words: tuple[str, ...], used: set[int]) -> float:
    return sum(word_weight(word) for at, word in enumerate(words) if at not in used)
