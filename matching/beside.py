"""Marks plainly named beside a word that says an imitation is sold, though the name alone tells little."""

from __future__ import annotations

from typing import Final

from matching.comparison import Scene
from matching.model import Span

NEAR: Final = 3
"""So many words may stand between a cue and a mark of few letters, or one that is an ordinary word."""
FEWEST_JOINED: Final = 5
"""A name of fewer letters whose spaces differ may be other words."""
SHORT: Final = 3
ORDINARY: Final = 3.5
ABBREVIATION: Final = 4.0
"""Codes as frequent as that (XL, UK, TV) stand in titles for other things than a mark."""
NO_APOSTROPHES: Final = str.maketrans("", "", "'’")
"""Levi's is Levis to those who write in haste."""
SURELY, PERHAPS = 2.0, 1.0


def named_beside_cue(scene: Scene, cue: Span | None) -> float:
    """Whether a word that says an imitation is sold stands by the mark, written with its exact letters: 2 for
    a name that is hardly anything else (written as one, in another script, two capitals), 1 for a dictionary
    word in its own spelling.
    """
    found = scene.candidate
    if cue is None or found.distance or found.kind != "exact" or scene.covered:
        return 0.0
    evasions = set(found.evasions)
    if evasions == {"spacing"} and all(len(word) == 1 for word in found.mark_words):
        is_known = scene.lexicon.frequency.get(scene.key, 0.0) >= ABBREVIATION
        return 0.0 if is_known or len(scene.key) < SHORT or not _is_near(scene, cue) else SURELY
    if evasions and evasions <= {"spacing", "transliteration"}:
        return _of_other_spelling(scene)
    if evasions or not scene.is_plain or not _is_near(scene, cue):
        return 0.0
    return _of_own_spelling(scene)


def _of_other_spelling(scene: Scene) -> float:
    if len(scene.key) < FEWEST_JOINED:
        return 0.0
    written = scene.candidate.words
    are_words = all(scene.lexicon.ordinariness(word) >= ORDINARY for word in written)
    return PERHAPS if are_words and "spacing" in scene.candidate.evasions else SURELY


def _of_own_spelling(scene: Scene) -> float:
    shown = scene.candidate.span.text
    has_small = any(letter.islower() for letter in scene.text)
    if len(scene.key) <= SHORT:
        is_code = shown.isupper() and has_small
        is_known = scene.lexicon.frequency.get(scene.key, 0.0) >= ABBREVIATION
        return (PERHAPS if is_known else SURELY) if is_code else 0.0
    is_same = shown == scene.candidate.matched.translate(NO_APOSTROPHES if shown.isalnum() else {})
    is_own = is_same and shown != shown.lower() and (has_small or not shown.isupper())
    return PERHAPS if is_own else 0.0


def _is_near(scene: Scene, cue: Span) -> bool:
    if cue.field != scene.candidate.span.field:
        return False
    first, last = scene.words.at(scene.candidate.span.start, scene.candidate.span.end)
    begin, end = scene.words.at(cue.start, cue.end)
    return begin - last <= NEAR + 1 and first - end <= NEAR + 1
