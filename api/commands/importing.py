"""`touchstone import`: a partner's records from a file, in the name of its organization."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, cast, get_args

import click
import msgspec
from msgspec import Struct

from api.commands.progress import watch
from api.house import House
from api.ndjson import LineOut
from api.offers import ListingIn, read_draft
from api.parties import SellerIn, read_party
from api.problems import Problem, problem_of
from api.reports import SeizureIn, read_report
from api.rows import Format, Row, UnreadableFile, in_batches, open_source, read_rows
from api.running import open_house
from api.v1.trademarks import TrademarkIn
from partners.enrolling import SellerDraft, enroll_sellers
from partners.errors import DomainError, RuleBroken
from partners.importing import claims_for, import_trademarks, record_import
from partners.principal import Claims, Kind
from partners.records.trademarks import TrademarkFields
from partners.reporting import report_seizures
from partners.screening import Screener
from partners.settings import Settings
from partners.tracing import Desk

Submit = Callable[[House, Claims, Sequence[Any]], Sequence[str | DomainError]]
_SHOWN = 20


class Noun(Struct, frozen=True):
    """What may be imported: its shape, whose it is, how many rows at once, and how they are kept."""

    takes: type[Struct]
    kind: Kind
    at_once: int
    submit: Submit


def _submit_trademarks(
    house: House, claims: Claims, items: Sequence[TrademarkIn]
) -> Sequence[str | DomainError]:
    rows = [msgspec.convert(item, TrademarkFields, from_attributes=True) for item in items]
    return import_trademarks(house.database, claims, rows, house.clock())


def _submit_sellers(house: House, claims: Claims, items: Sequence[SellerIn]) -> Sequence[str | DomainError]:
    drafts = [SellerDraft(reference=item.reference, party=read_party(item)) for item in items]
    return [_outcome(kept) for kept in enroll_sellers(_desk(house), claims, drafts, house.clock())]


def _submit_listings(house: House, claims: Claims, items: Sequence[ListingIn]) -> Sequence[str | DomainError]:
    screener = Screener(_desk(house), house.registry, house.clock)
    return [_outcome(kept) for kept in screener.keep(claims, [read_draft(item) for item in items])]


def _submit_seizures(house: House, claims: Claims, items: Sequence[SeizureIn]) -> Sequence[str | DomainError]:
    reports = [read_report(item) for item in items]
    return [_outcome(kept) for kept in report_seizures(_desk(house), claims, reports, house.clock())]


NOUNS: Mapping[str, Noun] = {
    "trademarks": Noun(TrademarkIn, "rights_holder", 1000, _submit_trademarks),
    "sellers": Noun(SellerIn, "marketplace", 200, _submit_sellers),
    "listings": Noun(ListingIn, "marketplace", 200, _submit_listings),
    "seizures": Noun(SeizureIn, "customs", 50, _submit_seizures),
}


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
        refused = _Refused(stack.enter_context(errors.open("wb")) if errors else None)
        try:
            counts = _run(house, claims, chosen, _batches(chosen, file, form), refused)
        except UnreadableFile as error:
            raise click.ClickException(str(error)) from None
        record_import(house.database, claims, noun, counts, house.clock())
    seconds = time.monotonic() - started
    total = sum(counts.values())
    said = ", ".join(f"{counts[name]} {name}" for name in ("created", "replaced", "equal", "refused"))
    click.echo(f"{total} {noun} in {seconds:.1f} s ({total / seconds:.0f}/s): {said}")
    if counts["refused"]:
        sys.exit(1)


def _batches(noun: Noun, file: Path, form: Format | None) -> Iterator[list[Row[Struct]]]:
    with open_source(file, form) as source, watch(file.name, source) as advance:
        for batch in in_batches(read_rows(source, noun.takes), noun.at_once):
            yield batch
            advance(len(batch))


def _run(
    house: House, claims: Claims, noun: Noun, batches: Iterator[list[Row[Struct]]], refused: _Refused
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for batch in batches:
        good = [row.item for row in batch if not isinstance(row.item, Exception)]
        kept = iter(noun.submit(house, claims, good))
        for row in batch:
            outcome = row.item if isinstance(row.item, Exception) else next(kept)
            if isinstance(outcome, str):
                counts[outcome] += 1
            else:
                counts["refused"] += 1
                refused.tell(row.line, getattr(row.item, "reference", None), problem_of(outcome))
    refused.sum_up()
    return counts


class _Refused:
    """Tells of refused rows: all of them into a file, or the first ones to standard error."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self._file = file
        self._count = 0

    def tell(self, line: int, reference: str | None, problem: Problem) -> None:
        self._count += 1
        if self._file:
            told = LineOut(line=line, status=problem.status, reference=reference, problem=problem)
            self._file.write(msgspec.json.encode(told) + b"\n")
        elif self._count <= _SHOWN:
            places = [f"{place.pointer}: {place.detail}" for place in problem.errors]
            click.echo(f"line {line}: {'; '.join(places) or problem.detail}", err=True)

    def sum_up(self) -> None:
        if not self._file and self._count > _SHOWN:
            click.echo(f"and {self._count - _SHOWN} more: --errors FILE writes all", err=True)


def _desk(house: House) -> Desk:
    return Desk(house.database, house.keyring, house.settings.flag_days)


def _outcome(kept: object) -> str | DomainError:
    return kept if isinstance(kept, RuleBroken) else cast("str", kept.outcome)  # type: ignore[attr-defined] # each flow's own struct has it
