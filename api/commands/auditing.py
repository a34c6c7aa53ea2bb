"""`touchstone audit`: is the audit log what was written, and how far is it sealed?"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from api.opening import migrated_database
from partners.chaining import Head, Verification, read_heads
from partners.chaining import verify as verify_chains
from partners.db import utc_now
from partners.keys import open_keyring, read_master_key
from partners.settings import Settings


@click.group()
def audit() -> None:
    """The audit log: one sealed chain for each organization."""


@audit.command()
@click.pass_obj
def heads(settings: Settings) -> None:
    """Print the head of each chain, one JSON object a line: keep them where nobody here can write."""
    with migrated_database(settings) as database:
        for head in read_heads(database):
            click.echo(msgspec.json.encode(head))


@audit.command()
@click.option(
    "--head",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Heads that were kept elsewhere; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object for each organization.")
@click.pass_obj
def verify(settings: Settings, files: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Check that no sealed row was changed, moved or taken away; the exit code is 1 if one was.

    Who can write to the database can cut off the newest rows and mend the head beside them: only a head
    that was kept elsewhere tells.
    """
    kept = [head for path in files for head in _read_heads(path)]
    with migrated_database(settings) as database:
        keyring = open_keyring(database, read_master_key(settings.keys_path), utc_now())
        found = verify_chains(database, keyring, kept)
    for one in found:
        click.echo(msgspec.json.encode(one) if as_json else "\n".join(_lines(one)))
    if any(one.faults for one in found):
        sys.exit(1)
    if not kept and not as_json:
        click.echo("No head from elsewhere was compared: rows cut off at the end would not be noticed.")


def _lines(found: Verification) -> Iterable[str]:
    state = "bad " if found.faults else "good"
    yield f"{state}  {found.organization_id}: {found.sealed} rows sealed, {found.unsealed} not yet"
    for fault in found.faults:
        yield f"      row {fault.position}: {fault.kind.replace('_', ' ')}: {fault.detail}"


def _read_heads(path: Path) -> list[Head]:
    try:
        return [
            msgspec.json.decode(line, type=Head) for line in path.read_bytes().splitlines() if line.strip()
        ]
    except (msgspec.DecodeError, OSError):
        raise click.ClickException(f"{path} holds no heads, one JSON object a line.") from None
