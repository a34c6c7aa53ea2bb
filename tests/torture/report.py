"""The torture report: one line for each case on each database."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct, to_builtins
from rich.console import Console
from rich.table import Table


class Line(Struct, kw_only=True):
    """What a case came to; `pass_line` says what was demanded."""

    case: str
    database: str
    sent: int = 0
    lost: int = 0
    duplicated: int = 0
    kills: int = 0
    seconds: float = 0.0
    pass_line: str = ""


class Report:
    """Collected while the tests run."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def add(self, line: Line) -> None:
        self.lines.append(line)

    def table(self) -> Table:
        names = ("case", "database", "kills", "sent", "lost", "duplicated", "seconds", "pass_line")
        table = Table(*names, title="Torture")
        for line in self.lines:
            values = [getattr(line, name) for name in names]
            table.add_row(*(f"{value:.1f}" if isinstance(value, float) else str(value) for value in values))
        return table

    def write(self, path: Path) -> None:
        """Write what was found; lines of cases that were not run again stay."""
        path.parent.mkdir(exist_ok=True)
        known = json.loads(path.read_text()) if path.exists() else []
        fresh = [to_builtins(line) for line in self.lines]
        again = {(line["case"], line["database"]) for line in fresh}
        kept = [line for line in known if (line["case"], line["database"]) not in again]
        path.write_text(json.dumps(kept + fresh, indent=1) + "\n")

    def show(self) -> None:
        Console(width=150).print(self.table())
