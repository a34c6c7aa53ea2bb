"""From a leased delivery to its acknowledgement: open the keys, sign, send, judge, write down."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from partners.keyring import Keyring
from partners.records.attempts import Acknowledgement
from partners.records.endpoints import secret_context
from partners.records.outbox import Leased
from webhooks.delivery import Outcome, Sender, Target, quote_response
from webhooks.envelope import address_envelope
from webhooks.schedule import Schedule
from webhooks.settlement import challenge_of, settle
from webhooks.signing import read_secret


class Parcel(Struct, frozen=True):
    """A leased delivery and the keys to sign it with, the newest first."""

    leased: Leased
    keys: tuple[bytes, ...]


class Rules(Struct, frozen=True, kw_only=True):
    """How attempts are made: each within `seconds`, the next by `schedule`."""

    seconds: float
    schedule: Schedule
    clock: Callable[[], datetime]


def open_parcel(leased: Leased, keyring: Keyring) -> Parcel:
    """Open the secrets of the endpoint.

    Raises:
        KeyRefused: they were sealed under other keys.
    """
    opened = [keyring.open(sealed, secret_context(key)).decode() for key, sealed in leased.secrets]
    return Parcel(leased, tuple(read_secret(secret) for secret in opened))


async def make_attempt(parcel: Parcel, sender: Sender, rules: Rules) -> Acknowledgement:
    """Make one attempt and say what follows from it."""
    leased, sent_at = parcel.leased, rules.clock()
    try:
        headers = address_envelope(leased.event_id, leased.body, parcel.keys, sent_at)
    except ValueError:
        headers, outcome = {}, Outcome(error="invalid_request", phase="dns")
    else:
        outcome = await sender.send(Target(leased.url), headers, leased.body, rules.seconds)
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
        error=_describe(outcome),
        peer=outcome.peer,
        response=quote_response(outcome.response, _words_to_hide(parcel, headers)),
        disabled_reason=settlement.disabled_reason,
        proof=settlement.proof,
    )


def _describe(outcome: Outcome) -> str | None:
    return f"{outcome.error}: {outcome.detail}" if outcome.detail else outcome.error


def _words_to_hide(parcel: Parcel, headers: dict[str, str]) -> list[str]:
    """Receivers repeat what they were sent: a signature or a challenge in a log opens doors."""
    words = [base64.b64encode(key).decode("ascii") for key in parcel.keys]
    words += headers.get("webhook-signature", "").split()
    if challenge := challenge_of(parcel.leased):
        words.append(challenge)
    return words
