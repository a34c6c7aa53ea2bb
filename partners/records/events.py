"""Events: a fact told to one organization, in the very bytes that are signed and sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy import text as sql

from partners.bulk import insert_rows
from partners.db import UTC, JSONDocument, count_up_all, metadata, to_struct
from partners.errors import NotFound
from partners.ids import new_id
from partners.principal import Kind, Principal
from partners.records.event_types import EVENT_TYPES, label_event
from partners.records.fanning import Told, deliver_to, fan_out

events = Table(
    "events",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("type", String(60), nullable=False),
    Column("subject", String(60), nullable=False),
    # Counts the events of one subject for one organization, from 1, so that stale news can be dropped.
    Column("sequence", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("occurred_at", UTC, nullable=False),
    # The place in the organization's gap-free feed; empty until the sequencer has given it.
    Column("position", BigInteger),
    # What endpoints may choose by; and of which event this is a repetition under a new id.
    Column("labels", JSONDocument, nullable=False, server_default="{}"),
    Column("replay_of", String(40)),
    Column("expires_at", UTC),  # worthless from then on: not delivered any more
    # The body is erased when its type's time is over; its hash stays.
    Column("body_sha256", LargeBinary),
    Column("purged_at", UTC),
    Index("ix_events_feed", "organization_id", "position"),
    Index("ix_events_age", "type", "occurred_at"),
    Index(
        "ix_events_unplaced",
        "id",
        sqlite_where=sql("position is null"),
        postgresql_where=sql("position is null"),
    ),
)

VERIFICATION = "endpoint.verification"

event_subjects = Table(
    "event_subjects",
    metadata,
    Column("organization_id", String(40), ForeignKey("organizations.id"), primary_key=True),
    Column("subject", String(60), primary_key=True),
    Column("sequence", Integer, nullable=False),
)


class Fact(Struct, frozen=True, kw_only=True):
    """What happened: `subject` is the id of the thing, `path` its place in the API.

    `data` holds every field that any recipient may read; the catalogue gives each kind its own. A test
    says so in its body and by its label. From `expires_at` on it is worthless, and not delivered any more.
    """

    type: str
    subject: str
    path: str
    data: Mapping[str, object]
    is_test: bool = False
    expires_at: datetime | None = None


class Event(Struct, frozen=True, kw_only=True):
    id: str
    organization_id: str
    type: str
    subject: str
    sequence: int
    body: bytes
    occurred_at: datetime
    position: int | None = None
    labels: dict[str, str] = {}
    replay_of: str | None = None
    expires_at: datetime | None = None


Telling = tuple[Fact, Sequence[tuple[Kind, str]]]
"""A fact, and who hears of it: kinds and organizations."""


def emit(
    connection: Connection, fact: Fact, recipients: Sequence[tuple[Kind, str]], now: datetime
) -> list[Event]:
    """Tell a fact to organizations, in the transaction of the change that made it.

    Each recipient gets an event of its own with the fields its kind may read, and a delivery for each
    of its endpoints that asked for the type.

    Raises:
        KeyError: the catalogue does not know the type, or that this kind hears of it.
        msgspec.ValidationError: the data do not fit the type's schema.
    """
    return emit_all(connection, [(fact, recipients)], now)


def emit_all(connection: Connection, tellings: Sequence[Telling], now: datetime) -> list[Event]:
    """Tell many facts as `emit` tells one, in as few statements; the events come in the facts' order."""
    told = _write_events(connection, tellings, now)
    if told:
        fan_out(connection, [_told(event) for event in told], now)
    return told


def emit_to_endpoint(
    connection: Connection, fact: Fact, recipient: tuple[Kind, str], endpoint_id: str, now: datetime
) -> Event:
    """Tell a fact to one endpoint alone, whatever it asked for and in whatever state it is."""
    (event,) = _write_events(connection, [(fact, [recipient])], now)
    deliver_to(connection, _told(event), endpoint_id, now)
    return event


