"""`touchstone clients`: the programs that may ask for tokens."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from api.opening import migrated_database
from api.rights import scopes_for_people, scopes_of
from partners.access import ClientOrder, NewClient, create_client
from partners.client_keys import new_private_key, read_public_keys
from partners.db import utc_now
from partners.ids import new_id
from partners.principal import Kind
from partners.settings import Settings


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """What `touchstone request --key FILE` needs: the file is its client's secret, mode 0600."""

    base_url: str
    client_id: str
    private_jwk: dict[str, Any]


@click.group()
def clients() -> None:
    """The programs that may ask for tokens."""


@clients.command()
@click.option("--kind", type=click.Choice(get_args(Kind)), required=True, help="What kind of partner it is.")
@click.option("--name", required=True, help="Of the client, and of its organization where a new one is made.")
@click.option("--organization", metavar="ID", help="Add the client to this organization.")
@click.option("--scope", "scopes", multiple=True, help="Repeatable; without any: all that the kind may have.")
@click.option("--jwks", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Public keys.")
@click.option("--new-key", type=click.Path(path_type=Path), help="Make a key (ES256) into this new file.")
@click.option("--dpop", is_flag=True, help="Bind its tokens to its key (RFC 9449); customs' always are.")
@click.option(
    "--redirect-uri", "redirect_uris", multiple=True, help="Repeatable; people sign in through it then."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def create(  # noqa: PLR0913, PLR0917 - one parameter per option, as click has it
    settings: Settings,
    kind: Kind,
    name: str,
    organization: str | None,
    scopes: tuple[str, ...],
    jwks: Path | None,
    new_key: Path | None,
    dpop: bool,  # noqa: FBT001 - click passes options by name
    redirect_uris: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes options by name
) -> None:
    """Make a client, with a secret that is shown once, or with keys; customs need a key."""
    if jwks and new_key:
        raise click.UsageError("Use --jwks or --new-key, not both.")
    order = ClientOrder(
        kind=kind,
        name=name,
        scopes=scopes,
        # an operator's client serves the people of every kind of partner; their roles bound what it gets
        allowed=scopes_for_people() if redirect_uris and kind == "operator" else scopes_of(kind),
        organization_id=organization,
        dpop_bound=dpop,
        redirect_uris=redirect_uris,
    )
    if new_key:
        made = _create_with_new_key(settings, order, new_key)
    else:
        made = _create(settings, order, read_public_keys(_read_json(jwks)) if jwks else ())
    click.echo(_as_json(made) if as_json else _as_text(made, new_key))


def _create(settings: Settings, order: ClientOrder, jwks: Sequence[dict[str, Any]]) -> NewClient:
    with migrated_database(settings) as database:
        return create_client(database, msgspec.structs.replace(order, jwks=jwks), utc_now())


def _create_with_new_key(settings: Settings, order: ClientOrder, path: Path) -> NewClient:
    """The file comes first, so that no client is made whose key could not be kept."""
    private = new_private_key(new_id("key"))
    public = {name: value for name, value in private.items() if name != "d"}
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be made: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            made = _create(settings, order, read_public_keys(public))
            kept = KeyFile(base_url=settings.base_url, client_id=made.client_id, private_jwk=private)
            file.write(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise
    return made


def _read_json(path: Path) -> object:
    try:
        return msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, OSError):
        raise click.ClickException(f"{path} cannot be read as JSON.") from None


def _as_json(made: NewClient) -> str:
    shown = {"organization_id": made.organization_id, "client_id": made.client_id}
    if made.client_secret is not None:
        shown["client_secret"] = str(made.client_secret)
    return msgspec.json.encode(shown).decode()


def _as_text(made: NewClient, key: Path | None) -> str:
    lines = [f"organization  {made.organization_id}", f"client        {made.client_id}"]
    if made.client_secret is not None:
        lines.append(f"secret        {made.client_secret!s}  (shown this once: keep it)")
    lines.append(f"scopes        {' '.join(made.scopes)}")
    if key:
        lines.append(f"next          touchstone request --key {key} GET /v1/organization")
    return "\n".join(lines)
