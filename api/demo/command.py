"""`touchstone demo`: plays everything on a stage of its own, shows the report, and leaves nothing behind."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from pathlib import Path

import click

from api.demo.caller import CallFailed
from api.demo.listings import SAMPLE, UnreadableFile, read_listings, sample_listings
from api.demo.marks import given_names, shipped_names
from api.demo.programme import Programme, play
from api.demo.progress import Watch
from api.demo.report import open_console
from api.demo.stage import Stage, StageFailed

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--listings", type=FILE, help="Product listings, CSV (.gz); else a small sample of our own.")
@click.option("--marks", type=FILE, help="Names to use as marks, CSV (.gz); else the shipped brand names.")
@click.option("--keep", is_flag=True, help="Leave the data where it was, and say where.")
def demo(listings: Path | None, marks: Path | None, keep: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Play the main job end to end on a service of its own, and report what came of it.

    The exit code is 1 when something did not go as promised.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: the service is stopped
    console = open_console()
    folder = Path(tempfile.mkdtemp(prefix="touchstone-demo-"))
    try:
        programme = Programme(
            listings=read_listings(listings) if listings else sample_listings(),
            listings_source=listings.name if listings else SAMPLE,
            names=given_names(marks) if marks else shipped_names(folder),
            console=console,
            watch=Watch(open_console(is_error=True)),
        )
        all_kept = play(programme, Stage(folder))
    except (CallFailed, StageFailed, UnreadableFile) as error:
        raise click.ClickException(str(error)) from None
    finally:
        if keep:
            console.print(f"The data of the demo: {folder}", soft_wrap=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if not all_kept:
        sys.exit(1)
