"""What a mark is used for where it stands: its own goods, goods that go with it, a comparison, an imitation.

Each occurrence is judged by the words around it. The words are in cues/, a table for each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from matching.cues import FASHION_GOODS, LANGUAGES
from matching.hidden_words import hidden_phrases
from matching.model import Span
from matching.normalization import CHARACTERS, SCRIPT, canonical_text
from matching.placing import ONE_TO_ONE
from matching.words import Cutter, Phrases, Words, cut_words, running_parts, spelled, split_words

REACH_BACK = 14
REACH_BEHIND = 5
NEAR = 3
STOP = re.compile(r"[|•;。｜、！？]|\s[-–—]\s|[.!?]\s")
LISTING = re.compile(r"[,/&+，،／＆＋]")
BARE_WORDS_OF_OTHER_MEANING: Final = frozenset({"fur", "sac", "cap", "con", "inspire"})
LEAST_BARE: Final = 3
"""Words of fewer letters are words of other languages without their accents (lô, lo)."""
"""für, sạc, ốp, ... written without their signs are words of other languages."""


def _cutter() -> Cutter:
    entries = (text for cues in LANGUAGES for texts in cues for text in re.split(r"[ |]", texts))
    goods = (word for texts in FASHION_GOODS.values() for word in texts.split())
    return Cutter(part for entry in (*entries, *goods) for part in running_parts(entry))


CUTTER: Final = _cutter()


def _words(table: str) -> frozenset[str]:
    """The words of one table of all languages, with and without their accents."""
    listed = {spelled(word) for cues in LANGUAGES for word in getattr(cues, table).split()}
    return frozenset(listed | {_bare(word) for word in listed} - {""})


def _bare(word: str) -> str:
    """A word of Latin letters without its accents, if it then is none of another language."""
    is_latin = not any(CHARACTERS[letter].signs & SCRIPT for letter in word)
    bare = canonical_text(word) if is_latin else ""
    return "" if bare in BARE_WORDS_OF_OTHER_MEANING or len(bare) < LEAST_BARE else bare


def _phrases(table: str) -> Phrases:
    listed = {split_words(phrase, CUTTER) for cues in LANGUAGES for phrase in getattr(cues, table).split("|")}
    bare = {tuple(_bare(word) or word for word in phrase) for phrase in listed if any(map(_bare, phrase))}
    return frozenset((listed | bare) - {()})


def _exact_words(table: str) -> frozenset[str]:
    return frozenset(spelled(word) for cues in LANGUAGES for word in getattr(cues, table).split())


FOR_WORDS = _exact_words("for_words")
LOOSE_FOR_WORDS = _exact_words("loose_for_words")
COMPATIBLE_BEFORE = _phrases("compatible_before")
COMPATIBLE_BEHIND = _words("compatible_behind")
COMPATIBLE_ENDING = _exact_words("compatible_ending")
AUDIENCE = _words("audience")
PASSED_OVER = _words("passed_over")
ACCESSORIES = _words("accessories")
COMPARISON_BEFORE = _phrases("comparison_before")
COMPARISON_BEHIND = _words("comparison_behind")
STRONG_REPLICA = _phrases("strong_replica")
WEAK_REPLICA = _phrases("weak_replica")
BUNDLE = _phrases("bundle")
JOINS = _exact_words("joins")
WITHS = _exact_words("withs")
NEGATIONS = _exact_words("negations")
OTHER_THINGS_BEFORE = _words("other_things_before")
OTHER_THINGS = _exact_words("other_things")
SCALES = _exact_words("scales")
CLASS_OF_GOODS = {spelled(word): number for number, texts in FASHION_GOODS.items() for word in texts.split()}


def words_of(text: str, spans: Iterable[Span] = ()) -> Words:
    """The words of a text, running scripts cut at the words of the tables, and those that the spans name."""
    return cut_words(text, spans, CUTTER)


def compatible_cue(words: Words, first: int, last: int) -> str:
    """The word that tells that goods go with the mark at words `first` to `last` (case for X), or nothing."""
    return _cue_before(words, first) or _cue_behind(words, last)


def _cue_before(words: Words, first: int) -> str:
    """Walk back over a list of names and numbers to a for-word; anything else ends the walk."""
    if FOR_WORDS.isdisjoint(words.distinct) and not words.may_end(COMPATIBLE_BEFORE):
        return ""
    in_list = first > 0 and _is_listed(words, first)
    strangers = 0
    for place in range(first - 1, max(-1, first - 1 - REACH_BACK), -1):
        if STOP.search(words.gaps[place + 1]):
            return ""
        cue = words.ending(place, COMPATIBLE_BEFORE)
        if cue:
            return cue
        if words.written[place] in FOR_WORDS:
            return words.written[place] if _is_for_goods(words, place) else ""
        if _may_pass(words, place):
            in_list = in_list or _is_listed(words, place)
            continue
        strangers += 0 if LISTING.search(words.gaps[place + 1]) else 1
        if not in_list or strangers > 3 or words.written[place] in AUDIENCE:
            return ""
    return ""


def _is_listed(words: Words, place: int) -> bool:
    return bool(LISTING.search(words.gaps[place])) or words.written[place - 1] in JOINS


def _may_pass(words: Words, place: int) -> bool:
    word = words.written[place]
    return (
        place in words.named
        or word in PASSED_OVER
        or any(letter.isdigit() for letter in word)
        or len(word) == 1
    )


def _is_for_goods(words: Words, place: int) -> bool:
    """Whether a for-word is followed by goods, not people, and is really one."""
    behind = words.written[place + 1] if place + 1 < len(words.written) else ""
    if behind in AUDIENCE:
        return False
    if words.written[place] in LOOSE_FOR_WORDS:
        return any(word in ACCESSORIES for word in words.written[max(0, place - 5) : place])
    return True


def _cue_behind(words: Words, last: int) -> str:
    ending = _ending(words, last)
    if ending or COMPATIBLE_BEHIND.isdisjoint(words.distinct):
        return ending
    for place in range(last + 1, min(len(words.written), last + 1 + REACH_BEHIND)):
        if STOP.search(words.gaps[place]) or "," in words.gaps[place]:
            return ""
        if words.written[place] in COMPATIBLE_BEHIND:
            follower = words.written[place + 1] if place + 1 < len(words.written) else ""
            is_of_another = follower in WITHS
            return "" if is_of_another else words.written[place]
    return ""


def _ending(words: Words, last: int) -> str:
    """The ending that is glued to the mark, or to the model that follows it (iPhone 15 Pro用)."""
    if COMPATIBLE_ENDING.isdisjoint(words.distinct):
        return ""
    for place in range(last + 1, min(len(words.written), last + 1 + REACH_BEHIND)):
        if STOP.search(words.gaps[place]) or "," in words.gaps[place]:
            return ""
        if words.written[place] in COMPATIBLE_ENDING:
            return "" if words.gaps[place] else words.written[place]
        if not words.written[place].isascii() and place not in words.named:
            return ""
    return ""


def accessory_cue(words: Words, last: int) -> str:
    """The accessory named right behind a mark (X case), which makes another maker's goods go with it."""
    if ACCESSORIES.isdisjoint(words.distinct):
        return ""
    for place in range(last + 1, min(len(words.written), last + 1 + REACH_BEHIND)):
        if STOP.search(words.gaps[place]):
            return ""
        if words.written[place] in ACCESSORIES:
            return words.written[place]
    return ""


