"""Outside: an OpenID provider that says who a person is (OpenID Connect Core 1.0, code flow with PKCE).

It is asked through the one way out. What it answers is believed only when its signature, issuer, audience,
times and our own nonce fit, and only for the browser that was sent there.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from partners.client_secrets import NewSecret
from partners.destinations import OutboundRefused, check_url
from partners.keyring import KeyRefused, Keyring
from partners.outbound import Egress, Sent, Unfetched, fetch

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
_MOST_BYTES = 262_144
_SECONDS = 5.0
_FRESH_SECONDS = 300.0
_LIFE = timedelta(minutes=10)  # in which a person signs in there
_LEEWAY = 60
_CONTEXT = "sign-in outside"
_UNREADABLE = (JoseError, msgspec.MsgspecError, ValueError, TypeError, KeyError, RecursionError)


class OutsideRefused(Exception):
    """The provider's answer is not believed, or did not come; the reason is for our log only."""


class Registration(Struct, frozen=True, kw_only=True):
    """How the operator has registered us at the provider."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str

    def __repr__(self) -> str:
        return f"<registration at {self.issuer}>"


class Outsider(Struct, frozen=True, kw_only=True):
    """Whom the provider has named; the address counts only where it says that it has verified it."""

    subject: str
    email: str
    is_verified: bool
    name: str

    def __repr__(self) -> str:
        return "<outsider>"


class _Metadata(Struct, frozen=True, kw_only=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class _Answer(Struct, frozen=True):
    id_token: str


class _IdToken(Struct, frozen=True, kw_only=True):
    iss: str
    sub: str
    aud: str | list[str]
    exp: int | float
    iat: int | float
    nonce: str
    azp: str | None = None
    email: str = ""
    email_verified: bool = False
    name: str = ""


class _Begun(Struct, frozen=True, kw_only=True):
    """What is remembered of a sign-in, sealed in its `state`."""

    verifier: str
    nonce: str
    visit: str
    query: str
    until: float


class Provider:
    """The provider that the operator has chosen; one per process, which remembers its metadata a while."""

    def __init__(self, registration: Registration, egress: Egress) -> None:
        self._registration = registration
        self._egress = egress
        self._lock = threading.Lock()
        self._metadata: tuple[_Metadata, float] | None = None
        self._keys: tuple[KeySet, float] | None = None

    def begin(self, keyring: Keyring, visit: str, query: str, now: datetime) -> str:
        """Where to send a browser; `query` is what goes on afterwards.

        Raises:
            OutsideRefused: the provider does not answer as it should.
        """
        known = self._read_metadata()
        begun = _Begun(
            verifier=secrets.token_urlsafe(48),
            nonce=secrets.token_urlsafe(24),
            visit=hashlib.sha256(visit.encode()).hexdigest(),
            query=query,
            until=(now + _LIFE).timestamp(),
        )
        challenge = urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self._registration.client_id,
            "redirect_uri": self._registration.redirect_uri,
            "scope": "openid email profile",
            "state": urlsafe_b64encode(keyring.seal(msgspec.json.encode(begun), _CONTEXT)).decode(),
            "nonce": begun.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in known.authorization_endpoint else "?"
        return f"{known.authorization_endpoint}{separator}{urlencode(asked)}"

    def finish(
        self, keyring: Keyring, visit: str, answer: Mapping[str, str], now: datetime
    ) -> tuple[Outsider, str]:
        """Read the provider's answer, which the browser has brought; returns what goes on with it.

        Raises:
            OutsideRefused: it is not good, not for this browser, or no longer.
        """
        begun = _read_state(keyring, visit, answer.get("state", ""), now)
        known = self._read_metadata()
        said = answer.get("iss")
        if said != known.issuer and (said or known.authorization_response_iss_parameter_supported):
            raise OutsideRefused("another issuer answered")
        if "error" in answer or not answer.get("code"):
            raise OutsideRefused("the provider refused")
        token = self._exchange(known, answer["code"], begun.verifier)
        return self._read_token(known, token, begun.nonce, now.timestamp()), begun.query

    def _read_metadata(self) -> _Metadata:
        with self._lock:
            if self._metadata and time.monotonic() - self._metadata[1] < _FRESH_SECONDS:
                return self._metadata[0]
            issuer = self._registration.issuer
            content = self._fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            try:
                read = msgspec.json.decode(content, type=_Metadata)
                check_url(read.authorization_endpoint, self._egress.rules)
            except (*_UNREADABLE, OutboundRefused) as error:
                raise OutsideRefused("its metadata cannot be used") from error
            if read.issuer != issuer:
                raise OutsideRefused("its metadata are another issuer's")
            self._metadata = (read, time.monotonic())
            return read

    def _read_keys(self, known: _Metadata, kid: object) -> KeySet:
        """Its keys, read again when they are old or lack the one that is named."""
        with self._lock:
            if self._keys and time.monotonic() - self._keys[1] < _FRESH_SECONDS:
                keys = self._keys[0]
                if kid is None or any(key.kid == kid for key in keys):
                    return keys
            try:
                keys = KeySet.import_key_set(msgspec.json.decode(self._fetch(known.jwks_uri)))
            except _UNREADABLE as error:
                raise OutsideRefused("its keys cannot be read") from error
            self._keys = (keys, time.monotonic())
            return keys

    def _exchange(self, known: _Metadata, code: str, verifier: str) -> str:
        own = self._registration
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": own.redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if "client_secret_basic" in known.token_endpoint_auth_methods_supported:
            pair = f"{quote(own.client_id, safe='')}:{quote(own.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": own.client_id, "client_secret": own.client_secret}
        content = self._fetch(known.token_endpoint, Sent(urlencode(form).encode(), headers))
        try:
            return NewSecret(msgspec.json.decode(content, type=_Answer).id_token)
        except _UNREADABLE as error:
            raise OutsideRefused("no ID token came") from error

    def _read_token(self, known: _Metadata, token: str, nonce: str, now: float) -> Outsider:
        try:
            kid = jws.extract_compact(token.encode("ascii")).headers().get("kid")
            keys = _narrow(self._read_keys(known, kid), kid)
            said = msgspec.convert(jwt.decode(token, keys, algorithms=ALGORITHMS).claims, _IdToken)
        except _UNREADABLE as error:
            raise OutsideRefused("the ID token cannot be read, or is not signed by it") from error
        own = self._registration.client_id
        audience = [said.aud] if isinstance(said.aud, str) else said.aud
        if said.iss != known.issuer or own not in audience:
            raise OutsideRefused("the ID token is somebody else's")
        if (len(audience) > 1 or said.azp is not None) and said.azp != own:
            raise OutsideRefused("the ID token was made for another client")
        # in the negative, so that a NaN fails, too
        if not (said.exp > now - _LEEWAY and said.iat <= now + _LEEWAY):
            raise OutsideRefused("the ID token is not good now")
        if not secrets.compare_digest(said.nonce.encode(), nonce.encode()) or not 0 < len(said.sub) <= 255:
            raise OutsideRefused("the ID token answers another question")
        return Outsider(
            subject=f"{said.iss} {said.sub}",
            email=said.email,
            is_verified=said.email_verified,
            name=said.name[:200],
        )

    def _fetch(self, url: str, sent: Sent | None = None) -> bytes:
        try:
            return fetch(self._egress, url, most_bytes=_MOST_BYTES, seconds=_SECONDS, sent=sent)
        except OutboundRefused as refused:
            raise OutsideRefused(f"must not be called ({refused.reason})") from None
        except Unfetched as error:
            raise OutsideRefused(str(error)) from None


def _narrow(keys: KeySet, kid: Any) -> KeySet:  # noqa: ANN401 - as it came in the header
    """The one key that the token names; joserfc would pick any of a set at random when none is named."""
    named = [key for key in keys if kid is None or key.kid == kid]
    if len(named) != 1:
        raise ValueError("names no key")
    return KeySet(named)


def _read_state(keyring: Keyring, visit: str, state: str, now: datetime) -> _Begun:
    try:
        opened = keyring.open(urlsafe_b64decode(state.encode("ascii")), _CONTEXT)
        begun = msgspec.json.decode(opened, type=_Begun)
    except (*_UNREADABLE, KeyRefused) as error:
        raise OutsideRefused("the state is none of ours") from error
    if begun.visit != hashlib.sha256(visit.encode("utf-8", "replace")).hexdigest():
        raise OutsideRefused("another browser began it")
    if not begun.until > now.timestamp():
        raise OutsideRefused("it took too long")
    return begun
