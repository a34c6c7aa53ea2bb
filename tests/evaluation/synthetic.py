"""Names disguised by rule in ordinary titles: is the right one among the candidates, by kind of disguise and
size of the registry; long names with an error or without a word; and names with hidden letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from anyascii import anyascii

from matching.index import Index
from matching.index.living import Found
from matching.model import Mark
from matching.normalization import canonical_text
from tests.evaluation import twists
from tests.evaluation.disguises import KINDS, deleted, exact, inserted, substituted
from tests.evaluation.measures import Measured, ranked, share
from tests.evaluation.sets import key_of

EACH = 200
"""So many cases of each kind and size."""
DRAWN = 20 * EACH
HIDDEN = (25, 40, 60)
LETTERS = range(4, 26)
SCRIPTS: Mapping[str, str] = {
    "cyrillic": "CYRILLIC",
    "greek": "GREEK",
    "arabic": "ARABIC",
    "thai": "THAI",
    "hangul": "HANGUL",
    "han": "CJK",
    "kana": "KATAKANA|HIRAGANA",
}
"""How the names of a script's letters begin in Unicode."""
AMID: Mapping[str, str] = {
    "thai": "กระเป๋า{}ใหม่",
    "han": "新款{}正品鞋子",
    "kana": "新品{}の靴",
}
"""Ordinary titles without spaces, in which a name is put."""
AMID_SAME: Mapping[str, str] = {
    "han": "新款{}运动鞋正品",
    "kana": "メンズ{}スニーカー",
    "hangul": "새로운{}운동화",
    "thai": "กระเป๋า{}ของแท้",
}
"""Titles whose letters beside the name are of its script: no change of script tells where it begins."""
MOST_WORDS = 5
MOST_LETTERS = 40
Disguise = Callable[[str, Random], str | None]


def _dnstwist(kind: str) -> Disguise:
    return lambda name, random: twists.twist(kind, name, random)


def _one_edit(name: str, random: Random) -> str:
    return random.choice((deleted, inserted, substituted))(name, random)


def _word_dropped(name: str, random: Random) -> str:
    words = name.split()
    del words[random.randrange(len(words))]
    return " ".join(words)


OWN: Mapping[str, Disguise] = KINDS
DNSTWIST: Mapping[str, Disguise] = {kind: _dnstwist(kind) for kind in twists.KINDS}
LONG: Mapping[str, Disguise] = {"exact": exact, "one_edit": _one_edit, "word_dropped": _word_dropped}


def measure_disguises(
    size: str, marks: Sequence[Mark], index: Index, hosts: list[str], scale: float = 1.0
) -> Iterator[Measured]:
    """Index recall of our generator and of dnstwist, for marks of at most five words and 4 to 25 letters."""
    random = Random(f"disguises {size}")  # noqa: S311 - repeatable, nothing secret
    fit = [mark for mark in random.sample(marks, min(len(marks), DRAWN)) if _fits(mark)]
    for generator, kinds in (("obfuscation", OWN), ("dnstwist", DNSTWIST)):
        everything: list[bool] = []
        for kind, disguise in kinds.items():
            found = _found(fit, disguise, index, hosts, random, round(EACH * scale))
            everything += found
            yield share(f"{generator}.{size}.{kind}.recall", found)
        yield share(f"{generator}.{size}.all.recall", everything)


def measure_long(
    size: str, marks: Sequence[Mark], index: Index, hosts: list[str], scale: float = 1.0
) -> Iterator[Measured]:
    """Index recall of marks of more than five words or 40 letters: as they are, with an error, or a word
    less.
    """
    random = Random(f"long {size}")  # noqa: S311 - repeatable, nothing secret
    fit = [mark for mark in random.sample(marks, min(len(marks), 5 * DRAWN)) if _is_long(mark)]
    for kind, disguise in LONG.items():
        found = _found(fit, disguise, index, hosts, random, round(EACH * scale))
        if found:
            yield share(f"long.{size}.{kind}.recall", found)


