"""What comes in over the wire is bounded: no unknown field, no endless text, no pattern that leaks."""

import msgspec
import pytest
from litestar import Router
from litestar.routes import HTTPRoute
from msgspec import inspect as shapes

from api.app import ROOMS


def incoming_structs():
    """What the operations take: a body's struct, or a bulk-capable one's."""
    for room in ROOMS:
        for route in Router("/", route_handlers=[room]).routes:
            for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
                if bulk := handler.opt.get("bulk"):
                    yield bulk.takes
                elif "data" in (parameters := handler.parsed_fn_signature.parameters):
                    yield parameters["data"].annotation


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


INCOMING = sorted(set(incoming_structs()), key=lambda kind: kind.__name__)


@pytest.fixture(params=INCOMING, ids=lambda kind: kind.__name__)
def reached(request):
    kind = request.param
    return list(reach(msgspec.inspect.type_info(kind), kind.__name__, frozenset()))


def test_unknown_fields_are_refused_at_every_level(reached):
    structs = [(path, shape) for path, shape in reached if isinstance(shape, shapes.StructType)]
    assert [path for path, shape in structs if not shape.forbid_unknown_fields] == []


def test_every_text_has_a_greatest_length(reached):
    """It also closes the trap that `$` matches before a final newline.

    The keys of free mappings are left to the limit on all strings of a body.
    """
    texts = [(path, shape) for path, shape in reached if isinstance(shape, shapes.StrType)]
    texts = [(path, shape) for path, shape in texts if not path.endswith("{key}")]
    assert [path for path, shape in texts if shape.max_length is None] == []


def test_every_list_has_a_greatest_length(reached):
    kinds = (shapes.ListType, shapes.SetType, shapes.FrozenSetType, shapes.VarTupleType, shapes.DictType)
    lists = [(path, shape) for path, shape in reached if isinstance(shape, kinds)]
    assert [path for path, shape in lists if shape.max_length is None] == []
