"""Arrays from where they lie: what `matching.index.buffers.Handed` tells of them, for kernels to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast, get_type_hints

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped] # llvmlite has no types
from numba import from_dtype, types
from numba.extending import intrinsic
from numba.np import arrayobj

from matching.index.buffers import COLUMNS, Arrays, Places, Scratch
from matching.index.intrinsics import Made, Numba

_populate: Numba = arrayobj.populate_array
_named: Numba = types.NamedTuple
Taken = TypeVar("Taken", Arrays, Scratch)


def _kind(declared: Numba, columns: int) -> Numba:
    """The type of an array as kernels know it, by how it is declared."""
    number = declared.__args__[1].__args__[0]
    return types.Array(from_dtype(np.dtype(number)), 2 if columns else 1, "C")


def _taking(group: type[Taken]) -> Callable[[Places], Taken]:
    """What makes a group of arrays of their places, two numbers for each: its address and its size."""
    hints = get_type_hints(group)
    columns = [COLUMNS.get(name, 0) if group is Scratch else 0 for name in group._fields]
    kinds = [_kind(hints[name], many) for name, many in zip(group._fields, columns, strict=True)]
    taken = _named(kinds, group)

    def take(typing: Numba, places: Numba) -> Made:  # noqa: ARG001 - numba's signature
        def generate(context: Numba, builder: Numba, signature: Numba, arguments: Numba) -> Numba:
            told = context.make_array(signature.args[0])(context, builder, arguments[0])
            word = ir.IntType(64)
            made = []
            for number, (kind, many) in enumerate(zip(kinds, columns, strict=True)):
                address, size = (
                    builder.load(builder.gep(told.data, [word(2 * number + part)])) for part in (0, 1)
                )
                array = context.make_array(kind)(context, builder)
                width = context.get_abi_sizeof(context.get_data_type(kind.dtype))
                shape = [builder.sdiv(size, word(many)), word(many)] if many else [size]
                _populate(
                    array,
                    data=builder.inttoptr(address, array.data.type),
                    shape=shape,
                    strides=[word(width * many), word(width)] if many else [word(width)],
                    itemsize=word(width),
                    meminfo=None,
                )
                made.append(array._getvalue())  # noqa: SLF001 - as numba's own code takes it
            return context.make_tuple(builder, taken, made)

        return taken(places), generate

    return cast("Callable[[Places], Taken]", intrinsic(take))


arrays_at: Final = _taking(Arrays)
"""The arrays of a segment."""
scratch_at: Final = _taking(Scratch)
"""The buffers of a search."""
