"""`make audit`: fails for a finding that nobody has judged, and says so where a source could not be asked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tests.audit.code import judge_code
from tests.audit.packages import judge_javascript, judge_python

ROOT = Path(__file__).parent.parent.parent


def main() -> int:
    """Run the auditors; each says what it found, and whether that is a fault."""
    faults = [*judge_code(ROOT), *judge_python(ROOT), *judge_javascript(ROOT)]
    for fault in faults:
        click.echo(f"FAULT {fault}")
    click.echo(
        "The audit is clean, as far as the sources above were asked."
        if not faults
        else f"{len(faults)} faults"
    )
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
