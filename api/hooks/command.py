"""`touchstone hooks`: try a receiver on one's own machine, without a public address."""

from __future__ import annotations

import time
from pathlib import Path

import click
import msgspec

from api.commands.clients import KeyFile
from api.demo.caller import Caller, CallFailed, Secret
from api.hooks.relay import Relay, Relayed, find_end, read_feed
from api.public_url import is_this_machine
from partners.settings import Settings
from webhooks.signing import new_secret, read_secret

_PAUSE = 1.0  # seconds between two looks into the feed
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_KEY = click.option("--key", type=_FILE, help="Of `clients create --new-key`.")
_CLIENT = click.option("--client", type=_FILE, help="What `clients create --json` printed.")
_BASE_URL = click.option("--base-url", help="Of the service; else the key file or the settings say it.")


@click.group()
def hooks() -> None:
    """Try a receiver on this machine: no endpoint and no public address is needed."""


@hooks.command()
@_KEY
@_CLIENT
@_BASE_URL
@click.option("--forward", required=True, metavar="URL", help="Your receiver, on this machine.")
@click.option("--secret", help="To sign with (whsec_...); else one is made and printed.")
@click.option("--type", "event_type", help="Of this type only.")
@click.option("--all", "from_start", is_flag=True, help="Also what was told before now.")
@click.option("--once", is_flag=True, help="End when everything is relayed.")
@click.pass_obj
def listen(  # noqa: PLR0913, PLR0917 - one parameter per option, as click has it
    settings: Settings,
    key: Path | None,
    client: Path | None,
    base_url: str | None,
    forward: str,
    secret: str | None,
    event_type: str | None,
    from_start: bool,  # noqa: FBT001 - click passes options by name
    once: bool,  # noqa: FBT001 - the same
) -> None:
    """Relay your own events, as they are told, to a receiver on this machine; Ctrl-C ends it.

    They are read from the feed and signed with a secret that is good for this alone.
    """
    caller = _open_caller(settings, key, client, base_url)
    relay = _open_relay(forward, secret)
    try:
        place = None if from_start else find_end(caller, event_type)
        click.echo(f"Relaying to {forward}; the secret is {relay.secret}", err=True)
        while True:
            for behind, event in read_feed(caller, place, event_type):
                click.echo(_tell(relay.send(event)))
                place = behind
            if once:
                return
            time.sleep(_PAUSE)
    except CallFailed as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        click.echo("Ended.", err=True)


@hooks.command()
@_KEY
@_CLIENT
@_BASE_URL
@click.argument("event_type", metavar="TYPE")
@click.pass_obj
def trigger(
    settings: Settings, key: Path | None, client: Path | None, base_url: str | None, event_type: str
) -> None:
    """Tell yourself a test event of a TYPE: your endpoints that asked for it get it, and your feed."""
    if not event_type.replace("_", "").replace(".", "").isalpha() or not event_type.isascii():
        raise click.UsageError("A type is like match.found; GET /v1/event-types lists them.")
    caller = _open_caller(settings, key, client, base_url)
    try:
        told = caller.ask("POST", f"/v1/event-types/{event_type}/trigger")
    except CallFailed as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{told['event']} {event_type} (a test)")


def _open_caller(settings: Settings, key: Path | None, client: Path | None, base_url: str | None) -> Caller:
    if bool(key) == bool(client):
        raise click.UsageError("Use --key or --client.")
    try:
        if key:
            read = msgspec.json.decode(key.read_bytes(), type=KeyFile)
            return Caller((base_url or read.base_url).rstrip("/"), read)
        secret = msgspec.json.decode((client or Path()).read_bytes(), type=Secret)
    except (msgspec.DecodeError, OSError):
        raise click.ClickException(f"{key or client} is not a file of `clients create`.") from None
    return Caller((base_url or settings.base_url).rstrip("/"), secret)


def _open_relay(forward: str, secret: str | None) -> Relay:
    secret = secret or new_secret()
    try:
        read_secret(secret)
        relay = Relay(forward, secret)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not is_this_machine(relay.host):
        raise click.UsageError("--forward names a receiver on this machine: http://127.0.0.1:PORT/path")
    return relay


def _tell(relayed: Relayed) -> str:
    return f"{relayed.event_id} {relayed.event_type} -> {relayed.answer} in {relayed.milliseconds:.0f} ms"
