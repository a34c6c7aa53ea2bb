"""A real receiver on loopback, and endpoints that deliver to it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter

import pytest
from aiohttp import web
from sqlalchemy import func, select

from partners.db import utc_now
from partners.destinations import AddressRules
from partners.outbound import Egress
from partners.principal import Principal
from partners.records.endpoints import attempts, deliveries, endpoints
from partners.records.events import Fact, emit
from partners.sealing import Desk
from partners.subscribing import Subscription, register_endpoint
from webhooks.delivery import Outcome
from webhooks.dispatch import Dispatcher
from webhooks.pace import Pace
from webhooks.signing import new_secret

HOST = "127.0.0.53"


class Receiver:
    """An HTTP server of a partner: keeps what it got, and answers as it is told."""

    def __init__(self):
        self.got = []
        self.answer = lambda _request, _body: web.Response(text="thanks")
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._started.wait(10)

    def url(self, path="/"):
        return f"http://{HOST}:{self.port}{path}"

    def close(self):
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(10)

    def _run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        server = web.Server(self._handle, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self._started.set()
        await self._closing.wait()
        await runner.shutdown()
        await runner.cleanup()

    async def _handle(self, request):
        body = await request.read()
        self.got.append((request.path, dict(request.headers), body))
        answer = self.answer(request, body)
        return await answer if asyncio.iscoroutine(answer) else answer


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def egress():
    """Only this one address of the loopback is good."""
    return Egress(rules=AddressRules(allow_http=True, allowed=(f"{HOST}/32",)))


@pytest.fixture
def wait_for():
    def wait(condition, seconds=60.0):
        """Wait until a condition holds; generous, for the machine may be busy."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.02)

    return wait


@pytest.fixture
def principal(partner):
    claims = partner("marketplace")
    return Principal(organization_id=claims.organization_id, kind=claims.kind, client_id=claims.client_id)


@pytest.fixture
def register(database, keyring, egress, principal):
    """Register an endpoint at a URL; returns it with its secret."""

    def make(url, event_types=("*",), owner=principal):
        secret = new_secret()
        desk = Desk(keyring=keyring, rules=egress.rules, now=utc_now())
        wanted = Subscription(url=url, event_types=event_types)
        endpoint = database.acting("delivery", lambda c, _: register_endpoint(c, owner, wanted, secret, desk))
        return endpoint, secret

    return make


@pytest.fixture
def tell(database, principal):
    """Tell so many facts to the organization; returns the events' ids."""

    def make(count=1, owner=principal, now=None):
        def work(connection, _principal):
            return [
                emit(connection, fact(number), [(owner.kind, owner.organization_id)], now or utc_now())[0].id
                for number in range(count)
            ]

        return database.acting("delivery", work)

    return make


def fact(number):
    data = {"reference": f"A-{number}", "verdict": "review", "score": 0.5, "matches": 1}
    return Fact(type="listing.screened", subject=f"lst_{number}", path=f"/v1/listings/A-{number}", data=data)


@pytest.fixture
def states(database):
    """Count the deliveries by state."""

    def read():
        with database.surveying("delivery") as connection:
            rows = connection.execute(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
            return dict(rows.all())

    return read


@pytest.fixture
def dispatcher(database, keyring, egress):
    """Start workers that are stopped at the end of the test."""
    started = []

    def start(**options):
        pace = options.pop("pace", Pace(poll=0.05, group=0.02))
        worker = Dispatcher(database, keyring, egress, pace=pace, **options)
        worker.start()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.stop(drain=False)


class Counting:
    """A sender without a network: it counts what it is given and answers as it is told."""

    def __init__(self, answer=None, seconds=0.0):
        self.sent = Counter()
        self.most = Counter()
        self._now = Counter()
        self._answer = answer or (lambda _target, _headers: Outcome(status=200))
        self._seconds = seconds

    async def send(self, target, headers, body, deadline):
        self._now[target.url] += 1
        self.most[target.url] = max(self.most[target.url], self._now[target.url])
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self._now[target.url] -= 1
        self.sent[headers["webhook-id"]] += 1
        return self._answer(target, headers)

    async def close(self):
        return None


@pytest.fixture
def counting():
    """Make a sender without a network."""
    return Counting


@pytest.fixture
def log(database):
    """Every attempt row, in order."""

    def read():
        with database.surveying("delivery") as connection:
            return connection.execute(select(attempts).order_by(attempts.c.id)).all()

    return read


@pytest.fixture
def status_of(database):
    def read(endpoint):
        with database.surveying("delivery") as connection:
            return connection.scalar(select(endpoints.c.status).where(endpoints.c.id == endpoint.id))

    return read


@pytest.fixture
def change(database, keyring, egress, principal):
    """Act on an endpoint as its organization does."""

    def make(work):
        desk = Desk(keyring=keyring, rules=egress.rules, now=utc_now())
        return database.acting("delivery", lambda c, _: work(c, principal, desk))

    return make
