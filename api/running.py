"""Composition: what runs in a process, started in order and stopped in order."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import uvicorn

from api.app import ROOMS, create_app
from api.bulk import BulkJobs, find_rooms
from api.house import House
from api.opening import LOGIN_ADVICE, NotStarted, migrated_database, pool_size
from api.protocol import BoundedProtocol
from matching.habits import habits_of
from partners.chaining import Sealer
from partners.db import Database, utc_now
from partners.destinations import AddressRules
from partners.inspecting import inspect_login
from partners.jobs import Jobs
from partners.keys import KeyringFollower, obtain_master_key, open_keyring
from partners.mailing import Mailer
from partners.outbound import Egress
from partners.outside import Provider, Registration
from partners.registry import Registry
from partners.sequencing import Sequencer
from partners.settings import Settings
from partners.signing import Signer
from partners.snapshots import SNAPSHOT_FOLDER
from partners.stocking import Stock
from partners.upkeep import Limits
from webhooks.dispatch import Dispatcher
from webhooks.pace import Pace

_ADVICE = LOGIN_ADVICE[0].upper() + LOGIN_ADVICE[1:]
_STOPPING = (signal.SIGTERM, signal.SIGINT)
_REQUEST_SECONDS = 6  # what is in flight may end in this time when we are asked to stop
_WORKER_SECONDS = 11.0  # the same for background work; what is not done by then is done by the next start


class _Worker(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...

    def wake(self) -> None: ...


@contextmanager
def open_house(settings: Settings, *, with_worker: bool = False) -> Iterator[House]:
    """Open database, keys and registry, start the background work, and close all of it afterwards.

    The registry index is followed in every process; `with_worker` adds places in feeds, jobs and delivery.

    Raises:
        NotStarted: the database is not reachable, not migrated, keeps partners not apart, or takes too
            few connections.
        KeyRefused: the master key is not safe to use, or is not this database's.
    """
    with migrated_database(settings) as database:
        _check_login(settings, database)
        house, workers = _compose(settings, database, with_worker=with_worker)
        running: list[_Worker] = []
        try:
            for worker in workers:
                worker.start()
                running.append(worker)
            yield house
        finally:
            _stop(running)


def _check_login(settings: Settings, database: Database) -> None:
    """Without row-level security nobody is served; a pool that the server cannot fill fails under load."""
    login = inspect_login(database)
    if login and login.complaint:
        raise NotStarted(f"The database does not keep partners apart: {login.complaint}. {_ADVICE}.")
    if login and login.connection_limit < pool_size(settings):
        reason = f"PostgreSQL takes {login.connection_limit} connections, and this process may need"
        raise NotStarted(
            f"{reason} {pool_size(settings)}: lower TOUCHSTONE_THREADS or raise max_connections."
        )


def _compose(settings: Settings, database: Database, *, with_worker: bool) -> tuple[House, list[_Worker]]:
    master = obtain_master_key(database, settings.keys_path)
    keyring = open_keyring(database, master, utc_now())
    habits = habits_of(settings.false_titles_per_1000, settings.disguised_share)
    registry = Registry(database, folder=Path(settings.data_dir) / SNAPSHOT_FOLDER, habits=habits)
    workers: list[_Worker] = [registry, registry.markets, KeyringFollower(database, master, keyring)]
    if with_worker:
        rules = AddressRules(
            allow_http=settings.webhooks_allow_http, allow_private=settings.webhooks_allow_private
        )
        egress = Egress(
            rules=rules,
            dns_servers=settings.dns_servers,
            proxy=settings.egress_proxy,
            origin=urlsplit(settings.base_url).hostname or "localhost",
        )
        pace = Pace(attempt=settings.webhooks_seconds, lease=4 * settings.webhooks_seconds)
        dispatcher = Dispatcher(database, keyring, egress, pace=pace)
        workers += [Sequencer(database), Sealer(database, keyring), dispatcher]
    mailer = Mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None
    if mailer:
        workers.append(mailer)
    house = House(
        settings=settings,
        database=database,
        keyring=keyring,
        signer=Signer(database, keyring, utc_now),
        registry=registry,
        clock=utc_now,
        wake=_waker(workers),
        # https only, whatever webhooks may do: who can change a key on its way is that client
        egress=Egress(
            rules=AddressRules(allow_private=settings.webhooks_allow_private),
            dns_servers=settings.dns_servers,
        ),
        mailer=mailer,
        provider=_open_provider(settings),
    )
    if with_worker:
        stock = Stock(database, folder=Path(settings.data_dir) / SNAPSHOT_FOLDER)
        kinds = [BulkJobs(house, find_rooms(ROOMS))]
        limits = _limits(settings)
        workers += [stock, Jobs(house.desk, registry, kinds=kinds, stock=stock, limits=limits)]
    return house, workers


def _limits(settings: Settings) -> Limits:
    return Limits(
        attempt_days=settings.attempt_days,
        job_days=settings.job_days,
        listing_days=settings.listing_days,
        case_days=settings.case_days,
        audit_days=settings.audit_days,
    )


def _open_provider(settings: Settings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    rules = AddressRules(allow_private=settings.oidc_allow_private)
    registration = Registration(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        redirect_uri=f"{settings.base_url}/sign-in/outside/answer",
    )
    return Provider(registration, Egress(rules=rules, dns_servers=settings.dns_servers))


def _waker(workers: Sequence[_Worker]) -> Callable[[], None]:
    def wake() -> None:
        for worker in workers:
            worker.wake()

    return wake


def _stop(workers: Sequence[_Worker], seconds: float = _WORKER_SECONDS) -> None:
    """Ask all at once, and wait a bounded time: leases give what is left to the next process."""
    threads = [threading.Thread(target=worker.stop, daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


class _Server(uvicorn.Server):
    """Tells when it accepts requests, and returns when it has been asked to stop."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Unlike uvicorn's own, do not raise the signal again at the end: what we opened must be closed."""
        before = {number: signal.signal(number, self.handle_exit) for number in _STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def open_socket(host: str, port: int) -> socket.socket:
    """Listen before anything else is started, so that a taken port is found at once.

    Raises:
        NotStarted: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = f"Cannot listen on {host} port {port} ({error.strerror})"
        raise NotStarted(f"{reason}: set TOUCHSTONE_HOST and TOUCHSTONE_PORT.") from None


def serve(house: House, listening: socket.socket, started: Callable[[], None]) -> None:
    """Answer requests until a signal asks to stop; requests in flight are ended first."""
    config = uvicorn.Config(
        create_app(house),
        loop="uvloop",
        http=BoundedProtocol,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_REQUEST_SECONDS,
    )
    _Server(config, started).run(sockets=[listening])
