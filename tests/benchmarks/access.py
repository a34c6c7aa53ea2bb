"""What it costs to know who asks: a page of 50 listings with the guard, with DPoP, and without any of it.

The CPU of the whole process, over requests sent straight to the ASGI app. Without: nobody verifies a token,
counts a request or reads revocation and suspension; the same handler reads the same rows.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog
from joserfc.jwk import ECKey
from litestar import Litestar

from api.app import create_app
from api.commands.proving import Prover
from api.house import House
from api.rights import RIGHTS, Right, scopes_of
from partners.access import ClientOrder, create_client
from partners.client_keys import new_private_key
from partners.db import Database, utc_now
from partners.keys import open_keyring
from partners.migrating import migrate
from partners.principal import Claims, Principal
from partners.records.clients import admit
from partners.registry import Registry
from partners.settings import Settings
from partners.signing import Signer, mint_access_token
from tests.postgresql.launcher import EmbeddedPostgreSQL

PAGE, ROUNDS, REQUESTS = 50, 7, 150
PATH = "/v1/listings"
Headers = list[tuple[bytes, bytes]]


def measure() -> dict[str, float]:
    """Ratios of CPU on both databases; `access.guard_cpu_ratio` is the worse of the two."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        measured = _measure("sqlite", f"sqlite+pysqlite:///{Path(folder) / 'access.db'}")
    with EmbeddedPostgreSQL() as server, server.temporary_database() as url:
        measured |= _measure("postgresql", url)
    worse = max(measured[f"access.{name}.guard_cpu_ratio"] for name in ("sqlite", "postgresql"))
    return {"access.guard_cpu_ratio": worse} | measured


def _measure(name: str, url: str) -> dict[str, float]:
    migrate(url)
    guarded = _build(url)
    claims = _admit(guarded)
    bare = msgspec.structs.replace(guarded, database=Database(url, _believe, 2))
    key = new_private_key("k1")
    bound = msgspec.structs.replace(claims, bound_to=ECKey.import_key(key).thumbprint())
    try:
        costs = asyncio.run(_compare(guarded, bare, claims, bound, Prover(key)))
    finally:
        guarded.database.close()
        bare.database.close()
    return {
        f"access.{name}.guard_cpu_ratio": costs["guard"] / costs["bare"],
        f"access.{name}.dpop_cpu_ratio": costs["dpop"] / costs["bare"],
        **{f"access.{name}.{how}_cpu_us": cost * 1e6 for how, cost in costs.items()},
    }


def _build(url: str) -> House:
    database = Database(url, admit, 2)
    keyring = open_keyring(database, b"m" * 32, utc_now())
    registry = Registry(database)
    registry.refresh()
    return House(
        settings=Settings(requests_per_s=1_000_000),
        database=database,
        keyring=keyring,
        signer=Signer(database, keyring, utc_now),
        registry=registry,
        clock=utc_now,
        wake=lambda: None,
    )


def _believe(_: object, claims: Claims) -> Principal:
    return Principal(organization_id=claims.organization_id, kind=claims.kind, client_id=claims.client_id)


def _admit(house: House) -> Claims:
    allowed = scopes_of("marketplace")
    order = ClientOrder(kind="marketplace", name="Shop", scopes=(), allowed=allowed)
    made = create_client(house.database, order, utc_now())
    return Claims(
        client_id=made.client_id,
        organization_id=made.organization_id,
        kind="marketplace",
        scopes=allowed,
        token_id="bench",
    )


async def _compare(
    house: House, bare: House, claims: Claims, bound: Claims, prover: Prover
) -> dict[str, float]:
    """Seconds of CPU of one request each way: the least of several rounds, taken in turn."""
    unguarded = RIGHTS | {"list_listings": Right(None, limits=())}
    async with _open(create_app(house)) as guarded, _open(create_app(bare, rights=unguarded)) as open_app:
        await _fill(guarded, house, claims)
        plain = [(b"authorization", b"Bearer " + _mint(house, claims))]
        token = _mint(house, bound)
        costs: dict[str, list[float]] = {"bare": [], "guard": [], "dpop": []}
        for _ in range(ROUNDS):
            url = house.settings.base_url + PATH
            proofs = [
                [
                    (b"authorization", b"DPoP " + token),
                    (b"dpop", prover.make_proof("GET", url, token.decode()).encode()),
                ]
                for _ in range(REQUESTS)
            ]
            costs["bare"].append(await _time(open_app, [[]] * REQUESTS, claims))
            costs["guard"].append(await _time(guarded, [plain] * REQUESTS))
            costs["dpop"].append(await _time(guarded, proofs))
    return {how: min(each) for how, each in costs.items()}


def _mint(house: House, claims: Claims) -> bytes:
    return mint_access_token(house.signer, house.settings.base_url, claims, utc_now(), 3600).encode()


async def _fill(app: Litestar, house: House, claims: Claims) -> None:
    """Store the listings of the page, as a partner would."""
    rows = [{"reference": f"L-{n}", "title": f"Running shoes, size {n}, blue"} for n in range(PAGE)]
    body = b"\n".join(msgspec.json.encode(row) for row in rows)
    headers = [
        (b"authorization", b"Bearer " + _mint(house, claims)),
        (b"content-type", b"application/x-ndjson"),
    ]
    status, _ = await _ask(app, "POST", headers, body)
    if status != 200:
        raise RuntimeError(f"the listings were not stored: {status}")


async def _time(app: Litestar, requests: Sequence[Headers], claims: Claims | None = None) -> float:
    began = time.process_time()
    for headers in requests:
        status, size = await _ask(app, "GET", headers, claims=claims)
        if status != 200 or size < PAGE * 100:
            raise RuntimeError(f"no page: {status}")
    return (time.process_time() - began) / len(requests)


@asynccontextmanager
async def _open(app: Litestar) -> AsyncIterator[Litestar]:
    async with app.lifespan():
        yield app


async def _ask(
    app: Litestar, method: str, headers: Headers, body: bytes = b"", claims: Claims | None = None
) -> tuple[int, int]:
    """Send one request to the app; returns the status and the size of the answer."""
    found, answered = {"status": 0, "size": 0}, asyncio.Event()
    events: Iterator[dict[str, Any]] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Any:
        if (event := next(events, None)) is not None:
            return event
        await answered.wait()  # nobody hangs up before
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        found["status"] = message.get("status", found["status"])
        found["size"] += len(message.get("body", b""))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            answered.set()

    scope: Any = {
        "type": "http",
        "method": method,
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"limit=50" if method == "GET" else b"",
        "headers": headers,
        "client": ("192.0.2.1", 1),
        "server": ("localhost", 8000),
        "scheme": "http",
        "http_version": "1.1",
        "auth": claims,
    }
    await app(scope, receive, send)
    return found["status"], found["size"]
