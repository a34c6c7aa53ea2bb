"""`touchstone persons`: what a seller may ask of those who hold data about it."""

from __future__ import annotations

import click
import msgspec

from api.opening import migrated_database
from partners.db import utc_now
from partners.keys import open_keyring, read_master_key
from partners.persons import erase_person, export_person
from partners.settings import Settings


@click.group()
def persons() -> None:
    """What is held about a seller: told to it, or destroyed."""


@persons.command()
@click.argument("seller")
@click.pass_obj
def export(settings: Settings, seller: str) -> None:
    """Print all we hold about SELLER (its id), and who was told of it, as JSON; the export is on record."""
    with migrated_database(settings) as database:
        keyring = open_keyring(database, read_master_key(settings.keys_path), utc_now())
        told = export_person(database, keyring, seller, utc_now())
    click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2))


@persons.command()
@click.argument("seller")
@click.pass_obj
def erase(settings: Settings, seller: str) -> None:
    """Destroy who SELLER (its id) is; facts stay without the person, and the erasure is on record."""
    with migrated_database(settings) as database:
        erase_person(database, seller, utc_now())
    click.echo("Erased.")
