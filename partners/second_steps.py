"""Second steps: setting up what a person proves itself by beside the password, and proving it by passkey."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from partners.errors import Conflict, Forbidden, NotFound
from partners.ids import new_id
from partners.keyring import Keyring
from partners.one_time_codes import find_step, new_recovery_codes
from partners.passkeys import (
    Passkey,
    PasskeyRefused,
    Place,
    Question,
    ask_to_make,
    ask_to_use,
    read_made,
    read_named,
    read_used,
)
from partners.records import audit
from partners.records.factors import (
    Factor,
    FactorKind,
    add_factor,
    advance,
    is_known,
    list_factors,
    note_use,
    remove_factors,
    replace_recovery_codes,
    seal_context,
)
from partners.records.people import read_person
from partners.records.sessions import set_challenge, take_challenge
from partners.signing_in import Lobby, Opened, SignedIn, complete
from partners.throttling import Attempt, begin_attempt, end_attempt

FRESH = timedelta(minutes=10)  # after signing in, in which one may change how one signs in
MOST = 10


class Added(Struct, frozen=True, kw_only=True):
    """A factor was added: the first one opens the whole session, and brings recovery codes, shown once."""

    opened: Opened | None
    recovery_codes: list[str]


class _Draft(Struct, frozen=True, kw_only=True):
    kind: FactorKind
    content: bytes
    counter: int
    credential_sha256: str | None = None


def check_fresh(visitor: SignedIn, now: datetime) -> None:
    """How one signs in is changed by who has just done so: a browser left alone is not enough.

    Raises:
        Forbidden: it was too long ago, or the second step is still to be taken.
    """
    if visitor.session.stage == "password" or visitor.session.created_at + FRESH <= now:
        raise Forbidden("to change how you sign in, sign out and in again first")


def add_generator(lobby: Lobby, visitor: SignedIn, key: str, code: str, now: datetime) -> Added | None:
    """Add a generator that shows the right code; the code is used up with that.

    Raises:
        Forbidden: the person has not just signed in.
    """
    check_fresh(visitor, now)
    step = find_step(key, "".join(code.split()), now)
    if step is None:
        return None
    return _add(lobby, visitor, _Draft(kind="totp", content=key.encode(), counter=step), now)


def offer_passkey(lobby: Lobby, visitor: SignedIn, place: Place, name: str, now: datetime) -> Question:
    """What the browser is asked to make a passkey.

    Raises:
        Forbidden: the person has not just signed in.
    """
    check_fresh(visitor, now)
    with lobby.database.surveying("access") as connection:
        known = _passkeys(connection, lobby.keyring, visitor.person.id)
    question = ask_to_make(place, visitor.person.id, name, [each.credential_id for _, each in known])
    _remember(lobby, visitor, question)
    return question


def add_passkey(lobby: Lobby, visitor: SignedIn, place: Place, answer: str, now: datetime) -> Added:
    """Add the passkey that a browser has made.

    Raises:
        Forbidden: the person has not just signed in.
        PasskeyRefused: the answer is not good, or not to our last question.
        Conflict: the passkey is somebody's already.
    """
    check_fresh(visitor, now)
    passkey, counter = read_made(place, answer, _take(lobby, visitor))
    draft = _Draft(
        kind="passkey",
        content=msgspec.json.encode(passkey),
        counter=counter,
        credential_sha256=hashlib.sha256(passkey.credential_id).hexdigest(),
    )
    return _add(lobby, visitor, draft, now)


def _add(lobby: Lobby, visitor: SignedIn, draft: _Draft, now: datetime) -> Added:
    factor_id = new_id("fac")
    factor = Factor(
        id=factor_id,
        person_id=visitor.person.id,
        kind=draft.kind,
        document=lobby.keyring.seal(draft.content, seal_context(factor_id)),
        credential_sha256=draft.credential_sha256,
        counter=draft.counter,
        created_at=now,
    )

    def work(connection: Connection, _: object) -> Added:
        read_person(connection, visitor.person.id, to_change=True)
        known = list_factors(connection, visitor.person.id)
        if len(known) >= MOST:
            raise Conflict("ten are enough: remove one first")
        # what began without one may not find one that somebody else has added meanwhile
        if known and visitor.session.stage == "enrolling":
            raise Forbidden("to change how you sign in, sign out and in again first")
        if factor.credential_sha256 and is_known(connection, factor.credential_sha256):
            raise Conflict("this passkey is known already")
        add_factor(connection, factor)
        detail = {"factor_id": factor.id, "kind": factor.kind}
        audit.record(connection, visitor.principal, "person.factor_added", visitor.person.id, detail, now)
        if known:
            return Added(opened=None, recovery_codes=[])
        codes = new_recovery_codes()
        replace_recovery_codes(connection, visitor.person.id, codes)
        is_first = visitor.session.stage == "enrolling"
        opened = complete(connection, lobby, visitor, factor.kind, now) if is_first else None
        return Added(opened=opened, recovery_codes=codes)

    return lobby.database.acting("access", work)


def remove_factor(lobby: Lobby, visitor: SignedIn, factor_id: str, now: datetime) -> None:
    """Remove a factor, never the last one.

    Raises:
        Forbidden: the person has not just signed in.
        NotFound: it has no such factor.
        Conflict: it would be left without one.
    """
    check_fresh(visitor, now)

    def work(connection: Connection, _: object) -> None:
        read_person(connection, visitor.person.id, to_change=True)
        known = list_factors(connection, visitor.person.id)
        if factor_id not in {each.id for each in known}:
            raise NotFound("no such factor")
        if len(known) == 1:
            raise Conflict("add another one first: this is the last")
        remove_factors(connection, visitor.person.id, [factor_id])
        detail = {"factor_id": factor_id}
        audit.record(connection, visitor.principal, "person.factor_removed", visitor.person.id, detail, now)

    lobby.database.acting("access", work)


def renew_recovery_codes(lobby: Lobby, visitor: SignedIn, now: datetime) -> list[str]:
    """Make new recovery codes; those before are good no longer.

    Raises:
        Forbidden: the person has not just signed in.
    """
    check_fresh(visitor, now)
    codes = new_recovery_codes()

    def work(connection: Connection, _: object) -> None:
        replace_recovery_codes(connection, visitor.person.id, codes)
        audit.record(connection, visitor.principal, "person.codes_renewed", visitor.person.id, {}, now)

    lobby.database.acting("access", work)
    return codes


def ask_passkey(lobby: Lobby, visitor: SignedIn, place: Place) -> Question | None:
    """What the browser is asked to prove the person by passkey; None when it has none."""
    with lobby.database.surveying("access") as connection:
        known = _passkeys(connection, lobby.keyring, visitor.person.id)
    if not known:
        return None
    question = ask_to_use(place, [each.credential_id for _, each in known])
    _remember(lobby, visitor, question)
    return question


def try_passkey(
    lobby: Lobby, visitor: SignedIn, place: Place, attempt: Attempt, answer: str, now: datetime
) -> Opened | None:
    """Take the second step by passkey.

    Raises:
        TooSoon: there were too many failures.
    """
    keys = begin_attempt(lobby.database, lobby.keyring, attempt, now)
    with lobby.database.surveying("access") as connection:
        known = _passkeys(connection, lobby.keyring, visitor.person.id)
    try:
        named = read_named(answer)
        [(factor, passkey)] = [pair for pair in known if pair[1].credential_id == named]
        used = read_used(place, answer, _take(lobby, visitor), passkey, factor.counter)
    except (PasskeyRefused, ValueError):
        return None

    def work(connection: Connection, _: object) -> Opened | None:
        if used.counter == 0:
            note_use(connection, factor, now)
        elif not advance(connection, factor, used.counter, now):
            return None
        return complete(connection, lobby, visitor, "passkey", now)

    opened = lobby.database.acting("access", work)
    if opened:
        end_attempt(lobby.database, keys)
    return opened


def _passkeys(connection: Connection, keyring: Keyring, person_id: str) -> list[tuple[Factor, Passkey]]:
    return [
        (factor, msgspec.json.decode(keyring.open(factor.document, seal_context(factor.id)), type=Passkey))
        for factor in list_factors(connection, person_id)
        if factor.kind == "passkey"
    ]


def _remember(lobby: Lobby, visitor: SignedIn, question: Question) -> None:
    lobby.database.acting(
        "access", lambda connection, _: set_challenge(connection, visitor.session.id, question.challenge)
    )


def _take(lobby: Lobby, visitor: SignedIn) -> bytes:
    """The challenge of the last question, which is used up.

    Raises:
        PasskeyRefused: there was none, or it was used.
    """
    challenge = visitor.session.challenge
    taken = challenge is not None and lobby.database.acting(
        "access", lambda connection, _: take_challenge(connection, visitor.session)
    )
    if challenge is None or not taken:
        raise PasskeyRefused("no question was asked")
    return challenge
