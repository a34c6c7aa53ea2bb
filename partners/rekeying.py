"""Re-keying: what is sealed is sealed anew, and blind indexes are written by a new key, while all goes on.

Each phase begins when every process knows what the one before it changed (they look every few seconds):

spreading   nobody uses the new keys yet
sealing     the new data key seals, the old one still opens; indexes are written by both keys, and looked up
            by the old; batch by batch each row is sealed anew, and gets the indexes of both
turning     indexes are looked up by the new key, still written by both
stopping    indexes are written by the new key only
clearing    batch by batch the indexes by the old key go, and at last that key itself

The old data key stays, and opens: cursors that partners keep are sealed by it. A step is one transaction with
its progress, so a crash loses nothing, and any process goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection

from matching.tracing import party_keys
from partners.db import Database, hold, utc_now
from partners.errors import Conflict
from partners.keyring import Keyring
from partners.keys import FOLLOWED_SECONDS, draft_data_key
from partners.records import audit
from partners.records.jobs import Job, add_job, find_open_job, finish_job, lease_job, rest_job
from partners.records.keys import (
    DataKey,
    SigningKey,
    add_data_key,
    change_states,
    list_data_keys,
    list_signing_keys,
    remove_data_keys,
)
from partners.records.links import KeyedParty, replace_seizure_keys, seizures_with_keys
from partners.records.parties import account_keys, open_party, written_keys
from partners.records.people import list_by_ids, write_keys
from partners.records.sealed import PEOPLE, SEALED, SEIZURES, SELLERS, SealedColumn, list_sealed, set_sealed
from partners.records.seizures import find_seizures, open_persons
from partners.records.sellers import (
    account_names,
    find_sellers,
    replace_keys,
    seal_context,
    sellers_with_keys,
)
from partners.tracing import keys_of_persons

REKEYING: Final = "rekeying"
GRACE: Final = timedelta(seconds=6 * FOLLOWED_SECONDS)
BATCH: Final = 100
_LAST_VERSION: Final = 255  # one byte of each sealed text says the version
_SOON: Final = timedelta(seconds=1)
_INDEXED: Final = (SELLERS, SEIZURES, PEOPLE)


class KeysSeen(Struct, frozen=True):
    """What an operator sees of the keys: never the keys."""

    signing: list[SigningKey]
    data: list[DataKey]
    rekeying: Job | None


def look_at_keys(database: Database) -> KeysSeen:
    with database.surveying("keys") as connection:
        job = find_open_job(connection, REKEYING)
        return KeysSeen(list_signing_keys(connection), list_data_keys(connection), job)


def begin_rekeying(database: Database, master: bytes, now: datetime) -> Job:
    """Make a new data key and a new index key, and the job that puts them to use.

    Raises:
        Conflict: an earlier rotation is not done, or there were 255 already.
    """

    def work(connection: Connection, _: object) -> Job:
        hold(connection, "data keys")
        if find_open_job(connection, REKEYING):
            raise Conflict("an earlier rotation is not done yet: see `touchstone keys list`")
        kept = list_data_keys(connection)
        targets = {
            purpose: max(key.version for key in kept if key.purpose == purpose) + 1
            for purpose in ("data", "index")
        }
        if max(targets.values()) > _LAST_VERSION:
            raise Conflict("there were 255 versions already")
        for purpose, version in targets.items():
            add_data_key(connection, draft_data_key(master, purpose, version, now, "coming"))
        document: dict[str, Any] = {"phase": "spreading", "place": 0, "after": "", **targets}
        job = add_job(connection, REKEYING, document, None, now)
        audit.record_for_service(connection, "data_keys.rotated", job.id, dict(targets), now)
        return job

    return database.acting("keys", work)


class Rekeying:
    """Puts new keys to use, one step at a time; several processes take turns."""

    def __init__(self, database: Database, keyring: Keyring, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    def work(self) -> bool:
        """Take the next step, if one is due; tells whether there may be another at once."""
        now = self._clock()
        with self._database.surveying("keys") as connection:
            if find_open_job(connection, REKEYING) is None:
                return False
        return self._database.acting("keys", lambda connection, _: self._step(connection, now))

    def _step(self, connection: Connection, now: datetime) -> bool:
        job = lease_job(connection, REKEYING, now)
        if job is None:
            return False
        phase = job.document["phase"]
        if phase == "spreading":
            return self._spread(connection, job, now)
        if phase == "sealing":
            return self._seal(connection, job, now)
        if phase == "turning":
            change_states(connection, "index", "current", "previous")
            change_states(connection, "index", "written", "current")
            return _go_on(connection, job, "stopping", now)
        if phase == "stopping":
            change_states(connection, "index", "previous", "retired")
            return _go_on(connection, job, "clearing", now)
        return self._clear(connection, job, now)

    def _spread(self, connection: Connection, job: Job, now: datetime) -> bool:
        if job.created_at > now - GRACE:
            rest_job(connection, job, job.document, job.done, job.created_at + GRACE)
            return False
        change_states(connection, "data", "current", "previous")
        change_states(connection, "data", "coming", "current")
        change_states(connection, "index", "coming", "written")
        return _go_on(connection, job, "sealing", now)

    def _seal(self, connection: Connection, job: Job, now: datetime) -> bool:
        document = job.document
        known = self._keyring.sealing_version == document["data"]
        if not known or document["index"] not in self._keyring.index_versions:
            return _wait(connection, job, now)
        if document["place"] == len(SEALED):
            return _go_on(connection, job, "turning", now, at_once=True)
        place = SEALED[document["place"]]
        if place in _INDEXED:
            hold(connection, "tracing")  # who traces writes whole rows
        rows = list_sealed(connection, place, document["after"], BATCH)
        kept = {row: sealed for row, sealed in rows.items() if sealed}
        set_sealed(connection, place, {row: self._seal_anew(place, row, kept[row]) for row in kept})
        self._write_indexes(connection, place, kept)
        return _advance(connection, job, rows, now)

    def _seal_anew(self, place: SealedColumn, row: str, sealed: bytes) -> bytes:
        context = place.context(row)
        return self._keyring.seal(self._keyring.open(sealed, context), context)

    def _clear(self, connection: Connection, job: Job, now: datetime) -> bool:
        document = job.document
        if self._keyring.index_versions != (document["index"],):
            return _wait(connection, job, now)
        if document["place"] < len(_INDEXED):
            place = _INDEXED[document["place"]]
            hold(connection, "tracing")
            rows = list_sealed(connection, place, document["after"], BATCH)
            self._write_indexes(connection, place, [row for row, sealed in rows.items() if sealed])
            return _advance(connection, job, rows, now)
        remove_data_keys(connection, "index", "retired")
        finish_job(connection, job, now)
        audit.record_for_service(connection, "data_keys.rekeyed", job.id, {"rows": job.done}, now)
        return False

    def _write_indexes(self, connection: Connection, place: SealedColumn, ids: Collection[str]) -> None:
        """Write the indexes of those rows anew that have any: who was forgotten stays so."""
        if place is SELLERS:
            self._write_sellers(connection, sellers_with_keys(connection, ids))
        if place is PEOPLE:
            for person in list_by_ids(connection, list(ids)):
                write_keys(connection, self._keyring, person)
        if place is SEIZURES:
            for seizure in find_seizures(connection, seizures_with_keys(connection, ids)):
                keys = keys_of_persons(self._keyring, open_persons(self._keyring, seizure))
                held = [
                    KeyedParty(key, seizure.id, role) for role, blind in keys.items() for key in sorted(blind)
                ]
                replace_seizure_keys(connection, seizure.id, held)

    def _write_sellers(self, connection: Connection, ids: Collection[str]) -> None:
        found = find_sellers(connection, ids)
        names = {
            organization: account_names(connection, organization)
            for organization in {seller.organization_id for seller in found}
        }
        keys = {}
        for seller in found:
            party = open_party(self._keyring, seller.party, seal_context(seller.id))
            account = account_keys(names[seller.organization_id], seller.reference)
            keys[seller.id] = written_keys(self._keyring, {*party_keys(party), *account})
        if keys:
            replace_keys(connection, keys)


def _go_on(connection: Connection, job: Job, phase: str, now: datetime, *, at_once: bool = False) -> bool:
    """To the next phase, which begins when every process knows what was changed."""
    document = job.document | {"phase": phase, "place": 0, "after": ""}
    rest_job(connection, job, document, job.done, now if at_once else now + GRACE)
    return at_once


def _advance(connection: Connection, job: Job, rows: Collection[str], now: datetime) -> bool:
    """Past a batch: to the rows behind it, or to the next table."""
    document = dict(job.document)
    if len(rows) < BATCH:
        document |= {"place": document["place"] + 1, "after": ""}
    else:
        document["after"] = max(rows)
    rest_job(connection, job, document, job.done + len(rows), now)
    return True


def _wait(connection: Connection, job: Job, now: datetime) -> bool:
    """This process has not looked at the keys yet since they were changed."""
    rest_job(connection, job, job.document, job.done, now + _SOON)
    return False
