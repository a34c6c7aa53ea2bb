"""`touchstone backup` and `restore`: an SQLite database and its master key, while the service runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import click

from api.commands.keys import fits, read_key, write_key
from api.opening import is_sqlite, place_of, prepare_file, sqlite_path
from partners.keys import keep_master_key, read_master_key
from partners.settings import Settings
from partners.snapshots import SNAPSHOT_FOLDER, forget_snapshots

_DATABASE = "touchstone.db"
_KEY = "master.key.txt"
_POSTGRESQL = (
    "PostgreSQL is backed up with its own tools, pg_dump or a base backup; "
    "`touchstone keys export` writes the master key, without which a dump cannot be read."
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--without-key", is_flag=True, help="Leave the master key out.")
@click.pass_obj
def backup(settings: Settings, folder: Path, without_key: bool) -> None:  # noqa: FBT001 - click passes by name
    """Copy the SQLite database and the master key into a new FOLDER; the service may go on running."""
    if not is_sqlite(settings):
        raise click.ClickException(_POSTGRESQL)
    if not sqlite_path(settings).exists():
        raise click.ClickException(f"There is no database at {place_of(settings)}.")
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise click.ClickException(f"{folder} exists already: name a new folder.") from None
    target = folder / _DATABASE
    target.touch(mode=0o600)
    copy_database(sqlite_path(settings), target)
    click.echo(f"Written: {target}")
    if without_key:
        click.echo("The master key is not in it: `touchstone keys export` writes it.")
        return
    write_key(folder / _KEY, read_master_key(settings.keys_path))
    click.echo(f"Written: {folder / _KEY}. Who has both files can read everything: keep them apart.")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def restore(settings: Settings, folder: Path) -> None:
    """Put a backup back where nothing is yet; an existing database is never replaced."""
    if not is_sqlite(settings):
        raise click.ClickException(_POSTGRESQL)
    source = folder / _DATABASE
    if not source.exists():
        raise click.ClickException(f"{folder} holds no backup.")
    if sqlite_path(settings).exists():
        raise click.ClickException(f"{place_of(settings)} exists: move it away first.")
    sqlite_path(settings).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / _KEY).exists():
        keep_master_key(settings.keys_path, read_key(folder / _KEY))
    prepare_file(settings)
    forget_snapshots(Path(settings.data_dir) / SNAPSHOT_FOLDER)  # they know another history
    copy_database(source, sqlite_path(settings))
    click.echo(f"Restored: {place_of(settings)}")
    if not fits(settings, read_master_key(settings.keys_path)):
        raise click.ClickException(
            "The master key here does not fit it: `touchstone keys import` the right one."
        )
    click.echo("The master key fits. Start with `touchstone serve`.")


def copy_database(source: Path, target: Path) -> None:
    """Copy a database in one consistent piece, whoever writes to it meanwhile, and check the copy."""
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, whoever looks at it; serving sets WAL again
        (verdict,) = writing.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        raise click.ClickException(f"The copy is damaged: {verdict}")
