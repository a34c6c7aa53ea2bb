"""Alembic's entry: runs the migrations on the connection it is handed."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON

from partners.db import UTC, Thousandths
from partners.records.schema import metadata


def render_our_type(kind: str, item: object, autogenerate: AutogenContext) -> str | Literal[False]:
    """Name our own column types in a drafted revision as the records name them."""
    if kind != "type" or not isinstance(item, UTC | Thousandths | JSON):
        return False
    name = "JSONDocument" if isinstance(item, JSON) else type(item).__name__
    autogenerate.imports.add(f"from partners.db import {name}")
    return name if name == "JSONDocument" else f"{name}()"


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render_our_type,
    compare_type=True,
    transaction_per_migration=False,
)
context.run_migrations()
