"""From marks to arrays, one mark at a time: no more is held of them than what a segment keeps."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import fields
from numpy.typing import NDArray

from matching.index.entries import BARE, entries_of
from matching.index.hashing import Hashes
from matching.index.scoping import word_of
from matching.index.words import Entries
from matching.lexicon import Lexicon
from matching.model import Mark

_DEFAULTS: Final = {field.name: field.default for field in fields(Mark)}
_pack: Final = msgspec.msgpack.Encoder().encode
_unpack: Final = msgspec.msgpack.Decoder(Mark).decode


class Gathered(NamedTuple):
    """Entries of marks; and each mark itself, mark m in packed[bounds[m]:bounds[m + 1]], the hash of its id,
    and what it meets (see `matching.index.scoping`).
    """

    entries: Entries
    packed: NDArray[np.uint8]
    bounds: NDArray[np.int64]
    ids: NDArray[np.uint32]
    words: Hashes


def gather(marks: Iterable[Mark], lexicon: Lexicon) -> Gathered:
    """Gather marks; of those with the same id only the last."""
    texts, sizes, owners, sources = bytearray(), array("I"), array("I"), array("H")
    packed, lengths, ids, words = bytearray(), array("I"), array("I"), array("Q")
    for place, mark in enumerate(marks):
        for entry in entries_of(mark, lexicon):
            text = " ".join(entry.words)
            texts += text.encode("ascii")
            sizes.append(len(text))
            owners.append(place)
            sources.append(entry.source | BARE if entry.is_bare else entry.source)
        each = _packed(mark)
        packed += each
        lengths.append(len(each))
        ids.append(hash_of(mark.id))
        words.append(word_of(mark))
    entries = Entries(
        texts=_taken(texts, np.uint8),
        bounds=bounds_of(_taken(sizes, np.uint32)),
        owners=_taken(owners, np.uint32),
        sources=_taken(sources, np.uint16),
    )
    whole = Gathered(
        entries,
        _taken(packed, np.uint8),
        bounds_of(_taken(lengths, np.uint32)),
        _taken(ids, np.uint32),
        _taken(words, np.uint64),
    )
    return _without(whole, _earlier(whole))


def _packed(mark: Mark) -> bytes:
    """A mark as it is kept; half a surrogate pair, which no UTF-8 text holds, is kept as a question mark."""
    given = _given(mark)
    try:
        return _pack(given)
    except UnicodeEncodeError:
        return _pack({name: _legible(value) for name, value in given.items()})


def _legible(value: Any) -> Any:  # noqa: ANN401 - whatever a mark's field is
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return tuple(map(_legible, value)) if isinstance(value, tuple) else value


def _given(mark: Mark) -> dict[str, Any]:
    """What of a mark is not as it is by default."""
    return {name: value for name, default in _DEFAULTS.items() if (value := getattr(mark, name)) != default}


def hash_of(mark_id: str) -> int:
    """An id as a number of 32 bits, the same in every process; few marks share one."""
    return int.from_bytes(blake2b(mark_id.encode(), digest_size=4).digest(), "little")


def _taken(values: bytearray | array[int], kind: type[np.generic]) -> NDArray[Any]:
    """What was gathered as an array, where it lies."""
    return np.frombuffer(values, dtype=kind)


def bounds_of(sizes: NDArray[Any]) -> NDArray[np.int64]:
    """Where stretches of these sizes begin and end when they lie one behind the other."""
    bounds = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, dtype=np.int64, out=bounds[1:])
    return bounds


def stretches(
    values: NDArray[Any], bounds: NDArray[Any], kept: NDArray[np.bool_]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The kept stretches of an array one behind the other, and their bounds."""
    sizes = np.diff(bounds)
    return values[np.repeat(kept, sizes)], bounds_of(sizes[kept])


def _earlier(gathered: Gathered) -> list[int]:
    """The marks whose id comes again later."""
    order = np.argsort(gathered.ids, kind="stable")
    same = np.flatnonzero(gathered.ids[order][1:] == gathered.ids[order][:-1])
    latest: dict[str, int] = {}
    gone = []
    for place in np.unique(np.concatenate([order[same], order[same + 1]])).tolist():
        mark_id = _unpack(gathered.packed[gathered.bounds[place] : gathered.bounds[place + 1]].data).id
        if mark_id in latest:
            gone.append(latest[mark_id])
        latest[mark_id] = place
    return gone


def _without(gathered: Gathered, gone: list[int]) -> Gathered:
    if not gone:
        return gathered
    entries = gathered.entries
    alive = np.ones(len(gathered.ids), dtype=bool)
    alive[gone] = False
    places = (np.cumsum(alive) - 1).astype(np.uint32)
    kept = alive[entries.owners]
    texts, bounds = stretches(entries.texts, entries.bounds, kept)
    packed, mark_bounds = stretches(gathered.packed, gathered.bounds, alive)
    return Gathered(
        Entries(texts, bounds, places[entries.owners[kept]], entries.sources[kept]),
        packed,
        mark_bounds,
        gathered.ids[alive],
        gathered.words[alive],
    )
