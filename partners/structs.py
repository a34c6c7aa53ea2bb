"""The Structs that rows and bodies become, learned before threads meet them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import msgspec

_learned: set[type[msgspec.Struct]] = set()
_one_at_a_time = threading.Lock()


def learn_structs() -> None:
    """Let msgspec read the annotations of every Struct there is by now.

    It reads them at a type's first use, and unguarded: another thread that uses the type meanwhile
    meets fields without types, and the process dies of it (a null pointer, msgspec 0.22).
    """
    with _one_at_a_time:
        for kind in set(_heirs(msgspec.Struct)) - _learned:
            # it holds what no message can, or names what is not there: nothing is ever read into it
            with suppress(TypeError, NameError):
                msgspec.json.Decoder(kind)
            _learned.add(kind)


def _heirs(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for heir in kind.__subclasses__():
        yield heir
        yield from _heirs(heir)
