"""Parties at rest: sealed as a whole, and joined by keyed blind indexes of their blocking keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import msgspec
from sqlalchemy import Column as TableColumn
from sqlalchemy import Connection, LargeBinary, Table, column, func, literal_column, select, values

from matching.model import Party
from partners.keyring import Keyring
from partners.reference.countries import COUNTRIES

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LEAST_DIGITS = 4
# What this many records share is a hub (a forwarder's phone, a village's street): it brings nobody together.
HUB = 200
COUNTED = 1000
_FEW = 100


def seal_party(keyring: Keyring, party: Party, context: str) -> bytes:
    """The party as JSON, encrypted for one row: `context` is "seller:<id>"."""
    return keyring.seal(msgspec.json.encode(party), context)


def open_party(keyring: Keyring, sealed: bytes, context: str) -> Party:
    """What `seal_party` made; an erased party is empty.

    Raises:
        KeyRefused: it was sealed for another row or under another key.
    """
    return msgspec.json.decode(keyring.open(sealed, context), type=Party) if sealed else Party()


def find_broken_rules(party: Party, pointer: str = "") -> list[tuple[str, str]]:
    """What is wrong with a well-formed party: pairs of JSON pointer and a sentence that repeats no value."""
    broken = []
    if party.address.country and party.address.country not in COUNTRIES:
        broken.append((f"{pointer}/address/country", "this is no country code of ISO 3166-1"))
    if party.email and not _EMAIL.fullmatch(party.email):
        broken.append((f"{pointer}/email", "an e-mail address has one @ between a mailbox and a domain"))
    if party.phone and sum(letter.isdecimal() for letter in party.phone) < _LEAST_DIGITS:
        broken.append((f"{pointer}/phone", f"a phone number has at least {_LEAST_DIGITS} digits"))
    return broken


def blind_keys(keyring: Keyring, keys: Iterable[str]) -> dict[str, bytes]:
    """Each blocking key ("email:...") with its blind index: a key of its own for each kind of key."""
    return {key: keyring.blind_index(f"party {key.partition(':')[0]}", key) for key in keys}


def written_keys(keyring: Keyring, keys: Iterable[str]) -> set[bytes]:
    """The blind indexes to be written of blocking keys: those of `blind_keys`, two while a key is rotated."""
    return {index for key in keys for index in keyring.blind_indexes(f"party {key.partition(':')[0]}", key)}


def account_keys(marketplaces: Iterable[str], reference: str) -> frozenset[str]:
    """Keys of one seller's account: each of a marketplace's names and ids with the seller's reference."""
    return frozenset(
        f"account:{' '.join(name.split()).casefold()}:{reference}" for name in marketplaces if name.strip()
    )


def count_sharers(
    connection: Connection, table: Table, keys: Collection[bytes], limit: int = COUNTED
) -> dict[bytes, int]:
    """How many rows of a key table share each key; of few keys each is counted up to `limit` only."""
    if len(keys) > _FEW:
        return _count_all_sharers(connection, table, keys)
    if not keys:
        return {}
    wanted = values(column("key", LargeBinary)).data([(key,) for key in sorted(keys)]).cte("wanted")
    shared: TableColumn[bytes] = table.c.key
    rows = (
        select(literal_column("1").label("one"))
        .select_from(table)
        .where(shared == wanted.c.key)
        .correlate(wanted)
        .limit(limit)
        .subquery()
    )
    counts = select(wanted.c.key, select(func.count()).select_from(rows).scalar_subquery().label("sharers"))
    return {bytes(row.key): row.sharers for row in connection.execute(counts)}


def _count_all_sharers(connection: Connection, table: Table, keys: Collection[bytes]) -> dict[bytes, int]:
    """A batch has one hub among very many keys: counting it whole is cheaper than asking key by key."""
    statement = select(table.c.key, func.count().label("sharers")).where(table.c.key.in_(keys))
    found = {bytes(row.key): row.sharers for row in connection.execute(statement.group_by(table.c.key))}
    return dict.fromkeys(keys, 0) | found


def rare_keys(sharers: Mapping[bytes, int]) -> list[bytes]:
    """The keys that somebody holds and that are no hubs."""
    return sorted(key for key, count in sharers.items() if 0 < count <= HUB)
