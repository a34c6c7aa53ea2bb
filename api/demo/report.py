"""The report: what the demo saw, as a person enjoys reading it; plain text where it is not a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from api.demo.market import Example, Market, percentile
from api.demo.receiver import Tally
from api.demo.story import Seen, Story

COLORS = {"clear": "green", "review": "yellow", "alert": "bold red"}
_NUMBERS = frozenset(
    (
        "number",
        "seconds",
        "per second",
        "listings",
        "share",
        "calls",
        "p50",
        "p95",
        "p99",
        "score",
        "seizures",
        "events",
    )
)
RISKS = {"low": "green", "medium": "yellow", "high": "bold red"}


class Figures(Struct, frozen=True, kw_only=True):
    """What was imported and from where; times in seconds."""

    marks: int
    marks_source: str
    listings_source: str
    import_s: float
    import_said: str
    searchable_s: float
    registry_version: int
    start_s: float = 0.0
    waits: int = 0


def open_console(*, is_error: bool = False) -> Console:
    """A console that is as wide as the terminal, and never wider than 100; 80 where there is none."""
    console = Console(stderr=is_error, highlight=False, soft_wrap=False)
    console.width = min(console.width, 100) if console.is_terminal else 80
    return console


def show_figures(console: Console, figures: Figures, market: Market) -> None:
    """Counts and rates."""
    console.print(Rule("What went in", style="dim"))
    table = _table("", "number", "seconds", "per second")
    marks = f"marks imported ({figures.marks_source})"
    _row(table, marks, figures.marks, figures.import_s)
    _row(table, "until all of them were searchable", None, figures.searchable_s)
    _row(table, f"listings submitted ({figures.listings_source})", market.answered, market.seconds)
    console.print(table)
    console.print(f"touchstone import: {figures.import_said}", markup=False)
    console.print(
        f"The service started in {figures.start_s:.1f} s; registry version {figures.registry_version:,}. "
        "The marks are names used as stand-ins for marks: nobody registered them here, and nothing below "
        "says anything about a real product or seller.",
        style="dim",
    )
    if figures.waits:
        console.print(f"The service asked to slow down {figures.waits} times; the rates include it.")
    for refusal in market.refused[:3]:
        console.print(f"refused: {refusal}", markup=False)


def show_market(console: Console, market: Market) -> None:
    """Verdicts, uses, and how long one answer takes."""
    console.print(Rule("Verdicts", style="dim"))
    table = _table("verdict", "listings", "share")
    for verdict, color in COLORS.items():
        count = market.verdicts[verdict]
        table.add_row(Text(verdict, color), f"{count:,}", _share(count, market.verdicts.total()))
    if market.refused:
        table.add_row("refused", f"{len(market.refused):,}", "")
    console.print(table)
    uses = ", ".join(f"{use} {count:,}" for use, count in market.uses.most_common())
    console.print(f"{market.matches:,} marks named; used as: {uses or 'none'}.")
    if market.evasions:
        found = ", ".join(f"{name} {count:,}" for name, count in market.evasions.most_common())
        console.print(f"Written so as to evade: {found}.")
    console.print(Rule("How long one answer takes (milliseconds, one after the other)", style="dim"))
    table = _table("call", "calls", "p50", "p95", "p99")
    for name, seconds in market.latencies.items():
        at = (f"{percentile(seconds, share) * 1000:.1f}" for share in (0.5, 0.95, 0.99))
        table.add_row(name, str(len(seconds)), *at)
    console.print(table)


def show_examples(console: Console, examples: Sequence[Example]) -> None:
    """A few listings, with the mark where it stands and the reasons of the verdict."""
    console.print(Rule("Some verdicts, and why", style="dim"))
    for example in examples:
        show_verdict(console, example.listing.body, example.screening)


def show_verdict(console: Console, listing: Mapping[str, object], screening: dict[str, Any]) -> None:
    """One listing: its title with the mark at its span, verdict, and the reasons for it."""
    verdict = screening["verdict"]
    title = mark_spans(str(listing["title"]), screening["matches"], is_plain=not console.color_system)
    console.print(Text.assemble((f"{verdict:<7}", COLORS[verdict]), title))
    for match in screening["matches"][:1]:
        mark = match["trademark"]["mark"]
        named = f"{mark}: use {match['use']}, named with probability {match['score']:.2f}"
        lines = [named, *(reason["text"] for reason in match["reasons"])]
        for line in lines:
            console.print(Padding(Text(line, "dim"), (0, 0, 0, 7), expand=False))


def mark_spans(title: str, matches: Sequence[Mapping[str, Any]], *, is_plain: bool) -> Text:
    """The title with each mark found in it highlighted; in plain text between brackets."""
    found = [match["found"] for match in matches if match["found"]["field"] == "title"]
    spans = sorted({(span["start"], span["end"]) for span in found[:1]})
    if is_plain:
        for start, end in reversed(spans):
            title = f"{title[:start]}[{title[start:end]}]{title[end:]}"
        return Text(title)
    text = Text(title)
    for start, end in spans:
        text.stylize("bold reverse", start, end)
    return text


def show_story(console: Console, story: Story) -> None:
    """A story as a timeline."""
    console.print(Rule(story.title, style="dim"))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in story.steps:
        sign = Text("kept", "green") if step.is_kept else Text("BROKEN", "bold red")
        seen = Text(f"\n{step.seen}", "dim") if step.seen else Text()
        table.add_row(f"+{step.at:.2f} s", sign, Text.assemble(step.promise, seen))
    console.print(table)


def show_seen(console: Console, seen: Seen) -> None:
    """What a story left: its listings' verdicts, its flags."""
    for listing in seen.listings:
        show_verdict(console, listing, listing["screening"])
    if seen.flags:
        show_flags(console, seen.flags)


def show_flags(console: Console, flags: Sequence[Mapping[str, Any]]) -> None:
    """The flags as customs pulled them: a pseudonym, never a name."""
    console.print(Rule("Seller-risk flags, as customs pull them", style="dim"))
    table = _table("seller", "level", "score", "seizures", "because")
    for flag in flags:
        level = flag["level"]
        seller = f"{flag['seller']['pseudonym'][:14]}… {flag['seller']['country'] or ''}"
        reasons = "\n".join(reason["text"] for reason in flag["reasons"])
        table.add_row(
            seller, Text(level, RISKS[level]), f"{flag['score']:.2f}", str(flag["seizures"]), reasons
        )
    console.print(table)


def show_webhooks(console: Console, tally: Tally) -> None:
    """What each partner's receiver was told, every signature verified."""
    console.print(Rule("Webhooks received", style="dim"))
    table = _table("partner", "event", "events")
    for (partner, type_), count in sorted(tally.by_type.items()):
        table.add_row(partner, type_, f"{count:,}")
    console.print(table)
    console.print(
        f"{tally.verified:,} deliveries verified with the library standardwebhooks, {tally.failed} failed, "
        f"{tally.duplicates} came twice."
    )


def _table(*headers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        is_number = header in _NUMBERS
        table.add_column(header, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    return table


def _row(table: Table, name: str, count: int | None, seconds: float) -> None:
    rate = f"{count / seconds:,.0f}" if count and seconds else ""
    table.add_row(name, "" if count is None else f"{count:,}", f"{seconds:.1f}", rate)


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.2f} %" if total else ""
