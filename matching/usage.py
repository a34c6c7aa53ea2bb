"""What a mark is used for where it stands: its own goods, goods that go with it, a comparison, an imitation.

Each occurrence is judged by the words around it. The words are in usage_cues.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from matching import usage_cues as cues
from matching.model import Span
from matching.normalization import canonical_text

REACH_BACK = 14
REACH_BEHIND = 5
NEAR = 3
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
STOP = re.compile(r"[|•;]|\s[-–—]\s|[.!?]\s")
LISTING = re.compile(r"[,/&+]")
ONE_TO_ONE = re.compile(r"(?<![\d:.,])1\s?[:：]\s?1(?![\d:.,])")
LONGEST_PHRASE = 4

Phrases = frozenset[tuple[str, ...]]


class Words(NamedTuple):
    """A text as words, each in lower case with its place; `named` are the words that name some mark.

    `gaps[i]` is what stands before word i; `inside` are words within a name of several words.
    """

    written: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    gaps: tuple[str, ...]
    named: frozenset[int]
    inside: frozenset[int]

    def at(self, start: int, end: int) -> tuple[int, int]:
        """The first and last word that a stretch of the text touches."""
        touched = [n for n, (begin, stop) in enumerate(self.places) if begin < end and start < stop]
        return (touched[0], touched[-1]) if touched else (0, -1)

    def begins(self, place: int, phrases: Phrases) -> str:
        """The phrase of a table that begins at a word, or nothing."""
        for count in range(min(LONGEST_PHRASE, len(self.written) - place), 0, -1):
            if self.written[place : place + count] in phrases:
                return " ".join(self.written[place : place + count])
        return ""

    def ends(self, place: int, phrases: Phrases) -> str:
        """The phrase of a table that ends at a word, or nothing."""
        for count in range(min(LONGEST_PHRASE, place + 1), 0, -1):
            if self.written[place - count + 1 : place + 1] in phrases:
                return " ".join(self.written[place - count + 1 : place + 1])
        return ""


def words_of(text: str, spans: Iterable[Span] = ()) -> Words:
    """The words of a text and which of them the spans name."""
    found = list(WORD.finditer(text))
    places = tuple(word.span() for word in found)
    stops = [0, *(end for _, end in places)]
    gaps = tuple(text[stop:start] for stop, (start, _) in zip(stops, places, strict=False))
    bare = Words(tuple(word.group().casefold() for word in found), places, gaps, frozenset(), frozenset())
    named: set[int] = set()
    inside: set[int] = set()
    for start, end in {(span.start, span.end) for span in spans}:
        first, last = bare.at(start, end)
        named |= set(range(first, last + 1))
        inside |= set(range(first, last + 1)) if last > first else set()
    return bare._replace(named=frozenset(named), inside=frozenset(inside))


def _words(texts: Iterable[str]) -> frozenset[str]:
    listed = {word for text in texts for word in text.split()}
    return frozenset(listed | {canonical_text(word) for word in listed} - {"fur", ""})


def _phrases(texts: Iterable[str]) -> Phrases:
    listed = {tuple(WORD.findall(phrase)) for text in texts for phrase in text.split("|")}
    bare = {tuple(canonical_text(word) for word in phrase) for phrase in listed}
    return frozenset(listed | {phrase for phrase in bare if all(phrase) and phrase != ("fur",)})


FOR_WORDS = frozenset(word for text in cues.FOR_WORDS.values() for word in text.split())
COMPATIBLE_BEFORE = _phrases(cues.COMPATIBLE_BEFORE.values())
COMPATIBLE_BEHIND = _words(cues.COMPATIBLE_BEHIND.values())
AUDIENCE = _words(cues.AUDIENCE.values())
PASSED_OVER = _words(cues.PASSED_OVER.values())
ACCESSORIES = _words(cues.ACCESSORIES.values())
COMPARISON_BEFORE = _phrases(cues.COMPARISON_BEFORE.values())
COMPARISON_BEHIND = _words(cues.COMPARISON_BEHIND.values())
STRONG_REPLICA = _phrases(cues.STRONG_REPLICA.values())
WEAK_REPLICA = _phrases(cues.WEAK_REPLICA.values())
BUNDLE = _phrases(cues.BUNDLE.values())
NEGATIONS = frozenset(cues.NEGATIONS.split())
SCALES = frozenset(cues.SCALES.split())
OTHER_THINGS = frozenset(cues.REPLICA_OF_OTHER_THINGS.split())
FASHION = {word: number for number, text in cues.FASHION_GOODS.items() for word in text.split()}


def compatible_cue(words: Words, first: int, last: int) -> str:
    """The word that tells that goods go with the mark at words `first` to `last` (case for X), or nothing."""
    return _cue_before(words, first) or _cue_behind(words, last)


def _cue_before(words: Words, first: int) -> str:
    """Walk back over a list of names and numbers to a for-word; anything else ends the walk."""
    in_list = first > 0 and _is_listed(words, first)
    strangers = 0
    for place in range(first - 1, max(-1, first - 1 - REACH_BACK), -1):
        if STOP.search(words.gaps[place + 1]):
            return ""
        cue = words.ends(place, COMPATIBLE_BEFORE)
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
    return bool(LISTING.search(words.gaps[place])) or words.written[place - 1] in {
        "and",
        "or",
        "und",
        "oder",
        "et",
        "ou",
    }


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
    if words.written[place] in cues.FOR_WORDS_NEEDING_GOODS:
        return any(word in ACCESSORIES for word in words.written[max(0, place - 5) : place])
    return True


def _cue_behind(words: Words, last: int) -> str:
    for place in range(last + 1, min(len(words.written), last + 1 + REACH_BEHIND)):
        if STOP.search(words.gaps[place]) or "," in words.gaps[place]:
            return ""
        if words.written[place] in COMPATIBLE_BEHIND:
            follower = words.written[place + 1] if place + 1 < len(words.written) else ""
            is_of_another = follower in {"with", "mit", "avec", "con", "com", "met", "dengan"}
            return "" if is_of_another else words.written[place]
    return ""


def accessory_cue(words: Words, last: int) -> str:
    """The accessory named right behind a mark (X case), which makes another maker's goods go with it."""
    for place in range(last + 1, min(len(words.written), last + 1 + REACH_BEHIND)):
        if STOP.search(words.gaps[place]):
            return ""
        if words.written[place] in ACCESSORIES:
            return words.written[place]
    return ""


