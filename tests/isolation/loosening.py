"""Loosening: the same service with one condition taken out, to prove that the oracle notices.

The code layer is loosened where the database's door hands out the principal: one whose organization equals
the column of every row, in the tables that are named. Every query that asks "is it the principal's own?" of
such a table is then answered yes. Policies are loosened in the test's own database, by its owner.
"""

from __future__ import annotations

from contextlib import contextmanager

from msgspec.structs import replace
from sqlalchemy import Column, String, literal, true
from sqlalchemy.ext.compiler import compiles

from tests.backstage import WatchedDatabase


class Anybody(Column):
    """An organization's id that equals the column of any row of some tables, and itself elsewhere.

    Of two operands Python asks the one of the more special class first how they compare.
    """

    inherit_cache = False

    def __init__(self, own, tables):
        super().__init__("anybody", String)
        self.own, self.tables = own, tables

    def __eq__(self, other):
        if isinstance(other, Column):
            return true() if other.table.name in self.tables else other == self.own
        return other == self.own

    def __hash__(self):
        return hash(self.own)


@compiles(Anybody)
def write_own(element, compiler, **options):
    """Where it is written as a value, it is the organization's own id."""
    return compiler.process(literal(element.own), **options)


class LooseDatabase(WatchedDatabase):
    """A database whose reading door hands out a principal of anybody; `loose` names the tables."""

    loose: frozenset[str] = frozenset()

    @contextmanager
    def reading(self, claims):
        with super().reading(claims) as (connection, principal):
            anybody = Anybody(principal.organization_id, self.loose)
            yield connection, replace(principal, organization_id=anybody) if self.loose else principal
