"""Passkeys: what a browser is asked, and what it answers, checked by `webauthn` (W3C Web Authentication)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
import webauthn
from msgspec import Struct
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError, msgspec.MsgspecError)


class PasskeyRefused(Exception):
    """The browser's answer proves nothing; the reason is for our log, never for the answer."""


class Passkey(Struct, frozen=True, kw_only=True):
    """What is kept of a passkey, sealed: its id, and the public key (COSE)."""

    credential_id: bytes
    public_key: bytes


class Question(Struct, frozen=True):
    """What the browser is asked, as its script takes it, and the challenge to remember."""

    options: str
    challenge: bytes


class Used(Struct, frozen=True):
    """A passkey that was used: how often it says so, 0 when it does not count."""

    credential_id: bytes
    counter: int


class Place(Struct, frozen=True):
    """The site that passkeys are made for, from its URL: nothing signed for another one is taken."""

    base_url: str

    @property
    def name(self) -> str:
        return urlsplit(self.base_url).hostname or ""


def ask_to_make(place: Place, person_id: str, name: str, known: Sequence[bytes]) -> Question:
    """Ask for a new passkey, on none of the authenticators that have one already."""
    options = webauthn.generate_registration_options(
        rp_id=place.name,
        rp_name="Touchstone",
        user_id=person_id.encode(),  # no e-mail address: it is kept on the device
        user_name=name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return Question(webauthn.options_to_json(options), options.challenge)


def read_made(place: Place, answer: str, challenge: bytes) -> tuple[Passkey, int]:
    """Check a new passkey; returns it with its counter.

    Raises:
        PasskeyRefused: it was made for another site or question, or is broken.
    """
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.name,
            expected_origin=place.base_url,
        )
    except _UNREADABLE as error:
        raise PasskeyRefused(type(error).__name__) from error
    passkey = Passkey(credential_id=made.credential_id, public_key=made.credential_public_key)
    return passkey, made.sign_count


def ask_to_use(place: Place, known: Sequence[bytes]) -> Question:
    """Ask for a proof by one of a person's passkeys."""
    options = webauthn.generate_authentication_options(
        rp_id=place.name,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return Question(webauthn.options_to_json(options), options.challenge)


def read_named(answer: str) -> bytes:
    """The id of the passkey that an answer names, before anything of it is believed.

    Raises:
        PasskeyRefused: it names none.
    """
    try:
        return webauthn.base64url_to_bytes(msgspec.json.decode(answer, type=_Named).id)
    except _UNREADABLE as error:
        raise PasskeyRefused(type(error).__name__) from error


class _Named(Struct, frozen=True):
    id: str


def read_used(place: Place, answer: str, challenge: bytes, passkey: Passkey, counter: int) -> Used:
    """Check a proof by a passkey against what is kept of it.

    Raises:
        PasskeyRefused: it was made for another site or question, by another key, or is a copy.
    """
    try:
        used = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.name,
            expected_origin=place.base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=counter,
        )
    except _UNREADABLE as error:
        raise PasskeyRefused(type(error).__name__) from error
    return Used(used.credential_id, used.new_sign_count)
