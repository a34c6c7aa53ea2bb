"""Among: a column's value is one of many, given as a single parameter.

`IN` writes its list into the statement anew at every call, which costs the hot statements more than the
database's own work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Boolean, Column, ColumnElement, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Keys(TypeDecorator[Sequence[str]]):
    """Text keys as one value: JSON for SQLite, an array for PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Text) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:  # noqa: ANN401 - each dialect has its own
        if dialect.name == "postgresql" or value is None:
            return value
        return msgspec.json.encode(value).decode()


class _Among(FunctionElement[bool]):
    type = Boolean()
    _is_implicitly_boolean = True  # a condition already: on SQLite no `= 1` is added, which no index serves
    inherit_cache = True
    name = "among"


def among(column: ColumnElement[str] | Column[str], parameter: str) -> ColumnElement[bool]:
    """Whether a column's value is among the keys given as the parameter: a list of str."""
    return _Among(column, bindparam(parameter, type_=_Keys()))


@compiles(_Among, "sqlite")  # type: ignore[no-untyped-call,untyped-decorator,unused-ignore]  # SQLAlchemy leaves it untyped
def _compile_sqlite(element: _Among, compiler: SQLCompiler, **given: object) -> str:
    column, keys = (compiler.process(part, **given) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({keys}))"  # noqa: S608 - both were compiled


@compiles(_Among, "postgresql")  # type: ignore[no-untyped-call,untyped-decorator,unused-ignore]  # SQLAlchemy leaves it untyped
def _compile_postgresql(element: _Among, compiler: SQLCompiler, **given: object) -> str:
    column, keys = (compiler.process(part, **given) for part in element.clauses)
    return f"{column} = ANY({keys})"
