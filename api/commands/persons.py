"""`touchstone persons`: what a seller may ask of those who hold data about it."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from api.opening import migrated_database
from partners.data_subjects import HeldByService, erase_for_service, export_for_service
from partners.db import utc_now
from partners.keys import open_keyring, read_master_key
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
        held = export_for_service(database, keyring, seller, utc_now())
    click.echo(msgspec.json.format(msgspec.json.encode(_show(held)), indent=2))


@persons.command()
@click.argument("seller")
@click.pass_obj
def erase(settings: Settings, seller: str) -> None:
    """Destroy who SELLER (its id) is; facts stay without the person, and the erasure is on record."""
    with migrated_database(settings) as database:
        erase_for_service(database, seller, utc_now())
    click.echo("Erased.")


def _show(held: HeldByService) -> dict[str, Any]:
    seller, flags = held.seller, [held.flag] if held.flag else []
    return {
        "seller": seller.id,
        "marketplace": seller.organization_id,
        "reference": seller.reference,
        "party": held.party if seller.party else None,
        "created_at": seller.created_at,
        "deleted_at": seller.deleted_at,
        "listings": [
            {"id": one.id, "reference": one.reference, "title": one.document["title"], "at": one.created_at}
            for one in held.listings
        ],
        "seizures": [_tell(one, "seizure_id role score created_at") for one in held.links],
        "flags": [_tell(one, "id level raised_at lifted_at") for one in flags],
        "licenses": [_tell(one, "id trademark_id created_at until lapsed_at") for one in held.licenses],
        "disclosures": [
            {"told": one.organization_id, "purpose": one.detail.get("purpose"), "at": one.at}
            for one in held.disclosures
        ],
    }


def _tell(row: object, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}
