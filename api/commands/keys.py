"""`touchstone keys`: the master key, to a safe place and back; the keys under it, rotated."""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, b64encode
from datetime import timedelta
from pathlib import Path

import click

from api.opening import is_sqlite, migrated_database, open_database, sqlite_path
from partners.db import utc_now
from partners.keyring import KeyRefused
from partners.keys import fits_database, keep_master_key, master_path, open_keyring, read_master_key
from partners.rekeying import begin_rekeying, look_at_keys
from partners.rollover import rotate_signing_keys
from partners.settings import Settings


@click.group()
def keys() -> None:
    """The master key, without which nothing sealed in the database can be read, and the keys under it."""


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


@keys.command("rotate")
@click.option("--signing", is_flag=True, help="Let the next key sign access tokens.")
@click.option("--data", is_flag=True, help="Make new keys for fields and indexes; all is sealed anew.")
@click.option("--at-once", is_flag=True, help="With --signing: do not wait until partners know the next key.")
@click.pass_obj
def rotate(settings: Settings, signing: bool, data: bool, at_once: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Rotate keys while the service runs; nobody has to stop."""
    if signing == data:
        raise click.UsageError("Say --signing or --data.")
    if at_once and data:
        raise click.UsageError("--at-once goes with --signing.")
    with migrated_database(settings) as database:
        master, now = read_master_key(settings.keys_path), utc_now()
        keyring = open_keyring(database, master, now)
        if data:
            begin_rekeying(database, master, now)
            click.echo("Begun. A running service or worker does the rest: see `touchstone keys list`.")
            return
        life = timedelta(seconds=settings.access_token_seconds)
        rotate_signing_keys(database, keyring, life, now, at_once=at_once)
        click.echo("Rotated: tokens of the key before are good until they expire.")


@keys.command("list")
@click.pass_obj
def list_keys(settings: Settings) -> None:
    """List the keys of the database by name, state and age, and how far a rotation is."""
    with migrated_database(settings) as database:
        seen = look_at_keys(database)
    for each in seen.signing:
        click.echo(f"signing  {each.state:9} {each.created_at:%Y-%m-%d %H:%M}  {each.id}")
    for key in seen.data:
        click.echo(f"{key.purpose:8} {key.state:9} {key.created_at:%Y-%m-%d %H:%M}  version {key.version}")
    if seen.rekeying:
        phase = seen.rekeying.document["phase"]
        click.echo(f"rotation under way: {phase}, {seen.rekeying.done} rows done")


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
