"""Numbering: events are counted for each subject and organization, so that stale news can be dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, select

from partners.db import add_up, count_up, metadata

_AT_ONCE: Final = 500

event_subjects = Table(
    "event_subjects",
    metadata,
    Column("organization_id", String(40), ForeignKey("organizations.id"), primary_key=True),
    Column("subject", String(60), primary_key=True),
    Column("sequence", Integer, nullable=False),
)


def next_numbers(connection: Connection, keys: Sequence[tuple[str, str]]) -> list[int]:
    """The next number of each subject of an organization, as often as it comes."""
    if len(keys) == 1:
        only = {"organization_id": keys[0][0], "subject": keys[0][1]}
        return [count_up(connection, event_subjects, only, "sequence")]
    often = Counter(keys)
    # in one order, so that two transactions never wait for each other
    rows = [
        {"organization_id": one, "subject": other, "sequence": often[one, other]}
        for one, other in sorted(often)
    ]
    add_up(connection, event_subjects, rows, ["organization_id", "subject"], "sequence")
    columns = event_subjects.c
    last: dict[tuple[str, str], int] = {}
    for first in range(0, len(rows), _AT_ONCE):
        subjects = [row["subject"] for row in rows[first : first + _AT_ONCE]]
        found = select(columns.organization_id, columns.subject, columns.sequence)
        for row in connection.execute(found.where(columns.subject.in_(subjects))):
            last[row.organization_id, row.subject] = row.sequence
    behind = {key: last[key] - count for key, count in often.items()}
    numbers: list[int] = []
    for key in keys:
        behind[key] += 1
        numbers.append(behind[key])
    return numbers
