"""From a leased delivery to its acknowledgement: open the keys, sign, send, judge, write down."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from partners.credentials import Credentials
from partners.keyring import Keyring
from partners.records.attempts import Acknowledgement
from partners.records.endpoint_secrets import secret_context
from partners.records.event_types import EVENT_TYPES
from partners.records.outbox import Leased
from partners.records.receipts import Receipt
from webhooks.consent import ask_by_options
from webhooks.delivery import Outcome, Sender, Target, quote_response
from webhooks.envelope import address_envelope
from webhooks.schedule import Schedule
from webhooks.settlement import challenge_of, find_proof, settle
from webhooks.signing import Key, read_secret

_LARGEST_SKEW = 120  # seconds by which a receiver's clock may differ before we say so
_log = structlog.get_logger("touchstone.webhooks")


class Parcel(Struct, frozen=True):
    """A leased delivery, the keys to sign it with, the newest first, and what lets us in."""

    leased: Leased
    keys: tuple[Key, ...]
    credentials: Credentials = Credentials()


class Rules(Struct, frozen=True, kw_only=True):
    """How attempts are made: each within `seconds`, the next by `schedule`.

    `clock` tells when attempts were made and are due, `signing_clock` dates their signatures.
    """

    seconds: float
    schedule: Schedule
    clock: Callable[[], datetime]
    signing_clock: Callable[[], datetime]


def open_parcel(leased: Leased, open_secret: Callable[[str, str, bytes], Key | Credentials]) -> Parcel:
    """Open the secrets of the endpoint.

    Raises:
        KeyRefused: they were sealed under other keys.
    """
    opened = [open_secret(key, kind, sealed) for key, kind, sealed in leased.secrets]
    access = [one for one in opened if isinstance(one, Credentials)]
    return Parcel(
        leased,
        tuple(one for one in opened if not isinstance(one, Credentials)),
        access[-1] if access else Credentials(),
    )


def open_secret(keyring: Keyring, key: str, kind: str, sealed: bytes) -> Key | Credentials:
    """Open one secret: a key to sign with, or what lets us in.

    Raises:
        KeyRefused: it was sealed under other keys.
    """
    plain = keyring.open(sealed, secret_context(key))
    if kind == "access":
        return msgspec.json.decode(plain, type=Credentials)
    if kind == "ed25519":
        return Ed25519PrivateKey.from_private_bytes(plain)
    return read_secret(plain.decode())


async def make_attempt(parcel: Parcel, sender: Sender, rules: Rules) -> Acknowledgement:
    """Make one attempt and say what follows from it."""
    leased, sent_at, signed_at = parcel.leased, rules.clock(), rules.signing_clock()
    try:
        headers = address_envelope(leased.event_id, leased.body, parcel.keys, signed_at)
    except ValueError:
        headers, outcome = {}, Outcome(error="invalid_request", phase="dns")
    else:
        outcome = await _send(parcel, headers, sender, rules)
    settlement = settle(leased, outcome, rules.clock(), random.random(), rules.schedule)  # noqa: S311 - jitter is no secret
    return Acknowledgement(
        delivery_id=leased.id,
        token=leased.token,
        organization_id=leased.organization_id,
        endpoint_id=leased.endpoint_id,
        url=leased.url,
        trigger=leased.trigger,
        state=settlement.state,
        due_at=settlement.due_at,
        failures=settlement.failures,
        sent_at=sent_at,
        milliseconds=outcome.milliseconds,
        phase=outcome.phase,
        status=outcome.status,
        error=_describe(outcome, signed_at, leased.endpoint_id),
        peer=outcome.peer,
        response=quote_response(outcome.response, _words_to_hide(parcel, headers)),
        response_sha256=hashlib.sha256(outcome.response).hexdigest() if outcome.response else None,
        disabled_reason=settlement.disabled_reason,
        proof=settlement.proof,
        is_failure=settlement.state != "ok" and outcome.control != "abort-message",
        is_slow=outcome.milliseconds > rules.seconds * 500,  # half of what it may take
        is_ordered=leased.ordinal > 0,
        receipt=_receipt(parcel, outcome, rules.clock(), headers) if settlement.state == "ok" else None,
    )


def _receipt(parcel: Parcel, outcome: Outcome, now: datetime, headers: dict[str, str]) -> Receipt | None:
    """The proof that a receiver took an event of legal weight; None for any other event."""
    leased = parcel.leased
    known = EVENT_TYPES.get(leased.event_type)
    if known is None or not known.is_receipted:
        return None
    return Receipt(
        received_at=now,
        url=leased.url,
        peer=outcome.peer,
        status=outcome.status,
        body_sha256=hashlib.sha256(leased.body).hexdigest(),
        response=quote_response(outcome.response, _words_to_hide(parcel, headers)),
        response_sha256=hashlib.sha256(outcome.response).hexdigest() if outcome.response else None,
    )


async def _send(parcel: Parcel, headers: dict[str, str], sender: Sender, rules: Rules) -> Outcome:
    """Send the event; a receiver that does not repeat a challenge may consent by CloudEvents' handshake."""
    leased = parcel.leased
    target = Target(
        url=leased.url,
        tenant=leased.organization_id,
        owner=leased.endpoint_id,
        credentials=parcel.credentials,
    )
    outcome = await sender.send(target, headers, leased.body, rules.seconds)
    challenge = challenge_of(leased)
    left = rules.seconds - outcome.milliseconds / 1000
    if challenge is None or outcome.status is None or find_proof(leased, outcome) or left <= 0:
        return outcome
    return await ask_by_options(sender, target, outcome, left)


def _describe(outcome: Outcome, signed_at: datetime, endpoint_id: str) -> str | None:
    """The error and what more is known; a clock that differs is why receivers refuse good signatures."""
    skew = None if outcome.is_success else _measure_skew(outcome, signed_at)
    if skew is not None and abs(skew) > _LARGEST_SKEW:
        _log.warning("clocks_differ", endpoint=endpoint_id, seconds=round(skew))
        return f"clocks_differ: the receiver's is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
    return f"{outcome.error}: {outcome.detail}" if outcome.detail else outcome.error


def _measure_skew(outcome: Outcome, signed_at: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(outcome.date) if outcome.date else None
    except ValueError:
        return None
    return (moment - signed_at).total_seconds() if moment and moment.tzinfo else None


def _words_to_hide(parcel: Parcel, headers: dict[str, str]) -> list[str]:
    """Receivers repeat what they were sent: a signature or a challenge in a log opens doors."""
    words = [base64.b64encode(key).decode("ascii") for key in parcel.keys if isinstance(key, bytes)]
    words += headers.get("webhook-signature", "").split()
    words += parcel.credentials.words
    if challenge := challenge_of(parcel.leased):
        words.append(challenge)
    return words
