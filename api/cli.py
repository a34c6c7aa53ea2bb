"""The `touchstone` command: a table of commands, each loaded when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click
from sqlalchemy.exc import SQLAlchemyError

from api.opening import NotStarted
from partners.errors import DomainError
from partners.heap import begin_heap
from partners.keyring import KeyRefused
from partners.settings import SettingsError, settings_from_environment

# name: where it is, and what it does
COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("api.commands.serving:serve", "Run the service."),
    "worker": ("api.commands.serving:worker", "Run jobs and deliveries alone."),
    "migrate": ("api.commands.serving:migrate", "Bring the database to the schema of this release."),
    "doctor": ("api.commands.doctor:doctor", "Check the installation."),
    "clients": ("api.commands.clients:clients", "Make the programs that may ask for tokens."),
    "people": ("api.commands.people:people", "Invite people, and help them back in."),
    "market": ("api.commands.markets:market", "Set a marketplace's own budget of false reviews."),
    "calibration": ("api.commands.calibrating:calibration", "Show how far scores hold."),
    "request": ("api.commands.calling:call", "Send one request to a running service, with a token."),
    "import": ("api.commands.importing:import_rows", "Import trademarks, sellers, listings or seizures."),
    "hooks": ("api.hooks.command:hooks", "Try a webhook receiver on this machine."),
    "screen": ("api.commands.screening:screen", "Screen a file of listings, keeping nothing."),
    "explain": (
        "api.commands.explaining:explain_command",
        "Show every weight of one screening, and what it passes over.",
    ),
    "keys": ("api.commands.keys:keys", "Export and import the master key; rotate the keys under it."),
    "audit": ("api.commands.auditing:audit", "Verify the audit log; print its heads."),
    "persons": ("api.commands.persons:persons", "Export or erase what is held about a seller."),
    "holds": ("api.commands.holds:holds", "Keep what a court or an authority wants kept."),
    "backup": ("api.commands.backups:backup", "Copy the SQLite database and its key, while it is in use."),
    "restore": ("api.commands.backups:restore", "Put a backup back."),
    "demo": ("api.demo.command:demo", "Play the main job end to end, and report it."),
    "openapi": ("api.commands.describing:write_contract", "Write the contract document."),
}


class _Touchstone(click.Group):
    """Loads commands late, and turns what can be expected to go wrong into one sentence and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        begin_heap()
        try:
            return super().invoke(ctx)
        except (DomainError, KeyRefused, NotStarted, SettingsError) as error:
            raise click.ClickException(str(error)) from None
        except SQLAlchemyError as error:
            # the statement and its values stay inside: they may hold personal data
            kind = type(error).__name__
            raise click.ClickException(f"The database refused ({kind}): try `touchstone doctor`.") from None


@click.group(cls=_Touchstone, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="touchstone", message="%(package)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Joins what marketplaces sell, what rights holders own and what customs seize.

    Settings are environment variables TOUCHSTONE_...; the README lists them.
    """
    context.obj = settings_from_environment()
