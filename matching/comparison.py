"""Evidence: each function measures one thing about a mark that may be meant in an offer.

A docstring is the public help text of its evidence. Values are plain numbers; what they weigh is the policy's
affair (scoring.py), so that stored values can be weighed again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from matching.goods_classes import are_related, classes_of_category
from matching.lexicon import Lexicon
from matching.market import NO_MARKET, Market
from matching.model import Candidate, Mark, Offer
from matching.reason_codes import VISIBLE_EVASIONS
from matching.words import Words

CAPITALS_OF_MIXED_CASE = 2
FEWEST_LETTERS_OF_DISGUISE = 4


class Scene(Struct, frozen=True, kw_only=True, gc=False):
    """One candidate in its offer, with all that evidence is taken from.

    `text` is the field it stands in, `key` the letters of the mark as found; `is_plain` and `is_disguised`
    are what most evidence asks first. `rivals` counts other names found on the same words, `covered` tells
    that a longer name holds them; `own` is the bit of the offer's own seller in the market.
    """

    offer: Offer
    mark: Mark
    candidate: Candidate
    text: str
    key: str
    is_plain: bool
    is_disguised: bool
    words: Words
    lexicon: Lexicon
    rivals: int = 0
    covered: bool = False
    brand_names: frozenset[str] = frozenset()
    masks: int = 0
    market: Market = NO_MARKET
    own: int = 0

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


def errors(scene: Scene) -> float:
    """How many letters differ from the mark's (0 to 3); letters that look or sound alike do not count."""
    return float(scene.candidate.distance)


def plainly_written(scene: Scene) -> float:
    """1 if the mark is written letter by letter, with its own spaces, accents and script."""
    return float(scene.is_plain)


def letters(scene: Scene) -> float:
    """How many letters and digits the mark has: a long name is rarely written by chance."""
    return float(len(scene.key))


def visible_disguise(scene: Scene) -> float:
    """1 if letters were replaced, hidden or parted in a way that nobody does by mistake."""
    return float(scene.is_disguised)


def _has_inner_sign(candidate: Candidate) -> bool:
    inner = candidate.span.text[1:-1]
    return (
        any(not letter.isalpha() for letter in inner) or len(VISIBLE_EVASIONS & set(candidate.evasions)) > 1
    )


def differs(scene: Scene) -> float:
    """1 if the letters written are not those of the mark, even if they look or sound alike."""
    return float("misspelling" in scene.candidate.evasions)


def short_and_mistyped(scene: Scene) -> float:
    """1 if a name of five letters or fewer is written with an error and no disguise: it is often another
    word.
    """
    return float(scene.candidate.distance > 0 and len(scene.key) <= 5 and not scene.is_disguised)


def ordinary_word(scene: Scene) -> float:
    """How common the mark is as an ordinary word of some language (Zipf scale, 0 if it is none)."""
    if scene.is_disguised:
        return 0.0
    if len(scene.candidate.mark_words) > 1:
        joined = scene.lexicon.ordinariness(scene.key)
        return max(joined, 0.0) if "spacing" in scene.candidate.evasions else 0.0
    return scene.lexicon.ordinariness(scene.key)


def common_phrase(scene: Scene) -> float:
    """How common the rarest word of a mark of several words is (Zipf scale, 0 for one word or a name)."""
    words = scene.candidate.mark_words
    return min((scene.lexicon.ordinariness(word) for word in words), default=0.0) if len(words) > 1 else 0.0


def words_are_known(scene: Scene) -> float:
    """How common the words written there are, taken as they are, when they differ from the mark (Zipf
    scale).
    """
    as_marked = scene.candidate.similarity == 1.0 and "spacing" not in scene.candidate.evasions
    if as_marked or scene.is_disguised:
        return 0.0
    return min((scene.lexicon.frequency.get(word, 0.0) for word in scene.candidate.words), default=0.0)


def unknown_word(scene: Scene) -> float:
    """1 if something differs from the mark and the words written there are in no word list."""
    if scene.candidate.distance == 0 and scene.candidate.similarity == 1.0:
        return 0.0
    return float(not any(scene.lexicon.frequency.get(word) for word in scene.candidate.words))


def parted_differently(scene: Scene) -> float:
    """1 if the mark is written with other spaces or hyphens than it has."""
    return float("spacing" in scene.candidate.evasions)


def inside_longer_name(scene: Scene) -> float:
    """1 if the words are part of a longer name that is found there in full."""
    return float(scene.covered)


def rival_names(scene: Scene) -> float:
    """How many other names are found on the same words, at least as close."""
    return float(scene.rivals)


def brand_field_agrees(scene: Scene) -> float:
    """1 if the brand field names the mark."""
    return float(scene.key in scene.brand_names)


def brand_field_differs(scene: Scene) -> float:
    """1 if the brand field names something else than the mark."""
    return float(bool(scene.brand_names) and scene.key not in scene.brand_names)


def written_small(scene: Scene) -> float:
    """1 if the mark is an ordinary word, written small in a text that has capitals."""
    text = scene.words.written
    shown = scene.candidate.span.text
    return float(shown[:1].islower() and len(text) > 1 and _is_mixed_case(scene.text))


