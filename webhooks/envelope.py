"""What travels: the body exactly as it was kept, and headers made afresh for every attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from webhooks.signing import Key, sign

USER_AGENT = "Touchstone-Webhooks/1"


def address_envelope(event_id: str, body: bytes, keys: Sequence[Key], now: datetime) -> dict[str, str]:
    """The headers of one attempt; the id never changes, the timestamp and the signature do.

    Args:
        body: the bytes that are signed are the bytes that are sent.
        keys: of the endpoint, the newest first.

    Raises:
        ValueError: the id or the keys cannot be signed with.
    """
    timestamp = int(now.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "accept-encoding": "identity",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(keys, event_id, timestamp, body),
    }
