"""A whole house on each database, a client of its app, tokens for any partner, and a bench to test on.

The bench is a small app of rooms that stand for all rooms: its operations are open to everybody, so
that a test meets what the front door does to any request, and no database.
"""

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Annotated, Any
from urllib.parse import unquote

import pytest
from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.testing import TestClient
from msgspec import Meta, Struct
from sqlalchemy import Engine, event, insert

from api.app import Frame, create_app
from api.house import House
from api.limits import JOB_TIMES
from api.ndjson import Bulk, Posted, Result
from api.paging import Limit
from partners.caps import Caps
from partners.errors import NotFound, RuleBroken, Unauthorized
from partners.keyring import Keyring
from partners.records.clients import revoked_tokens
from partners.registry import Registry
from partners.settings import Settings
from partners.signing import Signer, mint_access_token


@pytest.fixture
def house(database, keyring, now):
    """The house of a test: its clock stands still, its registry is loaded, nothing runs in it."""
    registry = Registry(database, clock=lambda: now)
    registry.refresh()
    return House(
        settings=Settings(),
        database=database,
        keyring=keyring,
        signer=Signer(database, keyring, lambda: now),
        registry=registry,
        clock=lambda: now,
        wake=lambda: None,
    )


@pytest.fixture(scope="session")
def frame():
    """The rooms, drawn once for all tests: each furnishes them for a house of its own."""
    return Frame(max_body_bytes=Settings().bulk_limit_bytes * JOB_TIMES)


@pytest.fixture
def client(house, frame):
    with TestClient(frame.furnish(house)) as client:
        yield client


@pytest.fixture
def token(house, now):
    """Make the headers of a partner's request from its Claims."""

    def make(claims):
        text = mint_access_token(house.signer, house.settings.base_url, claims, now, 300)
        return {"Authorization": f"Bearer {text}"}

    return make


class PebbleIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Annotated[str, Meta(max_length=1_000_000)]
    reference: str | None = None
    quantity: int = 1
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$", max_length=2)] | None = None
    extra: Any = None


def refuse_or_take(pebble):
    """The titles of a test say what becomes of them."""
    errors = {"missing": NotFound("gone"), "ruled out": RuleBroken([("/title", "is ruled out")])}
    if pebble.title == "crash":
        raise RuntimeError("a title that nobody foresaw: canary-3141")
    if pebble.title == "revoked":
        raise Unauthorized("the token is revoked")
    return errors.get(pebble.title) or Result(status=201, body=pebble, headers={"ETag": '"1"'})


class Pebbles(Controller):
    """A room of one object at a time."""

    path = "/v1/pebbles"

    @post(operation_id="get_health", sync_to_thread=True)
    def create(self, data: JSONBody[PebbleIn]) -> PebbleIn:
        outcome = refuse_or_take(data)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome.body

    @get(operation_id="get_health", sync_to_thread=True)
    def list(self, limit: Limit = 50, title: FromQuery[str | None] = None) -> dict[str, int]:
        return {"limit": limit}

    @get("/{key:str}", operation_id="get_health", sync_to_thread=True)
    def show(self, key: FromPath[str]) -> dict[str, str]:
        return {"key": key}

    @delete("/{key:str}", operation_id="get_health", sync_to_thread=True)
    def remove(self, key: FromPath[str]) -> None:
        raise NotFound(key)


@put("/v1/gravel", operation_id="get_health", sync_to_thread=True)
def put_gravel(data: JSONBody[PebbleIn]) -> PebbleIn:
    return data


@get("/v1/gravel", operation_id="get_health", sync_to_thread=True)
def get_gravel() -> None:
    """A second handler on the path of another."""


class Stones(Controller):
    """A bulk-capable room."""

    path = "/v1/stones"

    @post(operation_id="get_health", opt={"bulk": Bulk(PebbleIn, PebbleIn)}, sync_to_thread=True)
    def create(self, posted: NamedDependency[Posted]) -> Response[PebbleIn]:
        return posted.answer(PebbleIn, lambda pebbles: [refuse_or_take(pebble) for pebble in pebbles])


@pytest.fixture
def pebble_in():
    return PebbleIn


@pytest.fixture(scope="session")
def bench_house():
    """A house without a database, for what is settled before any door opens."""
    keyring = Keyring({("data", 1): b"d" * 32, ("index", 1): b"i" * 32})
    return House(
        settings=Settings(requests_per_s=0, token_requests_per_minute=0),  # buckets are in the database
        database=None,
        keyring=keyring,
        signer=None,
        registry=SimpleNamespace(ready=True, version=7, age=0.5, stale=(), caps=Caps()),
        clock=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        wake=lambda: None,
    )


@pytest.fixture(scope="session")
def bench_app(bench_house):
    return create_app(bench_house, [Pebbles, Stones, put_gravel, get_gravel])


@pytest.fixture(scope="session")
def bench(bench_app):
    with TestClient(bench_app) as client:
        client.unquote = unquote
        yield client


@pytest.fixture
def exchange():
    """Exchange ASGI messages with an app, as a server would; `heed` is told of each one it sends."""

    def run(app, method, path, headers, chunks, heed=lambda _: None, address="192.0.2.1"):
        last = len(chunks) - 1
        events = [
            {"type": "http.disconnect"}
            if chunk is None
            else {"type": "http.request", "body": chunk, "more_body": index < last}
            for index, chunk in enumerate(chunks)
        ]
        answers = []
        complete = asyncio.Event()

        async def receive():
            if events:
                return events.pop(0)
            await complete.wait()
            return {"type": "http.disconnect"}

        async def keep(message):
            answers.append(message)
            heed(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                complete.set()

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": (address, 1),
            "server": ("localhost", 8000),
            "scheme": "http",
            "http_version": "1.1",
        }
        asyncio.run(app(scope, receive, keep))
        return answers

    return run


@pytest.fixture
def send(exchange, bench_app):
    """Send the bench a body chunk by chunk; None is a connection that breaks off."""

    def call(method, path, headers, chunks):
        start, *bodies = exchange(bench_app, method, path, headers, chunks)
        return start["status"], dict(start["headers"]), b"".join(body.get("body", b"") for body in bodies)

    return call


@pytest.fixture
def query_count():
    """Note the statements that name a table, whichever engine sends them."""

    @contextmanager
    def watch(table):
        noted = []

        def note(_connection, _cursor, statement, *_rest):
            noted.extend([statement] if table in statement else [])

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield noted
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return watch


@pytest.fixture
def stall():
    """Send an app the chunks of a body that then goes on without a word."""

    def run(app, path, chunks):
        answers = []
        events = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]

        async def receive():
            if not events:
                await asyncio.Event().wait()
            return events.pop(0)

        async def keep(message):
            answers.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"content-type", b"application/x-www-form-urlencoded")],
            "client": ("192.0.2.1", 1),
            "server": ("localhost", 8000),
            "scheme": "http",
            "http_version": "1.1",
        }
        asyncio.run(app(scope, receive, keep))
        return answers

    return run


@pytest.fixture
def revoke(database, now):
    """Take a token back."""

    def act(claims):
        def work(connection, _principal):
            row = {"token_id": claims.token_id, "expires_at": now + timedelta(minutes=5)}
            connection.execute(insert(revoked_tokens).values(row))

        database.acting("access", work)

    return act


@pytest.fixture
def unlisted():
    @get("/v1/secret", operation_id="get_secret", sync_to_thread=True)
    def get_secret() -> str:
        return "nobody said who may read this"

    return get_secret
