"""`touchstone screen`: listings of a file against the registry, keeping nothing, without a service."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

import click
import msgspec

from api.commands.progress import watch
from api.house import House
from api.ndjson import LineOut
from api.offers import ListingIn, read_draft
from api.problems import problem_of
from api.rows import Format, Row, UnreadableFile, in_batches, open_source, read_rows
from api.running import open_house
from partners.previewing import preview
from partners.records.screenings import Screening
from partners.settings import Settings

_AT_ONCE = 200


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(get_args(Format)), help="Else the file's name says it.")
@click.pass_obj
def screen(settings: Settings, file: Path, form: Format | None) -> None:
    """Screen a CSV or NDJSON FILE (.gz too) of listings and write NDJSON, one line per row.

    The lines are those of POST /v1/screenings; sellers are not looked up. A summary goes to standard
    error. The exit code is 1 when a row could not be read.
    """
    counts: Counter[str] = Counter()
    with open_house(settings) as house:
        house.registry.refresh()
        out = sys.stdout.buffer
        try:
            for answer in _answers(house, file, form):
                counts[answer.result.verdict if isinstance(answer.result, Screening) else "refused"] += 1
                out.write(msgspec.json.encode(answer) + b"\n")
        except UnreadableFile as error:
            raise click.ClickException(str(error)) from None
        out.flush()
    said = ", ".join(f"{counts[name]} {name}" for name in ("clear", "review", "alert", "refused"))
    click.echo(f"{sum(counts.values())} listings: {said}", err=True)
    if counts["refused"]:
        sys.exit(1)


def _answers(house: House, file: Path, form: Format | None) -> Iterator[LineOut]:
    with open_source(file, form) as source, watch(file.name, source) as advance:
        for batch in in_batches(read_rows(source, ListingIn), _AT_ONCE):
            yield from _answer(house, batch)
            advance(len(batch))


def _answer(house: House, batch: Sequence[Row[ListingIn]]) -> Iterator[LineOut]:
    good = [read_draft(row.item) for row in batch if isinstance(row.item, ListingIn)]
    advice = iter(preview(house.database, house.registry, good, house.clock()))
    for row in batch:
        outcome = next(advice) if isinstance(row.item, ListingIn) else row.item
        reference = row.item.reference if isinstance(row.item, ListingIn) else None
        if isinstance(outcome, Screening):
            yield LineOut(line=row.line, status=200, reference=reference, result=outcome)
        else:
            problem = problem_of(outcome)
            yield LineOut(line=row.line, status=problem.status, reference=reference, problem=problem)
