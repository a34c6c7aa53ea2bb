"""`touchstone people`: the first admin of an organization, and whoever cannot get in any more."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import click
import msgspec

from api.opening import migrated_database
from partners.db import utc_now
from partners.keys import obtain_master_key, open_keyring
from partners.principal import Role
from partners.settings import Settings
from partners.summoning import summon, summon_back


@click.group()
def people() -> None:
    """People who sign in for an organization."""


@people.command()
@click.option(
    "--organization", metavar="ID", required=True, help="Whose admin, analyst or reader it will be."
)
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", default="", help="How to call the person.")
@click.option("--role", type=click.Choice(get_args(Role)), default="admin", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def invite(
    settings: Settings,
    organization: str,
    email: str,
    name: str,
    role: Role,
    as_json: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Make an invitation and print its link, which is good once: hand it to the person alone."""
    with migrated_database(settings) as database:
        now = utc_now()
        keyring = open_keyring(database, obtain_master_key(database, settings.keys_path), now)
        lasting = timedelta(hours=settings.invitation_hours)
        made = summon(database, keyring, organization, (email, name, role), lasting, now)
    link = f"{settings.base_url}/join?token={made.token!s}"
    shown = {"invitation_id": made.invitation.id, "link": link}
    click.echo(msgspec.json.encode(shown).decode() if as_json else f"{link}\n(shown this once: keep it)")


@people.command()
@click.option("--email", required=True, help="The address that the person signs in with.")
@click.option("--second-step", is_flag=True, help="The second step is lost, too.")
@click.pass_obj
def reset(settings: Settings, email: str, second_step: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Print a link by which a person chooses a new password within an hour."""
    with migrated_database(settings) as database:
        now = utc_now()
        keyring = open_keyring(database, obtain_master_key(database, settings.keys_path), now)
        token = summon_back(database, keyring, email, now, removes_factors=second_step)
    click.echo(f"{settings.base_url}/reset?token={token!s}\n(shown this once, good for an hour)")
