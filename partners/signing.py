"""The keys that sign access tokens: next, current and previous, sealed in the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from msgspec import Struct
from sqlalchemy import Connection

from partners.db import Database
from partners.ids import new_id
from partners.keyring import Keyring
from partners.principal import Claims
from partners.records.keys import SigningKey, add_signing_key, list_signing_keys, signing_context

ALGORITHM = "ES256"
_REFRESH_SECONDS = 60.0  # how long another process's rotation may stay unseen by `sign`
_UNKNOWN_SECONDS = 2.0  # how often an unknown kid may send us to the database


class _Keys(Struct, frozen=True):
    current: ECKey
    public: KeySet
    kids: frozenset[str]
    read_at: float


class Signer:
    """Signs with the current key and publishes next, current and previous (RFC 7517).

    The first process to start on a database makes the keys; the others find them. A rotation by
    another process is seen within a minute, and at once when a token names an unknown key.
    """

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._make_first()
        self._keys = self._read()

    def sign(self, claims: Mapping[str, object]) -> str:
        """Make an access token (RFC 9068, `typ: at+jwt`) of these claims with the current key."""
        if self._monotonic() - self._keys.read_at > _REFRESH_SECONDS:
            self.refresh()
        key = self._keys.current
        header = {"typ": "at+jwt", "alg": ALGORITHM, "kid": key.kid}
        return jwt.encode(header, dict(claims), key, algorithms=[ALGORITHM])

    def public_keys(self) -> KeySet:
        """The public keys as last read; never waits."""
        return self._keys.public

    def knows(self, kid: object) -> bool:
        """Tell whether the keys in hand include `kid` and are fresh; when not, `refresh` may help.

        So a key that was rotated out is refused within a minute, also where nothing is signed.
        """
        return kid in self._keys.kids and self._monotonic() - self._keys.read_at <= _REFRESH_SECONDS

    def refresh(self) -> None:
        """Read the keys again, at most every two seconds however many unknown key ids arrive."""
        with self._lock:
            if self._monotonic() - self._keys.read_at >= _UNKNOWN_SECONDS:
                self._keys = self._read()

    def _make_first(self) -> None:
        now = self._clock()
        drafts = [draft_signing_key(self._keyring, state, now) for state in ("current", "next")]

        def work(connection: Connection, _principal: object) -> None:
            for draft in drafts:
                add_signing_key(connection, draft)

        with self._database.surveying("keys") as connection:
            present = {key.state for key in list_signing_keys(connection)}
        if not {"current", "next"} <= present:
            self._database.acting("keys", work)

    def _read(self) -> _Keys:
        with self._database.surveying("keys") as connection:
            rows = list_signing_keys(connection)
        [current] = [row for row in rows if row.state == "current"]
        private = msgspec.json.decode(self._keyring.open(current.ciphertext, signing_context(current.id)))
        public = KeySet([ECKey.import_key(row.public_jwk) for row in rows])
        kids = frozenset(row.id for row in rows)
        return _Keys(ECKey.import_key(private), public, kids, self._monotonic())


def draft_signing_key(keyring: Keyring, state: str, now: datetime) -> SigningKey:
    """Make a new key, its private part sealed."""
    kid = new_id("sig")
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": ALGORITHM})
    private = msgspec.json.encode(key.as_dict(private=True))
    return SigningKey(
        id=kid,
        state=state,
        public_jwk=dict(key.as_dict(private=False)),
        ciphertext=keyring.seal(private, signing_context(kid)),
        created_at=now,
    )


def mint_access_token(signer: Signer, issuer: str, claims: Claims, now: datetime, seconds: int) -> str:
    """Make the access token that says `claims`, good for `seconds` from `now` (RFC 9068 section 2.2).

    Where the claims are bound to a key, the token names its thumbprint (RFC 9449 section 6.1).
    """
    issued = int(now.timestamp())
    confirmation = {"cnf": {"jkt": claims.bound_to}} if claims.bound_to else {}
    seat = {"role": claims.seat.role, "grant": claims.seat.grant_id} if claims.seat else {}
    return signer.sign(
        confirmation
        | seat
        | {
            "iss": issuer,
            "aud": issuer,
            "sub": claims.actor,
            "client_id": claims.client_id,
            "organization_id": claims.organization_id,
            "kind": claims.kind,
            "scope": " ".join(sorted(claims.scopes)),
            "jti": claims.token_id,
            "iat": issued,
            "exp": issued + seconds,
        }
    )
