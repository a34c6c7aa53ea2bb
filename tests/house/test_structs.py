"""What threads read messages into is learned before there are threads: see partners/structs.py."""

from __future__ import annotations

import ast
from importlib import import_module

import msgspec

from partners.db import Database
from partners.records.clients import admit
from partners.structs import _heirs, _learned

FLOORS = ("api", "openapi", "webhooks", "partners", "matching")
SERVING = "api.commands.serving"
READS = {"convert", "decode", "Decoder"}


def ours(kind):
    """Litestar makes Structs of handlers' parameters, too, which the loop's thread alone uses."""
    return kind.__module__.split(".")[0] in FLOORS and not kind.__name__.endswith("_signature_model")


def test_a_serving_process_has_learned_every_struct_once_its_database_is_open(tmp_path):
    import_module(SERVING)
    Database(f"sqlite+pysqlite:///{tmp_path / 'touchstone.db'}", admit).close()
    found = {kind for kind in _heirs(msgspec.Struct) if ours(kind)}
    assert len(found) > 200
    assert found - _learned == set()


def kinds_of_classes(text):
    """The names that the classes of a module are made from, by decorator or by base."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            yield from (ast.unparse(each).partition("(")[0] for each in (*node.bases, *node.decorator_list))


def test_messages_are_read_into_structs_alone(sources):
    """The fields of other classes are read late, too, and nobody learns them; the engine reads no message."""
    floors = {path: text for path, text in sources.items() if path.split("/")[0] in FLOORS}
    late = {"dataclass", "dataclasses.dataclass", "TypedDict", "NamedTuple"}
    found = {path for path, text in floors.items() if set(kinds_of_classes(text)) & late}
    assert {path for path in found if not path.startswith("matching/")} == set()
    readers = {
        path
        for path, text in floors.items()
        if path.startswith("matching/")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr in READS and "msgspec" in ast.unparse(node)
    }
    own = {"matching/index/gathering.py", "matching/index/segment.py"}
    assert readers == own  # the marks that the index holds, which are Structs


def test_no_struct_is_made_inside_a_function(sources):
    """It would come into being after the others were learned."""
    late = [
        f"{path}: {inner.name}"
        for path, text in sources.items()
        if path.split("/")[0] in FLOORS
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.ClassDef) and "Struct" in {ast.unparse(base) for base in inner.bases}
    ]
    assert late == []
