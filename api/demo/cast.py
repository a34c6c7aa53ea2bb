"""The cast: the three partners of the stories, and how they wait for what was promised."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from api.demo.receiver import Arrival, Receiver
from api.demo.stage import Partner

# How long a step of a story waits for what was promised; only its coming true counts, not its time.
PATIENCE = 120.0
_EVERY = 0.2


class Cast(Struct, frozen=True, kw_only=True):
    """Who plays: three partners, each with an endpoint at the receiver."""

    receiver: Receiver
    marketplace: Partner
    rights_holder: Partner
    customs: Partner

    def told(self, partner: Partner, type_: str, **fields: object) -> Arrival | None:
        """The verified webhook that tells a partner of an event with these fields, waited for."""

        def is_meant(arrival: Arrival) -> bool:
            told = arrival.partner == partner.kind and arrival.type == type_
            return told and all(arrival.data.get(name) == value for name, value in fields.items())

        return self.receiver.wait_for(is_meant, PATIENCE)


def subscribe(receiver: Receiver, partner: Partner) -> None:
    """Register the partner's endpoint for all its events, and trust the secret shown with it."""
    body = {"url": receiver.url(partner.kind), "event_types": ["*"]}
    endpoint = partner.caller.ask("POST", "/v1/webhook-endpoints", body)
    receiver.trust(partner.kind, str(endpoint["secret"]))


def wait_until(test: Callable[[], Any], seconds: float = PATIENCE) -> Any:  # noqa: ANN401 - whatever the test found
    """What a test finds, asked again until it finds something or the time is over."""
    ends = time.monotonic() + seconds
    while not (found := test()) and time.monotonic() < ends:
        time.sleep(_EVERY)
    return found
