"""`touchstone import`: a partner's records from a file, in the name of its organization."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast, get_args

import click
import msgspec
from msgspec import Struct

from api.commands.nouns import NOUNS, Noun, Outcome
from api.commands.progress import watch
from api.house import House
from api.ndjson import LineOut
from api.problems import Refusal, problem_of
from api.rows import Format, Row, UnreadableFile, in_batches, open_source, read_rows
from api.running import open_house
from partners.importing import claims_for, record_import
from partners.principal import Claims
from partners.settings import Settings

_SHOWN = 20
_ROWS = ("created", "replaced", "equal", "refused")


@click.command("import")
@click.argument("noun", type=click.Choice(list(NOUNS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organization", metavar="ID", required=True, help="Whose rows they are.")
@click.option("--format", "form", type=click.Choice(get_args(Format)), help="Else the file's name says it.")
@click.option("--errors", type=click.Path(path_type=Path), help="Write refused rows here, as NDJSON.")
@click.pass_obj
def import_rows(
    settings: Settings, noun: str, file: Path, organization: str, form: Format | None, errors: Path | None
) -> None:
    """Import a CSV or NDJSON FILE (.gz too) of trademarks, sellers, listings or seizures.

    A known reference is replaced, so that an import may be repeated. A row that is refused harms no
    other; the exit code is 1 when there was one. The service may be running or not.
    """
    chosen = NOUNS[noun]
    started = time.monotonic()
    with open_house(settings) as house, ExitStack() as stack:
        claims = claims_for(house.database, organization, chosen.kind)
        if noun == "listings":
            house.registry.refresh()
        tally = _Tally(stack.enter_context(errors.open("wb")) if errors else None)
        try:
            with open_source(file, form) as source, watch(file.name, source) as advance:
                windows = in_batches(read_rows(source, chosen.takes), chosen.window)
                _run(_Errand(house, claims, chosen, tally, advance), windows)
        except UnreadableFile as error:
            raise click.ClickException(str(error)) from None
        record_import(house.database, claims, noun, tally.counts, house.clock())
    seconds = time.monotonic() - started
    total = sum(tally.counts.values())
    said = ", ".join(f"{tally.counts[name]} {name}" for name in _ROWS)
    click.echo(f"{total} {noun} in {seconds:.1f} s ({total / seconds:.0f}/s): {said}")
    if tally.sum_up():
        sys.exit(1)


class _Errand(Struct, frozen=True):
    """What goes along with every window of rows."""

    house: House
    claims: Claims
    noun: Noun
    tally: _Tally
    advance: Callable[[int], None]


def _run(errand: _Errand, windows: Iterator[list[Row[Struct]]]) -> None:
    """Read the next window while the present one is being kept."""
    behind: Future[None] | None = None
    with ThreadPoolExecutor(1) as keeping:
        for window in windows:
            if behind:
                behind.result()
            behind = keeping.submit(_keep, errand, window)
        if behind:
            behind.result()


def _keep(errand: _Errand, window: list[Row[Struct]]) -> None:
    """Keep a window in the order of its references, which writes far fewer pages of the index on them."""
    told: list[tuple[Row[Struct], Outcome | Refusal]] = [
        (row, row.item) for row in window if isinstance(row.item, Refusal)
    ]
    good = sorted((row for row in window if not isinstance(row.item, Refusal)), key=_reference)
    for batch in in_batches(good, errand.noun.at_once):
        outcomes = errand.noun.submit(errand.house, errand.claims, [row.item for row in batch])
        told += zip(batch, outcomes, strict=True)
        errand.advance(len(batch))
    for row, outcome in sorted(told, key=lambda pair: pair[0].line):
        errand.tally.count(row, outcome)


def _reference(row: Row[Struct]) -> str:
    return cast("str", cast("Any", row.item).reference)


class _Tally:
    """Counts rows, and tells of refused ones: all of them into a file, or the first to standard error."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self.counts: Counter[str] = Counter()
        self._file = file

    def count(self, row: Row[Struct], outcome: Outcome | Refusal) -> None:
        if isinstance(outcome, str):
            self.counts[outcome] += 1
            return
        self.counts["refused"] += 1
        problem = problem_of(outcome)
        if self._file:
            reference = getattr(row.item, "reference", None)
            told = LineOut(line=row.line, status=problem.status, reference=reference, problem=problem)
            self._file.write(msgspec.json.encode(told) + b"\n")
        elif self.counts["refused"] <= _SHOWN:
            places = [f"{place.pointer}: {place.detail}" for place in problem.errors]
            click.echo(f"line {row.line}: {'; '.join(places) or problem.detail}", err=True)

    def sum_up(self) -> bool:
        """Say how many more were refused than were shown; tells whether there were any."""
        if not self._file and self.counts["refused"] > _SHOWN:
            more = self.counts["refused"] - _SHOWN
            click.echo(f"and {more} more: --errors FILE writes all of them", err=True)
        return self.counts["refused"] > 0
