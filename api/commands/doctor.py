"""`touchstone doctor`: checks of the installation, each with what to do."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from typing import Literal

import click
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from api.opening import LOGIN_ADVICE, NotStarted, is_sqlite, open_database, place_of, pool_size, sqlite_path
from api.public_url import check_base_url
from partners.db import Database
from partners.inspecting import inspect_login
from partners.keyring import KeyRefused
from partners.keys import fits_database, is_sealed, master_path, read_master_key
from partners.readiness import check_database
from partners.settings import Settings

State = Literal["good", "warning", "bad"]
_COLORS = {"good": "green", "warning": "yellow", "bad": "red"}


class Finding(Struct, frozen=True):
    subject: str
    state: State
    detail: str


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Check the installation; the exit code is 1 when something is bad."""
    findings = list(examine(settings))
    console = Console()
    if console.is_terminal:
        console.print(_table(findings))
    else:
        for finding in findings:
            click.echo(f"{finding.state:8} {finding.subject}: {finding.detail}")
    if any(finding.state == "bad" for finding in findings):
        sys.exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, and change nothing."""
    yield _python()
    yield _public_url(settings)
    yield from _trial_settings(settings)
    yield _key_file(settings)
    if is_sqlite(settings) and not sqlite_path(settings).exists():
        yield Finding("database", "bad", f"{place_of(settings)} is not there: run `touchstone migrate`")
        return
    database = open_database(settings)
    try:
        yield from _database(settings, database)
    finally:
        database.close()


def _python() -> Finding:
    return Finding("python", "good", sys.version.split()[0])


def _public_url(settings: Settings) -> Finding:
    try:
        check_base_url(settings)
    except NotStarted as error:
        return Finding("public URL", "bad", str(error))
    return Finding("public URL", "good", settings.base_url)


def _trial_settings(settings: Settings) -> Iterator[Finding]:
    for name in ("webhooks_allow_http", "webhooks_allow_private"):
        if getattr(settings, name):
            yield Finding("settings", "warning", f"TOUCHSTONE_{name.upper()} is on: for trials only")


def _key_file(settings: Settings) -> Finding:
    path = master_path(settings.keys_path)
    if not path.exists():
        return Finding("master key", "warning", f"{path.resolve()} is not there: the first start makes it")
    try:
        read_master_key(settings.keys_path)
    except KeyRefused as error:
        return Finding("master key", "bad", str(error))
    return Finding("master key", "good", f"{path.resolve()}, readable by its owner only")


def _database(settings: Settings, database: Database) -> Iterator[Finding]:
    reachable, migrated = check_database(database)
    if not reachable:
        yield Finding("database", "bad", f"{place_of(settings)} does not answer")
        return
    yield Finding("database", "good", place_of(settings))
    if not migrated:
        yield Finding("schema", "bad", "not the one of this release: run `touchstone migrate`")
        return
    yield Finding("schema", "good", "the one of this release")
    yield from _key_of_database(settings, database)
    yield from _login(settings, database)
    if is_sqlite(settings):
        yield _file_mode(settings)


def _key_of_database(settings: Settings, database: Database) -> Iterator[Finding]:
    try:
        fits = fits_database(database, read_master_key(settings.keys_path))
    except KeyRefused:
        if master_path(settings.keys_path).exists():
            return  # `_key_file` has said it
        fits = False if is_sealed(database) else None
    if fits is False:
        detail = "the database was sealed under a master key that is not here: see `touchstone keys import`"
        yield Finding("key of the database", "bad", detail)
    elif fits:
        yield Finding("key of the database", "good", "the master key fits")


def _login(settings: Settings, database: Database) -> Iterator[Finding]:
    login = inspect_login(database)
    if login is None:
        return
    if login.complaint:
        yield Finding("login role", "bad", f"{login.complaint}: {LOGIN_ADVICE}")
    else:
        yield Finding(
            "login role", "good", f"{login.name} owns nothing; each request takes a role of its own"
        )
    needed = pool_size(settings)
    state: State = "good" if needed <= login.connection_limit else "bad"
    detail = f"one process holds up to {needed} of the server's {login.connection_limit}"
    yield Finding("connections", state, detail)


def _file_mode(settings: Settings) -> Finding:
    mode = stat.S_IMODE(os.stat(sqlite_path(settings)).st_mode)  # noqa: PTH116 - one call, one number
    if mode & 0o077:
        return Finding("database file", "warning", f"mode {mode:o}: others may read it (chmod 600)")
    return Finding("database file", "good", "readable by its owner only")


def _table(findings: list[Finding]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for finding in findings:
        color = _COLORS[finding.state]
        table.add_row(f"[{color}]{finding.state}[/{color}]", finding.subject, finding.detail)
    return table
