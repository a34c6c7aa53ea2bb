"""`touchstone calibration`: by which table estimates become scores, and how far the scores hold."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from api.opening import migrated_database
from api.reliability_picture import draw_reliability, word_table
from matching.calibration import LEAST, ORGANIZATIONS
from matching.reliability import Bin
from partners.calibrating import read_latest
from partners.db import utc_now
from partners.records.calibrations import CalibrationVersion
from partners.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the table with its reliability.")
@click.option(
    "--svg", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Draw the curve there, too."
)
@click.pass_obj
def calibration(settings: Settings, as_json: bool, svg: Path | None) -> None:  # noqa: FBT001 - click passes options by name
    """Show the present table from estimates to scores, and of each score how much people confirmed."""
    with migrated_database(settings) as database:
        latest, known = read_latest(database, utc_now())
    if latest is None:
        raise click.ClickException(
            f"Scores are the policy's estimates: {known.judgements} judgements of {known.organizations}"
            f" organizations are known; it takes {LEAST} of {ORGANIZATIONS}, none of which made most of them,"
            " and shares confirmed that rise with the estimates. A worker looks once a day."
        )
    if svg:
        svg.write_text(draw_reliability(latest), encoding="utf-8")
        click.echo(f"Drawn: {svg}", err=True)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(latest), indent=2) + b"\n")
    else:
        _print(Console(width=None if sys.stdout.isatty() else 110), latest)


def _print(console: Console, row: CalibrationVersion) -> None:
    console.print(f"[bold]{word_table(row)}[/bold]", highlight=False)
    steps = Table("estimate", "score", "judgements")
    for knot in row.knots:
        steps.add_row(f"{knot.estimate:.4f}", f"{knot.score:.4f}", str(knot.judgements))
    console.print(steps)
    told = row.reliability
    _print_curve(console, f"Estimates, off by {told.error_of_estimates:.4f} on average", told.estimates)
    _print_curve(console, f"Calibrated scores, off by {told.error_of_scores:.4f} on average", told.scores)


def _print_curve(console: Console, title: str, bins: tuple[Bin, ...]) -> None:
    console.print(f"\n{title}", highlight=False)
    curve = Table("scores", "judged", "mean score", "confirmed", "95 % bounds")
    for each in bins:
        bounds = f"{each.at_least:.3f} to {each.at_most:.3f}"
        shown = f"{each.low:g} to {each.high:g}", str(each.judged), f"{each.score:.3f}"
        curve.add_row(*shown, f"{each.confirmed:.3f}", bounds)
    console.print(curve)
