"""`touchstone explain`: every candidate and every weight of one screening, as a table and as a picture."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from api.house import House
from api.running import open_house
from api.waterfall import draw_waterfall
from matching.explaining import Sum
from matching.policies import DEFAULT_POLICY
from partners.errors import Gone, NotFound, RuleBroken
from partners.explaining import (
    Candidate,
    Explanation,
    Overlooked,
    Remainder,
    explain_of_any,
    policy_named,
    word_score,
)
from partners.previewing import explain_title
from partners.records.listings import ListingFields
from partners.settings import Settings


@click.command("explain")
@click.argument("what", metavar="TITLE|SCREENING")
@click.option("--brand", default="", help="The listing's brand field, with a title.")
@click.option("--description", default="", help="The listing's description, with a title.")
@click.option("--policy", help="The policy's version, else the one it was screened with.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Draw the picture into FILE.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.pass_obj
def explain_command(  # noqa: PLR0913, PLR0917 - an option each
    settings: Settings,
    what: str,
    brand: str,
    description: str,
    policy: str | None,
    svg: Path | None,
    form: str,
) -> None:
    """Explain the advice on a TITLE, or that of a kept SCREENING by its id (scr_...).

    A title meets the registry of this installation; nothing is kept, and no seller or seizure is known of.
    Marks that were found but are passed over are shown too, with their weights and why.
    """
    fields = ListingFields(title=what, brand=brand, description=description)
    try:
        with open_house(settings) as house:
            explanation = _explain(house, what, fields, policy)
    except NotFound:
        raise click.ClickException(f"There is no screening {what}.") from None
    except Gone:
        raise click.ClickException("The evidence of this screening was erased.") from None
    except RuleBroken as broken:
        raise click.ClickException(str(broken)) from None
    if svg:
        svg.write_text(draw_waterfall(explanation), encoding="utf-8")
        click.echo(f"Drawn: {svg}", err=True)
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(explanation), indent=2) + b"\n")
    else:
        _print(Console(width=None if sys.stdout.isatty() else 110), explanation)


def _explain(house: House, what: str, fields: ListingFields, policy: str | None) -> Explanation:
    if what.startswith("scr_"):
        with house.database.surveying("screening") as connection:
            return explain_of_any(connection, what, policy)
    house.registry.refresh()
    named = policy_named(policy or DEFAULT_POLICY.version)
    return explain_title(house.database, house.registry, fields, named, house.clock())


def _print(console: Console, explanation: Explanation) -> None:
    told = f"{explanation.verdict}, score {explanation.score:.4f}, policy {explanation.policy_version}"
    console.print(f"[bold]{explanation.listing}[/bold]: {told}", highlight=False)
    console.print(word_score(explanation), highlight=False)
    if explanation.id and not explanation.reproduced:
        console.print(f"Advised: {explanation.advised}, under policy {explanation.screened_with}.")
    for candidate in explanation.candidates:
        console.print()
        _print_candidate(console, candidate)
    if not explanation.candidates:
        rest = explanation.passed_over.candidates
        console.print("No mark is surely enough named in it." if rest else "No mark was found in it.")
    _print_rest(console, explanation.passed_over)


def _print_candidate(console: Console, candidate: Candidate) -> None:
    account, span = candidate.account, candidate.found
    table = Table("evidence", "value", "weight", "what it measures", title_justify="left")
    table.title = f"{candidate.trademark.mark}: {account.verdict}. {account.because}"
    table.caption = f"{span.text!r} in the {span.field}, {candidate.use}"
    if candidate.rejected_until:
        table.caption += f", rejected until {candidate.rejected_until}"
    _add_sum(table, "is the mark named?", account.named)
    _add_sum(table, "would a reviewer act?", account.acted_on)
    for evidence in account.unweighed:
        table.add_row(evidence.code, f"{evidence.value:g}", "", evidence.help, style="dim")
    console.print(table)


def _print_rest(console: Console, rest: Remainder) -> None:
    console.print()
    console.print(f"[bold]{rest.told}[/bold]", highlight=False)
    for each in rest.candidates:
        console.print()
        _print_overlooked(console, each)


def _print_overlooked(console: Console, each: Overlooked) -> None:
    span, named = each.found, each.account.named
    table = Table("evidence", "value", "weight", "what it measures", title_justify="left", title_style="dim")
    table.title = f"{each.trademark.mark}: not shown, {named.probability:.4f}. {each.because}"
    table.caption = f"{span.text!r} in the {span.field}, {each.use}"
    _add_sum(table, "is the mark named?", named)
    console.print(table)


def _add_sum(table: Table, question: str, part: Sum) -> None:
    table.add_row(question, "", f"{part.bias:+.2f}", "where the sum starts", style="bold")
    for evidence in part.evidence:
        color = "red" if evidence.weight > 0 else "blue"
        weight = f"[{color}]{evidence.weight:+.2f}[/{color}]"
        table.add_row(evidence.code, f"{evidence.value:g}", weight, evidence.help)
    chance = f"a probability of {part.probability:.4f}"
    table.add_row("together", "", f"{part.log_odds:+.2f}", chance, style="bold", end_section=True)
