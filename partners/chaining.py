"""Sealing: audit rows become a chain that cannot be changed without being noticed, and the check of it.

Each row's seal is keyed, and covers the row, its position and the seal before it. A row that was edited,
deleted, moved or put in is found where it was. Who cuts the newest rows off and mends the head beside them
is found by a head that was kept elsewhere: partners and operators take it, `verify` compares it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from partners.db import Database, hold, utc_now
from partners.keyring import Keyring
from partners.loops import Loop
from partners.principal import Claims
from partners.records.audit import Entry
from partners.records.audit_chains import (
    Chain,
    count_unsealed,
    delete_before,
    find_chains,
    find_last_older,
    keep_chains,
    list_chained,
    list_unsealed,
    set_seals,
    walk_chain,
)

FaultKind = Literal["changed", "missing", "beginning", "cut", "other_head"]
_SECONDS: Final = 0.5
_BATCH: Final = 500


class Head(Struct, frozen=True, kw_only=True):
    """How far a chain came: the position and seal of its newest row, in hexadecimal."""

    organization_id: str
    position: int
    chain: str
    sealed_at: datetime | None = None


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong at a position."""

    position: int
    kind: FaultKind
    detail: str


class Verification(Struct, frozen=True, kw_only=True):
    """What was found in one organization's chain."""

    organization_id: str
    sealed: int
    unsealed: int
    faults: tuple[Fault, ...]


