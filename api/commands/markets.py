"""`touchstone market`: what one marketplace is screened by, where it differs from the service's settings."""

from __future__ import annotations

import click

from api.opening import migrated_database
from partners.db import utc_now
from partners.markets import settle_market
from partners.settings import Settings


@click.command()
@click.argument("organization")
@click.option(
    "--false-titles",
    type=click.FloatRange(0.5, 10),
    help="Ordinary titles of 1,000 that misspellings may have reviewed in vain.",
)
@click.option(
    "--disguised-share", type=click.FloatRange(0.0001, 0.5), help="The share of titles taken to be disguised."
)
@click.pass_obj
def market(
    settings: Settings, organization: str, false_titles: float | None, disguised_share: float | None
) -> None:
    """Set a marketplace's own budget of false reviews; what is left out is as the service has it."""
    budget = settings.false_titles_per_1000 if false_titles is None else false_titles
    share = settings.disguised_share if disguised_share is None else disguised_share
    with migrated_database(settings) as database:
        settle_market(database, organization, budget, share, utc_now())
    click.echo(f"{organization}: {budget:g} false titles of 1,000, {share:g} of titles disguised.")
