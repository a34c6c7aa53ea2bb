"""`touchstone openapi`: the contract as a document."""

from __future__ import annotations

from pathlib import Path

import click

from api.app import describe
from api.contract import encode_contract


@click.command("openapi")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=Path("openapi/openapi.json"))
def write_contract(file: Path) -> None:
    """Write the contract into FILE, by default the committed openapi/openapi.json."""
    file.write_bytes(encode_contract(describe()))
    click.echo(f"Written: {file}")
