"""Consent by the handshake of CloudEvents' HTTP webhooks: may we deliver to this URL?"""

from __future__ import annotations

from msgspec.structs import replace

from webhooks.delivery import Outcome, Sender, Target


async def ask_by_options(sender: Sender, target: Target, posted: Outcome, deadline: float) -> Outcome:
    """Ask by OPTIONS, after a verification that proved nothing.

    Returns the outcome of the POST, and whether the receiver `consents`; what OPTIONS was answered stands
    behind the response, so that it is seen in the log of attempts.
    """
    asked = await sender.send(replace(target, method="OPTIONS"), {}, b"", deadline)
    said = asked.error or f"{asked.status}, {'our origin is allowed' if asked.consents else 'no consent'}"
    return replace(
        posted,
        consents=asked.consents,
        response=posted.response + f"\n[OPTIONS: {said}]".encode(),
        milliseconds=round(posted.milliseconds + asked.milliseconds, 3),
    )
