"""An index as plain arrays, to be kept in a file and read where it lies; files are the caller's matter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pkgutil import get_data
from typing import Any, Final

from msgspec import Struct
from numpy.typing import NDArray

from matching.index.buffers import Arrays
from matching.index.commonness import table_of
from matching.index.compiling import SOURCES
from matching.index.living import Index, Layer
from matching.index.search import Words
from matching.index.segment import Filed, Segment
from matching.lexicon import Lexicon

_ENTRY_SOURCES: Final = (
    "model",
    "reading",
    "normalization",
    "letters",
    "legal_forms",
    "clitics",
    "lexicon",
    "legal_status",
    "territories",
)
_INDEX_SOURCES: Final = (*SOURCES, "entries", "gathering", "segment", "imaging")


class Image(Struct, frozen=True):
    """All arrays of an index by name, and the seed of its hashes."""

    arrays: Mapping[str, NDArray[Any]]
    seed: int


@cache
def image_format() -> str:
    """Changes with the code that fills or reads the arrays: an image of another format is of no use."""
    digest = blake2b(digest_size=16)
    for package, names in (("matching", _ENTRY_SOURCES), ("matching.index", _INDEX_SOURCES)):
        for name in names:
            digest.update(get_data(package, f"{name}.py") or b"")
    return digest.hexdigest()


def to_image(index: Index) -> Image:
    """The arrays of an index of one segment; `rebuilt` makes it one."""
    (layer,) = (index if len(index.layers) == 1 and not index.layers[0].gone else index.rebuilt()).layers
    arrays = layer.segment.arrays._asdict() | layer.segment.filed._asdict()
    return Image(arrays, layer.segment.seed)


def from_image(image: Image, words: Lexicon) -> Index:
    """The index whose image this is; its arrays are used as they are, they must be aligned and writable.

    Raises:
        KeyError: an array is missing.
    """
    arrays = Arrays(**{name: image.arrays[name] for name in Arrays._fields})
    filed = Filed(**{name: image.arrays[name] for name in Filed._fields})
    return Index((Layer(Segment(arrays, filed, image.seed)),), Words(words, table_of(words)))