def comparison_cue(words: Words, first: int, last: int) -> str:
    """The word that only compares goods with the mark (like X, X style), or nothing."""
    if first > 0 and not STOP.search(words.gaps[first]):
        cue = words.ending(first - 1, COMPARISON_BEFORE)
        if cue:
            return cue
    behind = last + 1
    if behind < len(words.written) and words.written[behind] in COMPARISON_BEHIND:
        follower = words.written[behind + 1] if behind + 1 < len(words.written) else ""
        is_number = follower[:1].isdigit() or "#" in (words.gaps[behind + 1] if follower else "")
        if not STOP.search(words.gaps[behind]) and not is_number:
            return words.written[behind]
    return ""


class Cues(NamedTuple):
    """The words that tell the use of a mark at a place, each or nothing."""

    compatible: str
    accessory: str
    comparison: str


NO_CUES: Final = Cues("", "", "")
CUE_WORDS: Final = frozenset(
    {phrase[-1] for phrase in COMPATIBLE_BEFORE | COMPARISON_BEFORE}
    | FOR_WORDS | COMPATIBLE_BEHIND | COMPATIBLE_ENDING | ACCESSORIES | COMPARISON_BEHIND
)  # fmt: skip
"""Where none of these words stands, no cue does."""


def cues_around(words: Words, span: Span) -> Cues:
    """What the words around a place tell, whichever mark is named there."""
    if CUE_WORDS.isdisjoint(words.distinct):
        return NO_CUES
    first, last = words.at(span.start, span.end)
    return Cues(
        compatible_cue(words, first, last), accessory_cue(words, last), comparison_cue(words, first, last)
    )