def _fits(mark: Mark) -> bool:
    return len(key_of(mark.text)) in LETTERS and len(canonical_text(mark.text).split()) <= MOST_WORDS


def _is_long(mark: Mark) -> bool:
    words = canonical_text(mark.text).split()
    return len(words) > MOST_WORDS or len("".join(words)) > MOST_LETTERS


def _found(
    marks: Sequence[Mark], disguise: Disguise, index: Index, hosts: list[str], random: Random, count: int
) -> list[bool]:
    """For `count` of the marks that can be disguised so: is the mark a candidate, in an ordinary title?"""
    asked: list[tuple[str, str]] = []
    for mark in random.sample(marks, len(marks)):
        if len(asked) == count:
            break
        written = disguise(mark.text, random)
        if written is not None:
            words = random.choice(hosts).split()[:10]
            words.insert(random.randint(0, len(words)), written)
            asked.append((mark.id, " ".join(words)))
    answers = index.search_many([{"title": title} for _, title in asked])
    return [
        any(each.mark_id == mark_id for each in answer.candidates)
        for (mark_id, _), answer in zip(asked, answers, strict=True)
    ]


def measure_scripts(
    size: str, marks: Sequence[Mark], index: Index, hosts: list[str], scale: float = 1.0
) -> Iterator[Measured]:
    """Names in other scripts than Latin: as they are among words, as they are amid a text of their script
    without spaces, and as they are spelled in Latin letters.
    """
    random = Random(f"scripts {size}")  # noqa: S311 - repeatable, nothing secret
    for script, letters in SCRIPTS.items():
        fit = [mark for mark in marks if _is_in(mark.text, letters) and 2 <= len(mark.text) <= 12]
        fit = random.sample(fit, min(len(fit), round(EACH * scale)))
        if fit:
            room = f"scripts.{size}.{script}"
            yield share(f"{room}.exact.recall", _found(fit, exact, index, hosts, random, len(fit)))
            yield share(f"{room}.spelled.recall", _found(fit, _spelled, index, hosts, random, len(fit)))
        if fit and script in AMID:
            amid = [AMID[script].format(mark.text) for mark in fit]
            answers = index.search_many([{"title": title} for title in amid])
            yield share(f"{room}.without_spaces.recall", map(_names, fit, answers))
        if fit and script in AMID_SAME:
            amid = [AMID_SAME[script].format(mark.text) for mark in fit]
            answers = index.search_many([{"title": title} for title in amid])
            yield share(f"{room}.amid_same_script.recall", map(_names, fit, answers))


def _is_in(name: str, script: str) -> bool:
    """Whether all letters of a name are of a script, by their names in Unicode."""
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(re.match(script, unicodedata.name(letter, "")) for letter in letters)


def _spelled(name: str, _: Random) -> str:
    return anyascii(name)


def _names(mark: Mark, answer: Found) -> bool:
    return any(each.mark_id == mark.id for each in answer.candidates)


def measure_hidden(size: str, marks: Sequence[Mark], index: Index, scale: float = 1.0) -> Iterator[Measured]:
    """Names of which a share of the letters is hidden, the first one shown: first, or among three."""
    random = Random(f"hidden {size}")  # noqa: S311 - repeatable, nothing secret
    for percent in HIDDEN:
        fit = [mark for mark in random.sample(marks, min(len(marks), DRAWN)) if _fits(mark)]
        names = [mark.text for mark in fit[: round(2 * EACH * scale)]]
        written = [_hidden(name, percent, random) for name in names]
        yield from ranked(f"masked.synthetic.{size}.{percent}_hidden", written, names, index)


def _hidden(name: str, percent: int, random: Random) -> str:
    places = [place for place, letter in enumerate(name) if place and letter.isalnum()]
    for place in random.sample(places, min(len(places), round(len(name) * percent / 100))):
        name = f"{name[:place]}⭐{name[place + 1 :]}"
    return name
