"""What follows from an outcome: a pure rule from one attempt to the delivery's and the endpoint's fate."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from partners.records.attempts import State
from partners.records.events import VERIFICATION
from partners.records.outbox import Leased
from webhooks.delivery import Outcome
from webhooks.schedule import Schedule, read_retry_after

_ASKS_TO_WAIT = {429, 503}


class Settlement(Struct, frozen=True, kw_only=True):
    """`disabled_reason` and `proof` are for the endpoint: it wants no more, or has shown the challenge."""

    state: State
    due_at: datetime
    failures: int
    disabled_reason: str | None = None
    proof: str | None = None


class _VerificationData(Struct):
    challenge: str


class _VerificationBody(Struct):
    data: _VerificationData


def settle(leased: Leased, outcome: Outcome, now: datetime, chance: float, schedule: Schedule) -> Settlement:
    """Decide what becomes of a delivery after an attempt.

    2xx is success and everything else, redirects too, is failure. 410 and the `webhook-delivery: disable`
    header disable the endpoint, `abort-message` gives this delivery up, 429 and 503 may ask for a longer
    pause. A resend by hand is one attempt only. What would be sent after its deadline is cancelled.

    Args:
        chance: a random number in [0, 1) for the jitter.
    """
    reason = _wants_no_more(outcome)
    proof = find_proof(leased, outcome)
    if outcome.is_success or (proof and not reason):
        return Settlement(
            state="ok", due_at=now, failures=leased.failures, disabled_reason=reason, proof=proof
        )
    if outcome.control == "abort-message":
        return Settlement(state="cancelled", due_at=now, failures=leased.failures)
    if leased.trigger == "manual" or outcome.error == "invalid_request":
        return Settlement(state="exhausted", due_at=now, failures=leased.failures, disabled_reason=reason)
    if reason:
        return Settlement(state="held", due_at=now, failures=leased.failures, disabled_reason=reason)
    failures = leased.failures + 1
    asked = read_retry_after(outcome.retry_after, now) if outcome.status in _ASKS_TO_WAIT else None
    pause = schedule.pause(failures, chance, asked)
    return _try_again(leased, failures, now, pause)


def _try_again(leased: Leased, failures: int, now: datetime, pause: timedelta | None) -> Settlement:
    if pause is None:
        return Settlement(state="exhausted", due_at=now, failures=failures)
    if leased.expires_at and now + pause >= leased.expires_at:
        return Settlement(state="cancelled", due_at=now, failures=failures)
    return Settlement(state="due", due_at=now + pause, failures=failures)


def _wants_no_more(outcome: Outcome) -> str | None:
    if outcome.status == 410:
        return "answered 410 Gone"
    if outcome.status is not None and outcome.control == "disable":
        return "asked for it by a webhook-delivery header"
    return None


def find_proof(leased: Leased, outcome: Outcome) -> str | None:
    """The challenge, where a verification's answer repeats it, or the receiver consents by OPTIONS."""
    challenge = challenge_of(leased)
    if challenge is None:
        return None
    repeated = outcome.is_success and challenge.encode() in outcome.response
    return challenge if repeated or outcome.consents else None


def challenge_of(leased: Leased) -> str | None:
    """The challenge that a verification carries; None for any other event."""
    if leased.event_type != VERIFICATION:
        return None
    return msgspec.json.decode(leased.body, type=_VerificationBody).data.challenge