def strong_replica_cue(text: str, words: Words) -> str:
    """The word that says an imitation is sold (replica, 1:1 beside a mark), or nothing."""
    for place in range(len(words.written)) if words.may_begin(STRONG_REPLICA) else ():
        cue = words.beginning(place, STRONG_REPLICA)
        if cue and place not in words.inside and _speaks_of_goods(words, place, place + len(cue.split()) - 1):
            return cue
    for found in ONE_TO_ONE.finditer(text) if "1" in text else ():
        first, last = words.at(*found.span())
        around = range(max(0, first - NEAR), min(len(words.written), last + NEAR + 1))
        measures = any(words.written[place] in SCALES for place in around)
        if not measures and any(place in words.named for place in around if not first <= place <= last):
            return "1:1"
    return _hidden_replica_cue(text, words)


def _hidden_replica_cue(text: str, words: Words) -> str:
    """The same written in disguise (repl1ca), as it stands there."""
    for start, end in hidden_phrases(text, STRONG_REPLICA):
        first, last = words.at(start, end)
        if last >= first and first not in words.inside and _speaks_of_goods(words, first, last):
            return text[start:end]
    return ""


def weak_replica_cue(words: Words) -> str:
    """A word that often, but not only, stands on imitations (AAA, inspired), or nothing."""
    for place in range(len(words.written)) if words.may_begin(WEAK_REPLICA) else ():
        cue = words.beginning(place, WEAK_REPLICA)
        if cue and place not in words.inside and _speaks_of_goods(words, place, place + len(cue.split()) - 1):
            return cue
    return ""


def _speaks_of_goods(words: Words, first: int, last: int) -> bool:
    behind = words.written[last + 1] if last + 1 < len(words.written) else ""
    before = words.written[max(0, first - NEAR) : first]
    if first > 0 and words.written[first - 1] in OTHER_THINGS_BEFORE:
        return False
    return behind not in OTHER_THINGS and not any(word in NEGATIONS for word in before)


def bundle_cue(words: Words) -> str:
    """The word that sells several things as a lot, or nothing."""
    if not words.may_begin(BUNDLE):
        return ""
    cues_found = (words.beginning(place, BUNDLE) for place in range(len(words.written)))
    return next((cue for cue in cues_found if cue), "")


def fashion_classes(words: Words) -> frozenset[int]:
    """The classes 14, 18 and 25 whose goods the text names."""
    return frozenset([CLASS_OF_GOODS[word] for word in words.distinct if word in CLASS_OF_GOODS])
