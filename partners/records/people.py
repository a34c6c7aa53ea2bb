"""People: who signs in for an organization; what identifies them is sealed, and found by blind index."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from partners.db import UTC, metadata, to_struct
from partners.errors import NotFound
from partners.keyring import Keyring
from partners.principal import Principal, Role

people = Table(
    "people",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("organization_id", String(40), ForeignKey("organizations.id"), nullable=False),
    Column("role", String(10), nullable=False),
    # An Identity as JSON, sealed with the context "person:<id>".
    Column("document", LargeBinary, nullable=False),
    # argon2id; empty for who signs in at an outside provider.
    Column("password_hash", Text),
    Column("created_at", UTC, nullable=False),
    Column("suspended_at", UTC),
    Column("revision", Integer, nullable=False),
    CheckConstraint("role in ('reader', 'analyst', 'admin')", name="role"),
    Index("ix_people_organization_id", "organization_id", "id"),
)

# The e-mail address, and the subject at an outside provider, as blind indexes: each is one person's.
person_keys = Table(
    "person_keys",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("person_id", String(40), ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
)


class Identity(Struct, frozen=True, kw_only=True):
    """Who a person is. `subject` is the issuer and the `sub` of an outside provider, with a space between."""

    email: str
    name: str = ""
    subject: str | None = None

    def __repr__(self) -> str:
        return "<identity>"


class Person(Struct, frozen=True, kw_only=True):
    """A row: `document` is sealed."""

    id: str
    organization_id: str
    role: Role
    document: bytes
    created_at: datetime
    revision: int = 1
    password_hash: str | None = None
    suspended_at: datetime | None = None


def seal_context(person_id: str) -> str:
    return f"person:{person_id}"


def seal_identity(keyring: Keyring, person_id: str, identity: Identity) -> bytes:
    return keyring.seal(msgspec.json.encode(identity), seal_context(person_id))


def open_identity(keyring: Keyring, person: Person) -> Identity:
    return msgspec.json.decode(keyring.open(person.document, seal_context(person.id)), type=Identity)


def normalize_email(email: str) -> str:
    """The form in which an address is compared: what is typed with other capitals is the same."""
    return email.strip().casefold()


def email_index(keyring: Keyring, email: str) -> bytes:
    """The blind index by which an address is looked up."""
    return keyring.blind_index("person_email", normalize_email(email))


def subject_index(keyring: Keyring, subject: str) -> bytes:
    return keyring.blind_index("person_subject", subject)


def _written_keys(keyring: Keyring, identity: Identity) -> set[bytes]:
    keys = set(keyring.blind_indexes("person_email", normalize_email(identity.email)))
    return keys | set(keyring.blind_indexes("person_subject", identity.subject) if identity.subject else ())


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An organization sees its own people."""
    return people.c.organization_id == principal.organization_id


def add_person(connection: Connection, keyring: Keyring, person: Person) -> None:
    connection.execute(insert(people).values(msgspec.structs.asdict(person)))
    write_keys(connection, keyring, person)


def write_keys(connection: Connection, keyring: Keyring, person: Person) -> None:
    """Write a person's blind indexes anew."""
    connection.execute(delete(person_keys).where(person_keys.c.person_id == person.id))
    keys = _written_keys(keyring, open_identity(keyring, person))
    connection.execute(insert(person_keys), [{"key": key, "person_id": person.id} for key in sorted(keys)])


def change_person(connection: Connection, person: Person) -> None:
    values = msgspec.structs.asdict(person)
    connection.execute(update(people).where(people.c.id == person.id).values(values))


def remove_person(connection: Connection, person_id: str) -> None:
    """Erase a person, and with it what it signed in by."""
    connection.execute(delete(people).where(people.c.id == person_id))


def find_person(connection: Connection, key: bytes) -> Person | None:
    """Find a person of any organization by a blind index."""
    statement = select(people).join(person_keys).where(person_keys.c.key == key)
    row = connection.execute(statement).one_or_none()
    return to_struct(row, Person) if row else None


def read_person(connection: Connection, person_id: str, *, to_change: bool = False) -> Person:
    """Read a person by its id, for what it does itself.

    Raises:
        NotFound: it was erased.
    """
    statement = select(people).where(people.c.id == person_id)
    row = connection.execute(statement.with_for_update() if to_change else statement).one_or_none()
    if row is None:
        raise NotFound("no such person")
    return to_struct(row, Person)


def get_person(connection: Connection, principal: Principal, key: str, *, to_change: bool = False) -> Person:
    """Find a person of one's own organization; `to_change` holds it until the transaction ends.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    statement = select(people).where(visible_to(principal), people.c.id == key)
    row = connection.execute(statement.with_for_update() if to_change else statement).one_or_none()
    if row is None:
        raise NotFound("no such person")
    return to_struct(row, Person)


def list_people(
    connection: Connection, principal: Principal, *, after: str | None, limit: int
) -> list[Person]:
    """The organization's people, ordered by id; the suspended ones too."""
    statement = select(people).where(visible_to(principal))
    if after is not None:
        statement = statement.where(people.c.id > after)
    rows = connection.execute(statement.order_by(people.c.id).limit(limit))
    return [to_struct(row, Person) for row in rows]


def list_by_ids(connection: Connection, ids: list[str]) -> list[Person]:
    """People of any organization, for an act."""
    return [to_struct(row, Person) for row in connection.execute(select(people).where(people.c.id.in_(ids)))]


def count_admins(connection: Connection, organization_id: str) -> int:
    """How many admins an organization has who may sign in."""
    statement = select(func.count()).where(
        people.c.organization_id == organization_id,
        people.c.role == "admin",
        people.c.suspended_at.is_(None),
    )
    return int(connection.execute(statement).scalar_one())
