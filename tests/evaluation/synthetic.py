"""Names disguised by rule in ordinary titles: is the right one among the candidates, by kind of disguise and
size of the registry; and names with hidden letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from random import Random

from matching.index import Index
from matching.model import Mark
from matching.normalization import canonical_text
from matching.screening import screen
from tests.evaluation import twists
from tests.evaluation.disguises import KINDS
from tests.evaluation.measures import Measured, names_found, share
from tests.evaluation.sets import key_of, offer_of

EACH = 100
HIDDEN = (25, 40, 60)
Disguise = Callable[[str, Random], str | None]


def _dnstwist(kind: str) -> Disguise:
    return lambda name, random: twists.twist(kind, name, random)


OWN: Mapping[str, Disguise] = KINDS
DNSTWIST: Mapping[str, Disguise] = {kind: _dnstwist(kind) for kind in twists.KINDS}


def measure_disguises(
    size: str, marks: Sequence[Mark], index: Index, hosts: list[str], scale: float = 1.0
) -> Iterator[Measured]:
    """Index recall of our generator and of dnstwist, for marks of at most five words and 4 to 25 letters."""
    random = Random(f"disguises {size}")  # noqa: S311 - repeatable, nothing secret
    fit = [mark for mark in random.sample(marks, min(len(marks), 40 * EACH)) if _fits(mark)]
    for generator, kinds in (("obfuscation", OWN), ("dnstwist", DNSTWIST)):
        everything: list[bool] = []
        for kind, disguise in kinds.items():
            rows = _found(random.sample(fit, len(fit)), disguise, index, hosts, random)
            found = list(islice(rows, round(EACH * scale)))
            everything += found
            yield share(f"{generator}.{size}.{kind}.recall", found)
        yield share(f"{generator}.{size}.all.recall", everything)


def _fits(mark: Mark) -> bool:
    return 4 <= len(key_of(mark.text)) <= 25 and len(canonical_text(mark.text).split()) <= 5


def _found(
    marks: Sequence[Mark], disguise: Disguise, index: Index, hosts: list[str], random: Random
) -> Iterator[bool]:
    for mark in marks:
        written = disguise(mark.text, random)
        if written is None:
            continue
        words = random.choice(hosts).split()[:10]
        words.insert(random.randint(0, len(words)), written)
        candidates = index.search({"title": " ".join(words)}).candidates
        yield any(each.mark_id == mark.id for each in candidates)


def measure_hidden(size: str, marks: Sequence[Mark], index: Index, scale: float = 1.0) -> Iterator[Measured]:
    """Names of which a share of the letters is hidden, the first one shown: first, or among three."""
    random = Random(f"hidden {size}")  # noqa: S311 - repeatable, nothing secret
    for percent in HIDDEN:
        ranks = []
        fit = [mark for mark in random.sample(marks, min(len(marks), 8 * EACH)) if _fits(mark)]
        for mark in fit[: round(2 * EACH * scale)]:
            names = names_found(screen(offer_of(_hidden(mark.text, percent, random)), index), index)
            key = key_of(mark.text)
            ranks.append(names.index(key) if key in names else 99)
        yield share(f"masked.synthetic.{size}.{percent}_hidden.top1", (rank == 0 for rank in ranks))
        yield share(f"masked.synthetic.{size}.{percent}_hidden.top3", (rank < 3 for rank in ranks))


def _hidden(name: str, percent: int, random: Random) -> str:
    places = [place for place, letter in enumerate(name) if place and letter.isalnum()]
    for place in random.sample(places, min(len(places), round(len(name) * percent / 100))):
        name = f"{name[:place]}⭐{name[place + 1 :]}"
    return name
