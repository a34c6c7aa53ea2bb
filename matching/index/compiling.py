"""How inner loops become machine code: compiled at first use, kept beside the source for every process after.

A kernel is compiled anew when any source of the kernels has changed, not only its own. Where nothing can be
written (a read-only installation, no home) what lies there is used, and what does not is compiled a process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pkgutil import get_data
from typing import Any, Final, ParamSpec, TypeVar

import numba
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    InTreeCacheLocator,
    UserProvidedCacheLocator,
)

P = ParamSpec("P")
R = TypeVar("R")
Dispatcher = Any
"""A compiled function; numba has no types."""
_BARE: Final[dict[str, Any]] = {"_nrt": False}
SOURCES: Final = (
    "compiling",
    "intrinsics",
    "hashing",
    "sounding",
    "distance",
    "sketches",
    "lines",
    "buffers",
    "handing",
    "scoping",
    "commonness",
    "tokenizing",
    "leeting",
    "closing",
    "unpacking",
    "viewing",
    "windowing",
    "filing",
    "looking",
    "probing",
    "searching",
    "words",
    "completing",
)
VOCABULARY: Final = ("asking", "fitting", "scanning", "signing", "volume")
"""The same of the stored listings' vocabulary, whose kernels are made of these, too."""


@cache
def _stamp() -> str:
    """A digest of all sources of kernels."""
    digest = blake2b(digest_size=16)
    for name in SOURCES:
        digest.update(get_data("matching.index", f"{name}.py") or b"")
    for name in VOCABULARY:
        digest.update(get_data("matching", f"vocabulary/{name}.py") or b"")
    return digest.hexdigest()


class _Beside(InTreeCacheLocator):
    def get_source_stamp(self) -> str:
        return _stamp()

    def ensure_cache_path(self) -> None:
        with suppress(OSError):
            super().ensure_cache_path()  # type: ignore[no-untyped-call] # numba has no types


class _Given(UserProvidedCacheLocator):
    def get_source_stamp(self) -> str:
        return _stamp()


class _Places(CompileResultCacheImpl):
    _locator_classes: list[type[object]] = [_Given, _Beside]  # noqa: RUF012 - as numba declares it


class _Cache(FunctionCache):
    _impl_class = _Places

    def load_overload(self, sig: object, target_context: object) -> object:
        with suppress(OSError):
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call] # numba has no types
        return None

    def save_overload(self, sig: object, data: object) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call] # numba has no types


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function over arrays; it runs without the interpreter's lock."""
    return _kept(numba.njit(nogil=True, error_model="numpy")(function), function)


def inline(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a small function as a part of the kernels that call it."""
    compiled: Any = numba.njit(nogil=True, error_model="numpy")(function)
    done: Callable[P, R] = compiled
    return done


def bare_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """A kernel that makes no arrays and counts no references: twice as fast where it has many parts.

    All arrays belong to the caller for as long as the call lasts.
    """
    return _kept(numba.njit(nogil=True, error_model="numpy", **_BARE)(function), function)


def bare_inline(function: Callable[P, R]) -> Callable[P, R]:
    """A part of a kernel that makes no arrays and counts no references."""
    compiled: Any = numba.njit(nogil=True, error_model="numpy", **_BARE)(function)
    done: Callable[P, R] = compiled
    return done


def part(function: Callable[P, R]) -> Callable[P, R]:
    """A part of a bare kernel that only kernels call, never the interpreter: it has no door for that.

    A door unpacks every array of every named tuple; to make none halves the time that compiling takes.
    """
    doorless: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: Any = numba.njit(nogil=True, error_model="numpy", **_BARE, **doorless)(function)
    done: Callable[P, R] = compiled
    return done


def _kept(compiled: Dispatcher, function: Callable[P, R]) -> Callable[P, R]:
    make_cache: Any = _Cache
    compiled._cache = make_cache(function)  # noqa: SLF001 - numba's own decorator does just this
    done: Callable[P, R] = compiled
    return done
