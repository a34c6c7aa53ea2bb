"""Reach: what one role may do with the rows of one table, and which rows those are."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from partners.entering import ORGANIZATION

# Asked once for a statement, not for each row: that is what the inner select is for.
WHO: Final = f"(select current_setting('{ORGANIZATION}', true))"
EVERY_ROW: Final = "true"
VERBS: Final = {"r": "SELECT", "i": "INSERT", "u": "UPDATE", "d": "DELETE"}


class Reach(Struct, frozen=True):
    """`verbs` are letters of `VERBS`, `rows` is a condition in SQL.

    Without `columns` all may be read, without `changes` all may be changed. What is written must meet `kept`
    where that is narrower than what may be read.
    """

    verbs: str
    rows: str = EVERY_ROW
    columns: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    kept: str = ""

    def columns_of(self, verb: str) -> tuple[str, ...]:
        """The columns that a right is for; none: the table."""
        return self.columns if verb == "r" else self.changes if verb == "u" else ()


def own(verbs: str = "r", column: str = "organization_id", columns: str = "") -> Reach:
    """The rows that name the organization of the transaction."""
    return Reach(verbs, f"{column} = {WHO}", tuple(columns.split()))


def theirs(verbs: str, column: str, of: str, columns: str = "") -> Reach:
    """The rows whose `column` is the column `of` a row of another table which the role can see.

    Both with their tables. Asked row by row, by an index of the other table: a page does not read all of it.
    """
    rows = f"exists (select from {of.partition('.')[0]} where {of} = {column})"
    return Reach(verbs, rows, tuple(columns.split()))


def none() -> Reach:
    """No row, though it may be asked for."""
    return Reach("r", "false")


def every(verbs: str = "r", columns: str = "", changes: str = "") -> Reach:
    """All rows: for acts that join tenants, and for what is nobody's."""
    return Reach(verbs, EVERY_ROW, tuple(columns.split()), tuple(changes.split()))
