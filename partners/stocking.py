"""Stocking: the vocabulary of the stored listings as this process sees it, and its files.

It follows the stock's own order (see records/stock.py), so no listing is missed; what it does not know yet is
there to be read behind its position. Volumes are kept as files, each telling from which position up to which
it knows all listings; a file that is missing, damaged or of another make is read anew from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import structlog
from msgspec import Struct
from sqlalchemy import Connection, func, select

from matching.index import Image
from matching.lexicon import Lexicon, told_apart
from matching.model import Field
from matching.vocabulary import FORMAT, Told, Vocabulary, Volume, build_volume
from matching.vocabulary.volume import Texts
from partners.db import Database
from partners.loops import Loop
from partners.records.feeds import last_place
from partners.records.organizations import organizations
from partners.records.stock import Stocked, list_stocked, stock
from partners.reference.frequencies import lexicon
from partners.snapshots import open_snapshot, write_snapshot

_SECONDS: Final = 1.0
_BATCH: Final = 2_000
_FIELDS: Final[tuple[Field, ...]] = ("title", "brand", "description")
KEPT_FROM: Final = 5_000
"""Volumes of fewer listings are not kept in files: they are read again in no time."""
_log = structlog.get_logger(__name__)


class Shelf(Struct, frozen=True):
    """A vocabulary, the position up to which it knows all listings, and what each of its volumes adds."""

    vocabulary: Vocabulary
    position: int
    upto: tuple[int, ...]


class Stock:
    """Holds the present vocabulary; `folder` keeps it for the next start."""

    def __init__(
        self,
        database: Database,
        words: Callable[[], Lexicon] = lexicon,
        folder: Path | None = None,
        kept_from: int = KEPT_FROM,
    ) -> None:
        self._database = database
        self._words = words
        self._folder = folder
        self._kept_from = kept_from
        self._shelf: Shelf | None = None
        self._loop = Loop("stocking", self.refresh, _SECONDS)
        self.start = self._loop.start
        self.stop = self._loop.stop
        self.wake = self._loop.wake

    @property
    def stocked(self) -> Shelf | None:
        """The present vocabulary; None until one was loaded."""
        return self._shelf

    def refresh(self) -> bool:
        """Load what is kept, or learn the next listings; tells whether there may be more of them."""
        shelf = self._shelf or self._load()
        with self._database.surveying("registry") as connection:
            behind = last_place(connection, stock.name) > shelf.position
            news = list_stocked(connection, shelf.position, _BATCH) if behind else []
        if news:
            shelf = self._learn(shelf, news)
        self._shelf = shelf
        if len(news) == _BATCH:
            return True
        self._keep(shelf)
        return False

    def _learn(self, shelf: Shelf, news: list[Stocked]) -> Shelf:
        before = shelf.vocabulary.volumes
        vocabulary = shelf.vocabulary.add(build_volume([_told(each) for each in news], self._words()))
        position = news[-1].position
        same = sum(one is other for one, other in zip(before, vocabulary.volumes, strict=False))
        return Shelf(vocabulary, position, (*shelf.upto[:same], position))

    def _load(self) -> Shelf:
        """The chain of volumes that are kept, as far as it goes."""
        words = self._words()
        with self._database.surveying("registry") as connection:
            last, name = last_place(connection, stock.name), _name_of(connection, words)
        volumes: list[Volume] = []
        upto: list[int] = []
        position = 0
        while following := self._open(name, position, last):
            volume, position = following
            volumes.append(volume)
            upto.append(position)
        return Shelf(Vocabulary(tuple(volumes), words), position, tuple(upto))

    def _open(self, name: str, after: int, last: int) -> tuple[Volume, int] | None:
        """The volume that begins behind a position and knows the most; no more than there is to be known."""
        for path in sorted(self._paths(after), key=_end_of, reverse=True):
            opened = open_snapshot(path, f"{name} {after}", FORMAT) if after < _end_of(path) <= last else None
            if opened:
                return _to_volume(opened[0].arrays), opened[1]
        return None

    def _paths(self, after: int) -> list[Path]:
        return list(self._folder.glob(f"listings-{after}-*.volume")) if self._folder else []

    def _keep(self, shelf: Shelf) -> None:
        """Keep volumes that are large enough, oldest first, and take away the files they replace."""
        if self._folder is None:
            return
        needed: set[str] = set()
        after = 0
        for volume, upto in zip(shelf.vocabulary.volumes, shelf.upto, strict=True):
            if len(volume.ids) < self._kept_from:
                break
            path = self._folder / f"listings-{after}-{upto}.volume"
            if not path.exists() and not self._write(path, after, upto, volume):
                return
            needed.add(path.name)
            after = upto
        for path in self._folder.glob("listings-*.volume"):
            if needed and path.name not in needed and _end_of(path) <= after:
                with suppress(OSError):
                    path.unlink()

    def _write(self, path: Path, after: int, upto: int, volume: Volume) -> bool:
        with self._database.surveying("registry") as connection:
            name = _name_of(connection, self._words())
        try:
            write_snapshot(path, f"{name} {after}", upto, _to_image(volume), FORMAT)
        except OSError as error:
            _log.warning("vocabulary_not_kept", error=type(error).__name__)
            return False
        return True


def _told(each: Stocked) -> Told:
    document = each.document
    if document is None:
        return each.id, None
    texts: dict[Field, str] = {}
    for field in _FIELDS:
        text = document.get(field)
        if isinstance(text, str):
            texts[field] = text
    return each.id, texts


def _to_image(volume: Volume) -> Image:
    ids = volume.ids.view("u1").reshape(len(volume.ids), -1) if len(volume.ids) else volume.ids
    return Image({**volume.texts._asdict(), "ids": ids}, 0)


def _to_volume(arrays: Mapping[str, Any]) -> Volume:
    texts = Texts(**{name: arrays[name] for name in Texts._fields})
    rows = arrays["ids"]
    return Volume(texts, rows.view(f"S{rows.shape[1]}").ravel())


def _end_of(path: Path) -> int:
    end = path.stem.rpartition("-")[2]
    return int(end) if end.isdigit() else 0


def _name_of(connection: Connection, words: Lexicon) -> str:
    """What tells these listings from others: the first organization, and the words they are read with."""
    first = connection.scalar(select(func.min(organizations.c.id)))
    return f"{first} {told_apart(words)}"
