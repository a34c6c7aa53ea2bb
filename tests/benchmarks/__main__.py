"""All benchmarks: `python -m tests.benchmarks [ROOM ...]` prints a table and writes var/bench.json."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOMS = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def main(rooms: list[str]) -> None:
    """Measure the rooms named, or all; a room is a module beside this one with a function `measure`."""
    console = Console(width=None if sys.stdout.isatty() else 100)
    measured: dict[str, float] = {}
    for room in rooms or ROOMS:
        console.print(f"Measuring {room} ...")
        measured |= import_module(f"tests.benchmarks.{room}").measure()
    table = Table("measurement", "value", title="Benchmarks")
    for name, value in measured.items():
        table.add_row(name, f"{value:,.3f}")
    console.print(table)
    for name, value in measured.items():
        console.print(f"{name} {value:.4f}", highlight=False)
    target = Path("var/bench.json")
    target.parent.mkdir(exist_ok=True)
    known = json.loads(target.read_text()) if target.exists() else {}
    target.write_text(
        json.dumps(known | {name: round(value, 4) for name, value in measured.items()}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
