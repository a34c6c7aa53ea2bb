"""What comes in over the wire is bounded: no unknown field, no endless text, no pattern that leaks."""

import importlib
import pkgutil

import msgspec
import pytest
from msgspec import Struct
from msgspec import inspect as shapes

import api.v1


def own_structs():
    for module in pkgutil.iter_modules(api.v1.__path__, "api.v1."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Struct) and value.__module__ == module.name:
                yield value


def reach(shape, path, seen):
    """Every type below a type, with the way to it."""
    yield path, shape
    match shape:
        case shapes.StructType() if shape.cls not in seen:
            for field in shape.fields:
                yield from reach(field.type, f"{path}.{field.encode_name}", seen | {shape.cls})
        case shapes.UnionType():
            for option in shape.types:
                yield from reach(option, path, seen)
        case shapes.ListType() | shapes.SetType() | shapes.FrozenSetType() | shapes.VarTupleType():
            yield from reach(shape.item_type, f"{path}[]", seen)
        case shapes.DictType():
            yield from reach(shape.key_type, f"{path}{{key}}", seen)
            yield from reach(shape.value_type, f"{path}{{}}", seen)
        case shapes.Metadata():
            yield from reach(shape.type, path, seen)


INCOMING = [kind for kind in own_structs() if kind.__name__.endswith("In")]


@pytest.fixture(params=INCOMING, ids=lambda kind: kind.__name__)
def reached(request):
    kind = request.param
    return list(reach(msgspec.inspect.type_info(kind), kind.__name__, frozenset()))


def test_unknown_fields_are_refused_at_every_level(reached):
    structs = [(path, shape) for path, shape in reached if isinstance(shape, shapes.StructType)]
    assert [path for path, shape in structs if not shape.forbid_unknown_fields] == []


def test_every_text_has_a_greatest_length(reached):
    """It also closes the trap that `$` matches before a final newline."""
    texts = [(path, shape) for path, shape in reached if isinstance(shape, shapes.StrType)]
    assert [path for path, shape in texts if shape.max_length is None] == []


def test_every_list_has_a_greatest_length(reached):
    kinds = (shapes.ListType, shapes.SetType, shapes.FrozenSetType, shapes.VarTupleType, shapes.DictType)
    lists = [(path, shape) for path, shape in reached if isinstance(shape, kinds)]
    assert [path for path, shape in lists if shape.max_length is None] == []