def comparison_cue(words: Words, first: int, last: int) -> str:
    """The word that only compares goods with the mark (like X, X style), or nothing."""
    if first > 0 and not STOP.search(words.gaps[first]):
        cue = words.ends(first - 1, COMPARISON_BEFORE)
        if cue:
            return cue
    behind = last + 1
    if behind < len(words.written) and words.written[behind] in COMPARISON_BEHIND:
        follower = words.written[behind + 1] if behind + 1 < len(words.written) else ""
        is_number = follower[:1].isdigit() or "#" in (words.gaps[behind + 1] if follower else "")
        if not STOP.search(words.gaps[behind]) and not is_number:
            return words.written[behind]
    return ""


def strong_replica_cue(text: str, words: Words) -> str:
    """The word that says an imitation is sold (replica, 1:1 beside a mark), or nothing."""
    for place in range(len(words.written)):
        cue = words.begins(place, STRONG_REPLICA)
        if cue and place not in words.inside and _speaks_of_goods(words, place, place + len(cue.split()) - 1):
            return cue
    for found in ONE_TO_ONE.finditer(text):
        first, last = words.at(*found.span())
        around = range(max(0, first - NEAR), min(len(words.written), last + NEAR + 1))
        measures = any(words.written[place] in SCALES for place in around)
        if not measures and any(place in words.named for place in around if not first <= place <= last):
            return "1:1"
    return ""


def weak_replica_cue(words: Words) -> str:
    """A word that often, but not only, stands on imitations (AAA, inspired), or nothing."""
    for place in range(len(words.written)):
        cue = words.begins(place, WEAK_REPLICA)
        if cue and place not in words.inside and _speaks_of_goods(words, place, place + len(cue.split()) - 1):
            return cue
    return ""


def _speaks_of_goods(words: Words, first: int, last: int) -> bool:
    behind = words.written[last + 1] if last + 1 < len(words.written) else ""
    before = words.written[max(0, first - NEAR) : first]
    return behind not in OTHER_THINGS and not any(word in NEGATIONS for word in before)


def bundle_cue(words: Words) -> str:
    """The word that sells several things as a lot, or nothing."""
    cues_found = (words.begins(place, BUNDLE) for place in range(len(words.written)))
    return next((cue for cue in cues_found if cue), "")


def fashion_classes(words: Words) -> frozenset[int]:
    """The classes 14, 18 and 25 whose goods the text names."""
    return frozenset(FASHION[word] for word in words.written if word in FASHION)
