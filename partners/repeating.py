"""Repeating: a request with an Idempotency-Key is done once, however often and however it is sent.

Change and answer are one transaction. The work of the request, all its steps, the answer they lead to and
the row that keeps that answer are committed together (`Database.together`), so there is no moment at which
a crash could leave the one without the other: before the commit nothing happened and the key is free, after
it the answer is there. A reservation in a transaction of its own would leave a key behind that nobody can
tell the state of, and would need a lease that is too short for somebody; here a lock that dies with its
transaction says that a key is at work (on PostgreSQL for all processes; on SQLite, where processes take
turns at writing, for this one, and the later one finds the answer).

Only what was done is kept. A refusal changed nothing, so the key is free again and the next try is judged
anew. An answer that holds a secret is kept as the fact alone: the secret was shown once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.db import Database, try_hold
from partners.errors import Conflict, KeyReused
from partners.keyring import Keyring
from partners.principal import Claims
from partners.records.answers import KeptAnswer, find_answer, forget_answers, keep_answer


class Answer(Struct, frozen=True, kw_only=True):
    """An answer as it goes over the wire; `is_repeated` when it is one that was given before."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_repeated: bool = False


class Keyed(Struct, frozen=True, kw_only=True):
    """A request with a key; `request` is its fingerprint: equal for equal requests only."""

    claims: Claims
    operation: str
    key: str
    request: str
    shows_secret: bool = False


class Repeats:
    """Knows which keys are at work in this process."""

    def __init__(self) -> None:
        self._at_work: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def working_on(self, place: str) -> Iterator[None]:
        """Hold the place of a client's key within this process.

        Raises:
            Conflict: it is held.
        """
        with self._lock:
            if place in self._at_work:
                raise _in_flight()
            self._at_work.add(place)
        try:
            yield
        finally:
            with self._lock:
                self._at_work.discard(place)


class Memory(Struct, frozen=True, kw_only=True):
    """Where answers are kept, and how long."""

    database: Database
    keyring: Keyring
    repeats: Repeats
    lasting: timedelta


def answer_once(memory: Memory, keyed: Keyed, run: Callable[[], Answer], now: datetime) -> Answer:
    """Answer a request by `run`, or by what an equal request with its key was answered before.

    `run` works in this thread's place (on SQLite in the writer's), and its doors are one transaction.

    Raises:
        KeyReused: the key came with another request before.
        Conflict: the key is at work (`request-in-flight`), or its answer held a secret that is shown
            once (`secret-already-shown`).
        DomainError: whatever `run` raises; nothing was changed then.
    """
    row = _row(memory, keyed, now)

    def work(connection: Connection, _: object) -> Answer:
        if not try_hold(connection, row.place):
            raise _in_flight()
        known = find_answer(connection, row.client_id, row.operation, row.key_index, now)
        if known:
            return _repeat(memory.keyring, known, row)
        answer = run()
        sealed = (
            None if keyed.shows_secret else memory.keyring.seal(msgspec.msgpack.encode(answer), row.place)
        )
        keep_answer(connection, replace(row, sealed=sealed))
        return answer

    with memory.repeats.working_on(row.place):
        return memory.database.together("repeating", keyed.claims, work)


def forget_repeats(database: Database, now: datetime) -> int:
    """Forget the answers whose time is over; returns how many."""
    return database.acting("repeating", lambda connection, _: forget_answers(connection, now))


def _row(memory: Memory, keyed: Keyed, now: datetime) -> KeptAnswer:
    return KeptAnswer(
        client_id=keyed.claims.client_id,
        operation=keyed.operation,
        # by a key that is never rotated: an answer must be found as long as it is kept
        key_index=memory.keyring.sign(f"idempotency key {_owned(keyed)}".encode())[1:17].hex(),
        request_index=memory.keyring.sign(f"idempotent request {keyed.request}".encode())[1:17].hex(),
        sealed=None,
        created_at=now,
        expires_at=now + memory.lasting,
    )


def _owned(keyed: Keyed) -> str:
    """The key as its owner's own: people who share a client share no keys."""
    seat = keyed.claims.seat
    return f"{seat.person_id} {keyed.key}" if seat else keyed.key


def _repeat(keyring: Keyring, known: KeptAnswer, asked: KeptAnswer) -> Answer:
    if known.request_index != asked.request_index:
        raise KeyReused("this Idempotency-Key came with another request before: take a new one")
    if known.sealed is None:
        detail = "it was done, and its answer held a secret that is shown once: rotate it to have a new one"
        raise Conflict(detail, "secret-already-shown")
    answer = msgspec.msgpack.decode(keyring.open(known.sealed, known.place), type=Answer)
    return replace(answer, is_repeated=True)


def _in_flight() -> Conflict:
    detail = "a request with this Idempotency-Key is at work: come back for its answer"
    return Conflict(detail, "request-in-flight", retry_after=1)
