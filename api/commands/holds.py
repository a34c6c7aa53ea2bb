"""`touchstone holds`: what a court or an authority wants kept is not purged, however old it is."""

from __future__ import annotations

import click
import msgspec

from api.opening import migrated_database
from partners.db import utc_now
from partners.holding import all_holds, begin_hold, end_hold
from partners.records.holds import LegalHold
from partners.settings import Settings


@click.group()
def holds() -> None:
    """Legal holds: what is kept beyond its time."""


@holds.command()
@click.option("--reason", required=True, help="Who wants it kept, and why.")
@click.option("--organization", metavar="ID", help="Only what is this organization's.")
@click.option("--event-type", metavar="TYPE", help="Only events of this type.")
@click.option("--subject", metavar="ID", help="Only what is about this listing, seller, case or the like.")
@click.option("--everything", is_flag=True, help="All there is; in place of the others.")
@click.pass_obj
def begin(
    settings: Settings,
    reason: str,
    organization: str | None,
    event_type: str | None,
    subject: str | None,
    *,
    everything: bool,
) -> None:
    """Keep what agrees with all that is given, and print the id of the hold."""
    if everything == any((organization, event_type, subject)):
        raise click.UsageError("Say what is to be kept, or --everything.")
    now = utc_now()
    wanted = LegalHold(
        id="",
        organization_id=organization,
        event_type=event_type,
        subject=subject,
        reason=reason,
        created_at=now,
    )
    with migrated_database(settings) as database:
        click.echo(begin_hold(database, wanted, now).id)


@holds.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Print every hold, also those that were lifted, as JSON, one a line."""
    with migrated_database(settings) as database:
        for hold in all_holds(database):
            click.echo(msgspec.json.encode(hold))


@holds.command()
@click.argument("hold")
@click.pass_obj
def lift(settings: Settings, hold: str) -> None:
    """End HOLD (its id): what it kept goes by its age again."""
    with migrated_database(settings) as database:
        end_hold(database, hold, utc_now())
    click.echo("Lifted.")