def _write_events(connection: Connection, tellings: Sequence[Telling], now: datetime) -> list[Event]:
    pairs = [(fact, kind, organization) for fact, hearing in tellings for kind, organization in hearing]
    chosen = [_choose_fields(fact, kind) for fact, kind, _ in pairs]
    sequences = _number(connection, [(organization, fact.subject) for fact, _, organization in pairs])
    told = [
        Event(
            id=new_id("evt"),
            organization_id=organization,
            type=fact.type,
            subject=fact.subject,
            sequence=sequence,
            body=_compose_body(fact, fields, sequence, now),
            occurred_at=now,
            expires_at=fact.expires_at,
            labels=label_event(fact.type, fields) | ({"test": "true"} if fact.is_test else {}),
        )
        for (fact, _, organization), fields, sequence in zip(pairs, chosen, sequences, strict=True)
    ]
    insert_rows(connection, events, [msgspec.structs.asdict(event) for event in told])
    return told


def _number(connection: Connection, subjects: Sequence[tuple[str, str]]) -> list[int]:
    """The next number of each subject of an organization, as often as it comes."""
    counted = Counter(subjects)
    rows = [
        {"organization_id": organization, "subject": subject, "sequence": counted[organization, subject]}
        for organization, subject in sorted(counted)  # all take them in one order, so none blocks the other
    ]
    last = count_up_all(connection, event_subjects, rows, "sequence")
    following = {key: iter(range(last[key] - count + 1, last[key] + 1)) for key, count in counted.items()}
    return [next(following[key]) for key in subjects]


def _told(event: Event) -> Told:
    return Told(
        event_id=event.id,
        organization_id=event.organization_id,
        type=event.type,
        labels=event.labels,
        expires_at=event.expires_at,
    )


def _choose_fields(fact: Fact, kind: Kind) -> dict[str, object]:
    """The fields that this kind may read, checked by their struct."""
    schema = EVENT_TYPES[fact.type].fields[kind]
    known = {name: fact.data[name] for name in schema.__struct_fields__ if name in fact.data}
    fields: dict[str, object] = msgspec.to_builtins(msgspec.convert(known, schema, from_attributes=True))
    return fields


def _compose_body(fact: Fact, fields: Mapping[str, object], sequence: int, now: datetime) -> bytes:
    head = {"id": fact.subject, "path": fact.path, "subject": fact.subject, "sequence": sequence}
    data = {**head, **({"test": True} if fact.is_test else {}), **fields}
    return msgspec.json.encode({"type": fact.type, "timestamp": now, "data": data})


def replay_event(
    connection: Connection, event: Event, now: datetime, endpoint_id: str | None = None
) -> Event:
    """Tell an event again under a new id, in the same bytes, to one endpoint or to all that want it now."""
    again = msgspec.structs.replace(
        event,
        id=new_id("evt"),
        occurred_at=now,
        position=None,
        replay_of=event.replay_of or event.id,
        expires_at=None,  # whoever asks for it wants it now
    )
    connection.execute(insert(events).values(msgspec.structs.asdict(again)))
    if endpoint_id is None:
        fan_out(connection, [_told(again)], now)
    else:
        deliver_to(connection, _told(again), endpoint_id, now)
    return again


def visible_to(principal: Principal) -> Select[tuple[object, ...]]:
    """The events that were told to the principal's organization.

    A verification is for the receiver's eyes alone: whoever could read its challenge here could aim
    events at a stranger's server.
    """
    return select(events).where(
        events.c.organization_id == principal.organization_id,
        events.c.type != VERIFICATION,
        events.c.purged_at.is_(None),
    )


def list_events(
    connection: Connection, principal: Principal, *, after: int, limit: int, type_: str | None = None
) -> list[Event]:
    """The organization's feed behind a place, oldest first: only placed events, so that none is missed."""
    statement = visible_to(principal).where(events.c.position > after)
    if type_ is not None:
        statement = statement.where(events.c.type == type_)
    rows = connection.execute(statement.order_by(events.c.position).limit(limit))
    return [to_struct(row, Event) for row in rows]


def get_event(connection: Connection, principal: Principal, event_id: str) -> Event:
    """Find one event of the principal's own.

    Raises:
        NotFound: there is none, or it was told to somebody else.
    """
    statement = visible_to(principal).where(events.c.id == event_id)
    if row := connection.execute(statement).one_or_none():
        return to_struct(row, Event)
    raise NotFound("no such event")
