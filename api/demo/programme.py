"""The programme: in which order the demo plays, from an empty database to the last webhook."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console

from api.demo import newcomer, report, seizure, takedown
from api.demo.caller import CallFailed
from api.demo.cast import Cast, subscribe, wait_until
from api.demo.listings import Product
from api.demo.market import SINGLES, Market, submit_all, time_singles
from api.demo.marks import Names
from api.demo.progress import Watch
from api.demo.receiver import Receiver
from api.demo.stage import Partner, Stage, StageFailed
from api.demo.story import Seen, Story, StoryFailed

_SEARCHABLE_WITHIN = 900.0
_QUIET_SECONDS = 3.0  # no webhook for this long: all have come
_EXAMPLES = 6
STORIES: Mapping[str, Callable[[Cast, Story], Seen]] = {
    "Story one: judged by a person, taken down by the marketplace": takedown.play,
    "Story two: the mark is registered after the listing": newcomer.play,
    "Story three: customs report seizures (synthetic)": seizure.play,
}


class Programme(Struct, frozen=True, kw_only=True):
    """What shall be played, and where it is shown."""

    listings: Sequence[Product]
    listings_source: str
    names: Names
    console: Console
    watch: Watch


def play(programme: Programme, stage: Stage) -> bool:
    """Play everything on a stage and show what came of it; returns whether every promise was kept.

    Raises:
        StageFailed, CallFailed: the service did not do its part at all.
    """
    console = programme.console
    with ExitStack() as stack:
        stack.callback(stage.stop)
        with programme.watch.doing("starting the service"):
            start_s = stage.start()
        with programme.watch.doing("making the partners"):
            cast, registrar = _admit(stage, stack)
        figures = replace(_import_names(programme, stage, registrar), start_s=start_s)
        market = _open_market(programme, cast)
        report.show_figures(console, replace(figures, waits=cast.marketplace.caller.waits), market)
        report.show_market(console, market)
        report.show_examples(console, market.pick(_EXAMPLES))
        stories = _tell_stories(programme, cast)
        with programme.watch.doing("waiting for the last webhooks"):
            _settle(cast.receiver)
        report.show_webhooks(console, cast.receiver.tally())
        return _conclude(programme, stories, market, cast)


def _admit(stage: Stage, stack: ExitStack) -> tuple[Cast, Partner]:
    """Make the partners; the imported names are another rights holder's than the marks of the stories."""
    receiver = Receiver()
    stack.callback(receiver.close)
    cast = Cast(
        receiver=receiver,
        marketplace=stage.admit("marketplace", "Demo marketplace"),
        rights_holder=stage.admit("rights_holder", "Veloriq and Orvandel (synthetic)"),
        customs=stage.admit("customs", "Demo customs"),
    )
    for partner in (cast.marketplace, cast.rights_holder, cast.customs):
        subscribe(receiver, partner)
    return cast, stage.admit("rights_holder", "Names used as stand-ins for marks")


def _import_names(programme: Programme, stage: Stage, registrar: Partner) -> report.Figures:
    names = programme.names
    programme.watch.say(f"importing {names.count:,} names")
    began = time.monotonic()
    said = stage.import_marks(names.path, registrar.organization_id)
    imported = time.monotonic()
    with programme.watch.doing("waiting until all of them are searchable"):
        _wait_for_registry(stage, registrar)
    return report.Figures(
        marks=names.count,
        marks_source=names.source,
        listings_source=programme.listings_source,
        import_s=imported - began,
        import_said=said,
        searchable_s=time.monotonic() - imported,
        registry_version=stage.registry_version(),
    )


def _wait_for_registry(stage: Stage, registrar: Partner) -> None:
    """The registry has an order: when a mark submitted last is known, all before it are.

    Raises:
        StageFailed: it takes too long.
    """
    path = "/v1/trademarks/demo-last"
    body = {"reference": "demo-last", "mark": "Last name of the demo", "office": "XX"}
    registrar.caller.ask("PUT", path, body)

    def is_known() -> bool:
        version = registrar.caller.get(path)["registry_version"]
        return version is not None and stage.registry_version() >= version

    if not wait_until(is_known, _SEARCHABLE_WITHIN):
        raise StageFailed("The imported marks did not become searchable.")
    registrar.caller.delete(path)


def _open_market(programme: Programme, cast: Cast) -> Market:
    listings, caller = programme.listings, cast.marketplace.caller
    with programme.watch.counting("submitting listings", len(listings)) as show:
        market = submit_all(caller, listings, show)
    with programme.watch.counting("timing single calls", 2 * SINGLES) as show:
        time_singles(caller, listings, market, show)
    return market


def _tell_stories(programme: Programme, cast: Cast) -> list[Story]:
    """Play the stories, and show each as far as it went."""
    told = []
    for title, played in STORIES.items():
        story = Story(title, time.monotonic)
        with programme.watch.doing(f"playing {title}"):
            seen = _tell(story, cast, played)
        report.show_story(programme.console, story)
        report.show_seen(programme.console, seen)
        told.append(story)
    return told


def _tell(story: Story, cast: Cast, played: Callable[[Cast, Story], Seen]) -> Seen:
    try:
        return played(cast, story)
    except StoryFailed:
        return Seen()  # the last step says why
    except (CallFailed, LookupError, TypeError, ValueError) as error:
        story.break_off(f"{type(error).__name__}: {error}")
        return Seen()


def _settle(receiver: Receiver) -> None:
    """Wait until no more webhooks come."""
    before = -1
    while (now := receiver.tally().verified) != before:
        before = now
        time.sleep(_QUIET_SECONDS)


def _conclude(programme: Programme, stories: Sequence[Story], market: Market, cast: Cast) -> bool:
    """Say how it ended; returns whether everything that was promised came true."""
    steps = [step for story in stories for step in story.steps]
    kept = sum(step.is_kept for step in steps)
    failed = cast.receiver.tally().failed
    is_whole = market.verdicts.total() == len(programme.listings)
    good = all(story.went_as_promised for story in stories) and not failed and is_whole
    programme.console.print(
        f"{kept} of {len(steps)} promises kept; {market.verdicts.total():,} of {len(programme.listings):,} "
        f"listings screened; {failed} signatures failed.",
        style="bold green" if good else "bold red",
    )
    return good
