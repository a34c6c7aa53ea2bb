"""`touchstone screen`: listings of a file against the registry, keeping nothing, without a service."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
from matching.narrowing import Narrowness
from partners.errors import NotFound, RuleBroken
from partners.previewing import preview, watch_list
from partners.records.screenings import Screening
from partners.screening import Draft
from partners.settings import Settings

_AT_ONCE = 200
Advise = Callable[[Sequence[Draft]], list[Screening | RuleBroken]]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(get_args(Format)), help="Else the file's name says it.")
@click.option("--holder", metavar="ORGANIZATION", help="Only the marks of this rights holder.")
@click.option(
    "--marks",
    "narrowness",
    type=click.Choice(get_args(Narrowness)),
    default="every",
    help="Every mark; those in force where the goods go; of these, those for the listing's classes.",
)
@click.pass_obj
def screen(
    settings: Settings, file: Path, form: Format | None, holder: str | None, narrowness: Narrowness
) -> None:
    """Screen a CSV or NDJSON FILE (.gz too) of listings and write NDJSON, one line per row.

    The lines are those of POST /v1/screenings; sellers are not looked up. A summary goes to standard
    error. The exit code is 1 when a row could not be read.
    """
    counts: Counter[str] = Counter()
    with open_house(settings) as house:
        house.registry.refresh()
        out = sys.stdout.buffer
        try:
            for answer in _answers(file, form, _screener(house, holder, narrowness)):
                counts[answer.result.verdict if isinstance(answer.result, Screening) else "refused"] += 1
                out.write(msgspec.json.encode(answer) + b"\n")
        except (UnreadableFile, NotFound) as error:
            raise click.ClickException(str(error)) from None
        out.flush()
    said = ", ".join(f"{counts[name]} {name}" for name in ("clear", "review", "alert", "refused"))
    click.echo(f"{sum(counts.values())} listings: {said}", err=True)
    if counts["refused"]:
        sys.exit(1)


def _screener(house: House, holder: str | None, narrowness: Narrowness) -> Advise:
    registry = house.registry
    snapshot = watch_list(house.database, registry, holder) if holder else registry.snapshot
    return lambda drafts: preview(house.database, snapshot, drafts, house.clock(), narrowness)


def _answers(file: Path, form: Format | None, advise: Advise) -> Iterator[LineOut]:
    with open_source(file, form) as source, watch(file.name, source) as advance:
        for batch in in_batches(read_rows(source, ListingIn), _AT_ONCE):
            yield from _answer(advise, batch)
            advance(len(batch))


def _answer(advise: Advise, batch: Sequence[Row[ListingIn]]) -> Iterator[LineOut]:
    good = [read_draft(row.item) for row in batch if isinstance(row.item, ListingIn)]
    advice = iter(advise(good))
    for row in batch:
        outcome = next(advice) if isinstance(row.item, ListingIn) else row.item
        reference = row.item.reference if isinstance(row.item, ListingIn) else None
        if isinstance(outcome, Screening):
            yield LineOut(line=row.line, status=200, reference=reference, result=outcome)
        else:
            problem = problem_of(outcome)
            yield LineOut(line=row.line, status=problem.status, reference=reference, problem=problem)
