"""`touchstone keys`: the master key, to a safe place and back."""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, b64encode
from pathlib import Path

import click

from api.opening import is_sqlite, open_database, sqlite_path
from partners.keyring import KeyRefused
from partners.keys import fits_database, keep_master_key, master_path, read_master_key
from partners.settings import Settings


@click.group()
def keys() -> None:
    """The master key: without it nothing sealed in the database can be read again."""


@keys.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def export_key(settings: Settings, file: Path) -> None:
    """Write the master key into a new FILE (base64, mode 0600)."""
    write_key(file, read_master_key(settings.keys_path))
    click.echo(f"Written: {file}. Keep it apart from the backups of the database.")


@keys.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_key(settings: Settings, file: Path) -> None:
    """Keep the master key of FILE; another one that is there already is never replaced."""
    key = read_key(file)
    if fits(settings, key) is False:
        raise click.ClickException("The database was sealed under another master key: nothing was changed.")
    keep_master_key(settings.keys_path, key)
    click.echo(f"Kept: {master_path(settings.keys_path).resolve()}")


def write_key(path: Path, key: bytes) -> None:
    """Write a key into a new file that only its owner can read."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be made: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(b64encode(key) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """Read what `write_key` wrote.

    Raises:
        KeyRefused: it is something else.
    """
    try:
        return b64decode(path.read_bytes().strip(), validate=True)
    except (binascii.Error, ValueError, OSError):
        raise KeyRefused(f"{path} is not a file of `touchstone keys export`") from None


def fits(settings: Settings, key: bytes) -> bool | None:
    """Tell whether a key is the database's; None where there is no database, or one without a key yet."""
    if is_sqlite(settings) and not sqlite_path(settings).exists():
        return None
    database = open_database(settings)
    try:
        return fits_database(database, key)
    finally:
        database.close()