@lru_cache(maxsize=16)
def _is_mixed_case(text: str) -> bool:
    """Asked once for each candidate of a text, counted once for the text."""
    return sum(map(str.isupper, text)) >= CAPITALS_OF_MIXED_CASE


def digits_only(scene: Scene) -> float:
    """1 if the mark is a mere number."""
    return float(scene.key.isdigit())


def first_letter_differs(scene: Scene) -> float:
    """1 if already the first letter differs: typing errors are rare there."""
    shown = "".join(scene.candidate.words)
    return float(scene.candidate.distance > 0 and shown[:1] != scene.key[:1])


def has_digits(scene: Scene) -> float:
    """1 if a word that differs from the mark holds digits, as model codes do."""
    return float(
        scene.candidate.distance > 0 and any(letter.isdigit() for letter in scene.candidate.span.text)
    )


def sounds_alike_only(scene: Scene) -> float:
    """1 if the words only sound like the mark."""
    return float(scene.candidate.kind == "sound")


def hidden_letters(scene: Scene) -> float:
    """The share of the mark's letters that stars or emoji hide."""
    if scene.candidate.kind != "mask":
        return 0.0
    hidden = "".join(scene.candidate.words).count("*")
    return round(hidden / max(1, len(scene.key)), 4)


def shown_letters(scene: Scene) -> float:
    """How many letters of a name with hidden letters are shown."""
    if scene.candidate.kind != "mask":
        return 0.0
    return float(sum(letter != "*" for word in scene.candidate.words for letter in word))


def well_known_name(scene: Scene) -> float:
    """How often the mark is met as a name in many languages (Zipf scale, 0 if it is no such name)."""
    return scene.lexicon.frequency.get(scene.key, 0.0) if scene.key in scene.lexicon.names else 0.0


def typing_error(scene: Scene) -> float:
    """1 if the error is of a kind that fingers make: two letters exchanged, or one doubled or undoubled."""
    if scene.candidate.distance != 1:
        return 0.0
    shown = "".join(scene.candidate.words)
    return float(sorted(shown) == sorted(scene.key) or undoubled(shown) == undoubled(scene.key))


def undoubled(word: str) -> str:
    return "".join(letter for place, letter in enumerate(word) if not place or letter != word[place - 1])


def is_own_brand(scene: Scene) -> float:
    """1 if the words differ from the mark, but are just what the brand field says."""
    return float(scene.candidate.distance > 0 and "".join(scene.candidate.words) in scene.brand_names)


def completions(scene: Scene) -> float:
    """How many marks complete a name with hidden letters equally well (at most three are kept)."""
    return float(scene.masks)


def edge_digit(scene: Scene) -> float:
    """1 if only a digit at the edge of a word stands for a letter, as in a model code."""
    return float("leetspeak" in scene.candidate.evasions and not _has_inner_sign(scene.candidate))


def in_description(scene: Scene) -> float:
    """1 if the mark stands in the description only."""
    return float(scene.candidate.span.field == "description")


def same_class(scene: Scene) -> float:
    """1 if the offer's Nice classes and the mark's meet."""
    return float(bool(scene.offer.nice_classes & scene.mark.nice_classes))


def other_class(scene: Scene) -> float:
    """1 if the mark is registered for other Nice classes than the offer's."""
    known = scene.offer.nice_classes and scene.mark.nice_classes
    return float(bool(known) and not scene.offer.nice_classes & scene.mark.nice_classes)


def category_fits(scene: Scene) -> float:
    """1 if no Nice class is given and the category's words speak for one that the mark is registered for."""
    return float(_is_guessed(scene) and bool(_guessed(scene) & scene.mark.nice_classes))


def category_differs(scene: Scene) -> float:
    """1 if no Nice class is given and the category's words speak for goods unlike those of the mark."""
    return float(_is_guessed(scene) and not are_related(_guessed(scene), scene.mark.nice_classes))


def _guessed(scene: Scene) -> frozenset[int]:
    return classes_of_category(scene.offer.category)


def _is_guessed(scene: Scene) -> bool:
    is_asked = bool(scene.offer.category and scene.mark.nice_classes and not scene.offer.nice_classes)
    return is_asked and bool(_guessed(scene))


NAMING: Final[Mapping[str, Callable[[Scene], float]]] = {
    each.__name__: each
    for each in (
        errors, differs, plainly_written, letters, visible_disguise, short_and_mistyped,
        ordinary_word, common_phrase, words_are_known, unknown_word, parted_differently,
        inside_longer_name, rival_names, brand_field_agrees, brand_field_differs, written_small,
        digits_only, first_letter_differs, has_digits, sounds_alike_only, hidden_letters,
        shown_letters, completions, well_known_name, typing_error, is_own_brand, edge_digit,
        in_description, same_class, other_class, category_fits, category_differs,
    )
}  # fmt: skip
"""Evidence that the name itself, its words and its goods give; what is made of it is in mention.py."""
