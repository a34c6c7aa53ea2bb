"""What numpy cannot say to the processor: ask for memory ahead of time, and find and count set bits.

Each has a plain twin that answers the same, for processors on which the compiler cannot make it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped] # llvmlite has no types
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from matching.index.compiling import bare_inline

Numba = Any
"""What numba and llvmlite hand over: they have no types."""
Made = tuple[Any, Callable[..., Any]]
"""The types of an intrinsic, and what writes its code."""
_READ, _SOON, _DATA = 0, 3, 1
_1: Final = np.uint64(1)
LANES: Final = 16
_EMPTY: Final = np.uint32(0xFFFFFFFF)


def _prefetch(typing: Numba, array: Numba, place: Numba) -> Made:  # noqa: ARG001 - numba's signature
    def generate(context: Numba, builder: Numba, signature: Numba, arguments: Numba) -> Numba:
        kind, _ = signature.args
        struct = context.make_array(kind)(context, builder, arguments[0])
        where = builder.bitcast(builder.gep(struct.data, [arguments[1]]), cgutils.voidptr_t)
        number = ir.IntType(32)
        function = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call] # numba has no types
            builder.module,
            ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number]),
            "llvm.prefetch.p0",
        )
        builder.call(function, [where, *(ir.Constant(number, each) for each in (_READ, _SOON, _DATA))])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


def _trailing(typing: Numba, value: Numba) -> Made:  # noqa: ARG001 - numba's signature
    def generate(context: Numba, builder: Numba, signature: Numba, arguments: Numba) -> Numba:  # noqa: ARG001 - the same
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


def _counted(typing: Numba, value: Numba) -> Made:  # noqa: ARG001 - numba's signature
    def generate(context: Numba, builder: Numba, signature: Numba, arguments: Numba) -> Numba:  # noqa: ARG001 - the same
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


def _alike(typing: Numba, lines: Numba, place: Numba, shift: Numba, sought: Numba) -> Made:  # noqa: ARG001 - the same
    def generate(context: Numba, builder: Numba, signature: Numba, arguments: Numba) -> Numba:
        kind = signature.args[0]
        array, at, bits, fingerprint = arguments
        struct = context.make_array(kind)(context, builder, array)
        vector = ir.VectorType(ir.IntType(32), LANES)
        where = builder.bitcast(builder.gep(struct.data, [at]), vector.as_pointer())
        entries = builder.load(where, align=4)

        def spread(value: Numba) -> Numba:
            first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.IntType(32)(0))
            return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), ir.Constant(vector, None))

        same = builder.icmp_unsigned("==", builder.lshr(entries, spread(bits)), spread(fingerprint))
        used = builder.icmp_unsigned("!=", entries, spread(ir.IntType(32)(0xFFFFFFFF)))
        number, wide = ir.IntType(LANES), ir.IntType(64)
        found = builder.zext(builder.bitcast(builder.and_(same, used), number), wide)
        filled = builder.zext(builder.bitcast(used, number), wide)
        full = builder.lshr(filled, wide(LANES - 1))
        return builder.or_(found, builder.shl(full, wide(LANES)))

    return types.uint64(lines, types.int64, types.uint32, types.uint32), generate


prefetch: Final = cast("Callable[[NDArray[Any], int], None]", intrinsic(_prefetch))
"""Ask for the memory at a place of an array; it is there when it is read a little later."""
trailing_zeros: Final = cast("Callable[[np.uint64], np.uint64]", intrinsic(_trailing))
"""How many bits below the lowest set one are not set; 64 if none is set."""
alike: Final = cast("Callable[[NDArray[Any], int, np.uint32, np.uint32], np.uint64]", intrinsic(_alike))
"""Which entries of the line at a place have a fingerprint above `shift` bits, as bits; bit 16: it is full."""
count_bits: Final = cast("Callable[[np.uint64], np.uint64]", intrinsic(_counted))
"""How many bits are set."""


@bare_inline
def plain_prefetch(array: NDArray[Any], place: int) -> None:
    """Nothing: memory comes when it is read."""


@bare_inline
def plain_trailing_zeros(value: np.uint64) -> np.uint64:
    """The twin of `trailing_zeros`."""
    if value == np.uint64(0):
        return np.uint64(64)
    return plain_count_bits((value & (~value + _1)) - _1)


@bare_inline
def plain_count_bits(value: np.uint64) -> np.uint64:
    """The twin of `count_bits`."""
    value -= (value >> _1) & np.uint64(0x5555555555555555)
    value = (value & np.uint64(0x3333333333333333)) + (
        (value >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.uint64((value * np.uint64(0x0101010101010101)) >> np.uint64(56))


@bare_inline
def plain_alike(lines: NDArray[Any], place: int, shift: np.uint32, sought: np.uint32) -> np.uint64:
    """The twin of `alike`."""
    found = np.uint64(0)
    for lane in range(LANES):
        entry = lines[place + lane]
        if entry != _EMPTY and entry >> shift == sought:
            found |= _1 << np.uint64(lane)
    return found | (_1 << np.uint64(LANES) if lines[place + LANES - 1] != _EMPTY else np.uint64(0))
