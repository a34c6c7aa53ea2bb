"""Snapshot files: the registry index as it was at a place of the registry's order, mapped into memory.

A file begins with a page of its own (magic, length and checksum of the header, header), then the arrays, each
at a multiple of 4,096 bytes. It is written beside its place, synced, and renamed; whoever has the old one
mapped keeps it. Mappings are private: no reader can harm the file, and what nobody writes is shared.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from matching.index import Image, image_format

SNAPSHOT: Final = "registry.index"
"""What a snapshot is called in its folder; one that is being written is called so behind a dot."""
SNAPSHOT_FOLDER: Final = "index"
"""Where snapshots lie in DATA_DIR."""
_MAGIC: Final = b"TSINDEX1"
_PAGE: Final = 4_096


class _Array(Struct, frozen=True):
    name: str
    kind: str
    shape: tuple[int, ...]
    offset: int
    size: int


class _Header(Struct, frozen=True, kw_only=True):
    format: str
    registry: str
    version: int
    seed: int
    size: int
    checksum: int
    arrays: tuple[_Array, ...]


def write_snapshot(path: Path, registry: str, version: int, image: Image, form: str | None = None) -> None:
    """Write an image in place of an older one; `registry` names whose it is, `version` how far it knows.

    `form` tells how its arrays are to be read: the index's own unless it is another's.

    Raises:
        OSError: it cannot be written; an older file is then as it was.
    """
    arrays, size = _laid(image.arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            checksum = _write_arrays(file, arrays, image.arrays, _first_offset(arrays))
            header = _Header(
                format=form or image_format(),
                registry=registry,
                version=version,
                seed=image.seed,
                size=size,
                checksum=checksum,
                arrays=tuple(arrays),
            )
            packed = msgspec.json.encode(header)
            file.seek(0)
            file.write(_MAGIC + _number(len(packed)) + _number(zlib.crc32(packed)) + packed)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def open_snapshot(path: Path, registry: str, form: str | None = None) -> tuple[Image, int] | None:
    """The image that lies in a file and its version; None if there is none, or of another format or
    registry, or damaged.
    """
    with suppress(OSError, ValueError, msgspec.DecodeError):
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        header = _read_header(mapped)
        if header.format == (form or image_format()) and header.registry == registry:
            body = memoryview(mapped)[_first_offset(header.arrays) :]
            if header.size == len(mapped) and header.checksum == zlib.crc32(body):
                arrays = {each.name: _array(mapped, each) for each in header.arrays}
                return Image(arrays, header.seed), header.version
    return None


def forget_snapshots(folder: Path) -> int:
    """Remove all snapshots of a folder, and what a crash left of one; returns how many files there were."""
    files = [file for file in folder.glob("*") if file.name.lstrip(".").startswith(SNAPSHOT)]
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def _laid(arrays: Mapping[str, NDArray[Any]]) -> tuple[list[_Array], int]:
    """Where each array will lie, and the size of the whole; the first pages are the header's."""
    laid: list[_Array] = []
    offset = 2 * _PAGE
    for name, array in arrays.items():
        laid.append(_Array(name, array.dtype.str, array.shape, offset, array.nbytes))
        offset += -(-array.nbytes // _PAGE) * _PAGE
    return laid, offset


def _first_offset(arrays: tuple[_Array, ...] | list[_Array]) -> int:
    return arrays[0].offset


def _write_arrays(
    file: IO[bytes], laid: list[_Array], arrays: Mapping[str, NDArray[Any]], behind: int
) -> int:
    """Write all arrays behind the header's pages; returns their checksum, gaps included."""
    file.write(bytes(behind))
    checksum = 0
    for each in laid:
        for part in (np.ascontiguousarray(arrays[each.name]).data.cast("B"), bytes(-each.size % _PAGE)):
            file.write(part)
            checksum = zlib.crc32(part, checksum)
    return checksum


def _number(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _read_header(data: mmap.mmap) -> _Header:
    """The header of a file.

    Raises:
        ValueError: these bytes are not a snapshot's, or damaged.
    """
    length, checksum = int.from_bytes(data[8:16], "little"), int.from_bytes(data[16:24], "little")
    packed = data[24 : 24 + length]
    if data[:8] != _MAGIC or length > 2 * _PAGE - 24 or zlib.crc32(packed) != checksum:
        raise ValueError("no snapshot of an index")
    return msgspec.json.decode(packed, type=_Header)


def _array(mapped: mmap.mmap, each: _Array) -> NDArray[Any]:
    kind = np.dtype(each.kind)
    if not each.size:
        return np.empty(each.shape, dtype=kind)
    count = each.size // kind.itemsize
    return np.frombuffer(mapped, dtype=kind, count=count, offset=each.offset).reshape(each.shape)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