class Sealer:
    """One per process; those of several processes take turns."""

    def __init__(self, database: Database, keyring: Keyring, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._loop = Loop("sealer", lambda: self.seal() >= _BATCH, _SECONDS)
        self.start = self._loop.start
        self.stop = self._loop.stop
        self.wake = self._loop.wake

    def seal(self) -> int:
        """Seal what was committed up to now, at most a batch; returns how many rows."""
        with self._database.surveying("sealing") as connection:
            if not list_unsealed(connection, 1):
                return 0
        return self._database.acting("sealing", lambda connection, _: self._seal(connection))

    def _seal(self, connection: Connection) -> int:
        hold(connection, "audit chains")
        waiting = list_unsealed(connection, _BATCH)
        chains = find_chains(connection, sorted({entry.organization_id for entry in waiting}))
        sealed = []
        for entry in waiting:
            chain = chains.get(entry.organization_id) or begin_chain(self._keyring, entry, self._clock())
            placed = replace(entry, position=chain.position + 1)
            placed = replace(placed, chain=self._keyring.sign(_message(placed, chain.chain)))
            chains[entry.organization_id] = replace(
                chain, position=chain.position + 1, chain=placed.chain, sealed_at=self._clock()
            )
            sealed.append(placed)
        if sealed:
            set_seals(connection, sealed)
            keep_chains(connection, list(chains.values()))
        return len(sealed)


def begin_chain(keyring: Keyring, entry: Entry, now: datetime) -> Chain:
    """The chain of an organization whose first row is about to be sealed."""
    return Chain(
        organization_id=entry.organization_id,
        position=0,
        chain=b"",
        sealed_at=now,
        first_position=1,
        first_chain=b"",
        first_seal=keyring.sign(_beginning(entry.organization_id, 1, b"")),
    )


def let_go(database: Database, keyring: Keyring, before: datetime) -> int:
    """Delete sealed rows that are older, from each chain's beginning; returns how many.

    What is left begins with a seal of its own, so that the deletion is not taken for a cut.
    """

    def work(connection: Connection, _: object) -> int:
        hold(connection, "audit chains")
        gone = 0
        for chain in find_chains(connection, list_chained(connection)).values():
            if last := find_last_older(connection, chain, before):
                first, previous = (last.position or 0) + 1, last.chain or b""
                seal = keyring.sign(_beginning(chain.organization_id, first, previous))
                shorter = replace(chain, first_position=first, first_chain=previous, first_seal=seal)
                keep_chains(connection, [shorter])
                gone += delete_before(connection, shorter)
        return gone

    return database.acting("sealing", work)


def read_heads(database: Database) -> list[Head]:
    """The heads of all chains, to be kept elsewhere."""
    with database.surveying("sealing") as connection:
        return [_head(chain) for chain in find_chains(connection, list_chained(connection)).values()]


def read_own_head(database: Database, claims: Claims) -> Head:
    """The head of the caller's own chain: position 0 before its first row is sealed."""
    with database.reading(claims) as (connection, principal):
        chain = find_chains(connection, [principal.organization_id]).get(principal.organization_id)
    return _head(chain) if chain else Head(organization_id=claims.organization_id, position=0, chain="")


def verify(database: Database, keyring: Keyring, heads: Iterable[Head] = ()) -> list[Verification]:
    """Check every chain, and compare it with heads that were kept elsewhere."""
    outside: dict[str, list[Head]] = {}
    for head in heads:
        outside.setdefault(head.organization_id, []).append(head)
    with database.surveying("sealing") as connection:
        unsealed = count_unsealed(connection)
        known = sorted({*list_chained(connection), *unsealed, *outside})
        chains = find_chains(connection, known)
        return [
            _verify_one(connection, keyring, each, chains, outside.get(each, ()), unsealed.get(each, 0))
            for each in known
        ]


def _verify_one(
    connection: Connection,
    keyring: Keyring,
    organization_id: str,
    chains: Mapping[str, Chain],
    heads: Iterable[Head],
    unsealed: int,
) -> Verification:
    chain = chains.get(organization_id)
    wanted = {head.position: head for head in heads}
    faults, seen = [], {}
    first, previous = (chain.first_position, chain.first_chain) if chain else (1, b"")
    if chain and not keyring.is_signed(chain.first_seal, _beginning(organization_id, first, previous)):
        faults.append(Fault(position=first, kind="beginning", detail="the chain did not begin here"))
    expected, sealed = first, 0
    for entry in walk_chain(connection, organization_id):
        position, seal = entry.position or 0, entry.chain or b""
        if position != expected:
            detail = f"rows {expected} to {position - 1} are missing"
            faults.append(Fault(position=expected, kind="missing", detail=detail))
        elif not keyring.is_signed(seal, _message(entry, previous)):
            faults.append(Fault(position=position, kind="changed", detail="is not what was sealed here"))
        if position in wanted:
            seen[position] = seal.hex()
        expected, previous, sealed = position + 1, seal, sealed + 1
    faults += _check_end(chain, expected - 1, previous)
    faults += _check_heads(wanted, seen, first)
    return Verification(
        organization_id=organization_id, sealed=sealed, unsealed=unsealed, faults=tuple(faults)
    )


def _check_end(chain: Chain | None, last: int, seal: bytes) -> list[Fault]:
    if chain is None:
        return [Fault(position=1, kind="cut", detail="the chain's head is missing")] if last else []
    if (chain.position, chain.chain) != (last, seal):
        detail = f"the chain came to {chain.position}, and its rows end at {last}"
        return [Fault(position=last + 1, kind="cut", detail=detail)]
    return []


def _check_heads(wanted: Mapping[int, Head], seen: Mapping[int, str], first: int) -> list[Fault]:
    """What was kept elsewhere must be there, with the same seal; what retention let go cannot be compared."""
    faults = []
    for position, head in sorted(wanted.items()):
        if position >= first and position not in seen:
            detail = f"an outside head knows row {position}, which is missing"
            faults.append(Fault(position=position, kind="cut", detail=detail))
        elif position >= first and seen[position] != head.chain:
            detail = f"an outside head knows another row {position}"
            faults.append(Fault(position=position, kind="other_head", detail=detail))
    return faults


def _head(chain: Chain) -> Head:
    return Head(
        organization_id=chain.organization_id,
        position=chain.position,
        chain=chain.chain.hex(),
        sealed_at=chain.sealed_at,
    )


def _message(entry: Entry, previous: bytes) -> bytes:
    """A row in one spelling, with its place: what its seal covers."""
    return msgspec.json.encode(
        [
            "row",
            entry.position,
            previous.hex(),
            entry.id,
            entry.organization_id,
            entry.client_id,
            entry.act,
            entry.subject,
            entry.detail,
            entry.at,
        ],
        order="deterministic",
    )


def _beginning(organization_id: str, position: int, previous: bytes) -> bytes:
    return msgspec.json.encode(["beginning", organization_id, position, previous.hex()])
