"""`touchstone serve`, `worker` and `migrate`."""

from __future__ import annotations

import faulthandler
import signal
import threading
from importlib.metadata import version

import click
from sqlalchemy.exc import ProgrammingError

from api import running
from api.house import House
from api.logs import configure_logs
from api.opening import LOGIN_ADVICE, NotStarted, is_sqlite, open_database, place_of, prepare_file
from api.public_url import check_base_url
from partners.heap import settle_heap
from partners.migrating import migrate as migrate_database
from partners.readiness import check_database
from partners.settings import Settings
from partners.tenancy.granting import TooOld


@click.command()
@click.option("--no-worker", is_flag=True, help="Leave jobs and deliveries to `touchstone worker`.")
@click.pass_obj
def serve(settings: Settings, no_worker: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Run the service: the API and, in threads beside it, jobs and deliveries."""
    faulthandler.enable()  # if native code fails, the log says in which call
    configure_logs(settings.log_level)
    check_base_url(settings)
    listening = running.open_socket(settings.host, settings.port)
    _migrate_own_file(settings)
    with running.open_house(settings, with_worker=not no_worker) as house:
        settle_heap()
        port = listening.getsockname()[1]
        running.serve(house, listening, lambda: click.echo(_welcome(house, port)))


# A signal may come by way of another thread: the main one, whose matter it is, hears of it when it wakes.
_LOOK_UP_S = 0.5


@click.command()
@click.pass_obj
def worker(settings: Settings) -> None:
    """Run jobs and deliveries alone; any number may share a PostgreSQL database."""
    faulthandler.enable()
    configure_logs(settings.log_level)
    asked_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with running.open_house(settings, with_worker=True):
        settle_heap()
        click.echo(f"Touchstone worker on {place_of(settings)}; stop it with Ctrl-C.")
        while not asked_to_stop.wait(_LOOK_UP_S):
            pass


@click.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database to the schema of this release; several at once take turns."""
    prepare_file(settings)
    owner = settings.migration_database_url or settings.sqlalchemy_url
    try:
        migrate_database(owner, settings.sqlalchemy_url)
    except ProgrammingError as error:
        reason = str(error.orig).partition("\n")[0]
        raise NotStarted(f"PostgreSQL says “{reason}”: {LOGIN_ADVICE}.") from None
    except TooOld as error:
        raise NotStarted(f"{error}.") from None
    click.echo(f"Migrated: {place_of(settings)}")


def _migrate_own_file(settings: Settings) -> None:
    """Who runs on SQLite owns the tables; on PostgreSQL `touchstone migrate` does it, as their owner."""
    if not is_sqlite(settings):
        return
    prepare_file(settings)
    database = open_database(settings)
    try:
        _, migrated = check_database(database)
    finally:
        database.close()
    if not migrated:
        migrate_database(settings.sqlalchemy_url)


def _welcome(house: House, port: int) -> str:
    settings = house.settings
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    lines = [
        f"Touchstone {version('touchstone')}",
        f"  listens on  http://{shown}:{port}  (known to partners as {settings.base_url})",
        f"  data        {place_of(settings)}",
        f"  keys        {settings.keys_path.resolve()}",
        f"  reference   {settings.base_url}/docs",
        '  next        touchstone clients create --kind marketplace --name "My shop" --json',
        "              touchstone doctor checks the installation; Ctrl-C stops the service",
    ]
    if settings.webhooks_allow_http or settings.webhooks_allow_private:
        lines.append("  warning     webhooks may go to http or private addresses: for trials only")
    return "\n".join(lines)
