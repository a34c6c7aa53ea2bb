"""A delivery worker in a process of its own.

It runs until SIGTERM, and then drains. `skew` moves its host's clock, `max_pages` fills its disk.
"""

from __future__ import annotations

import signal
import sys
import threading
from datetime import datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from typing import Any

import msgspec
import structlog
from sqlalchemy import Engine, event

from partners.db import Database, utc_now
from partners.destinations import AddressRules
from partners.heap import settle_heap
from partners.keys import open_keyring
from partners.outbound import Egress
from partners.records.clients import admit
from tests.torture.sink import HOST
from webhooks.dispatch import Dispatcher
from webhooks.pace import Pace

MASTER_KEY = b"t" * 32


class Order(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a worker is to do."""

    url: str
    pace: dict[str, Any] = {}
    skew: float = 0.0
    max_pages: int = 0
    dns_servers: tuple[str, ...] = ()


def work(order: Order, ready: Pipe) -> None:
    """Deliver until told to stop; says so when it has begun."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asked_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked_to_stop.set())
    if order.max_pages:
        event.listen(Engine, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count={order.max_pages}"))

    def clock() -> datetime:
        return utc_now() + timedelta(seconds=order.skew)

    database = Database(order.url, admit, pool_size=6)
    keyring = open_keyring(database, MASTER_KEY, utc_now())
    rules = AddressRules(allow_http=True, allowed=(f"{HOST}/32",))
    egress = Egress(rules=rules, dns_servers=order.dns_servers)
    pace = msgspec.convert(order.pace, Pace, strict=False)
    worker = Dispatcher(database, keyring, egress, pace=pace, clock=clock)
    settle_heap()
    worker.start()
    ready.send("ready")
    while not asked_to_stop.wait(0.2):
        pass  # a signal may come by way of another thread: this one hears of it when it wakes
    worker.stop()
    database.close()
