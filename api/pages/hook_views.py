"""How webhook endpoints, their deliveries and the buttons for them look on a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from msgspec import Struct

from api.pages.html import (
    Form,
    draw_details,
    draw_facts,
    draw_field,
    draw_form,
    draw_heading,
    draw_table,
    draw_text,
)
from partners.records.deliveries import Attempt, Delivery
from partners.records.endpoint_health import EndpointHealth
from partners.records.endpoints import Endpoint

_DAY = timedelta(days=1)
_LONGEST = timedelta(days=31)  # that one recovery may span
_ANSWER = 300  # characters of a receiver's answer
_NEVER = "not lately"


class Buttons(Struct, frozen=True, kw_only=True):
    """What a person may do, and the seal for its forms."""

    seal: str
    operations: frozenset[str]
    now: datetime

    def draw(self, operation_id: str, form: Form) -> str:
        return draw_form(form, self.seal) if operation_id in self.operations else ""


def draw_endpoints(found: Sequence[Endpoint], health: dict[str, EndpointHealth], now: datetime) -> str:
    """A table of endpoints; each leads to its own page."""
    if not found:
        return draw_text("There is no endpoint yet. Register one with POST /v1/webhook-endpoints.")
    heads = ["Endpoint", "Status", "Events", "Health", "Last success", "Last failure"]
    return draw_table(heads, [_draw_row(one, health.get(one.id, EndpointHealth()), now) for one in found])


def _draw_row(endpoint: Endpoint, health: EndpointHealth, now: datetime) -> list[str]:
    return [
        f'<a href="/hooks/{escape(endpoint.id)}">{escape(endpoint.url)}</a>',
        _draw_status(endpoint),
        escape(", ".join(endpoint.event_types)),
        _draw_health(endpoint, health, now),
        _draw_time(health.succeeded_at, _NEVER),
        _draw_time(health.failed_at, _NEVER),
    ]


def draw_endpoint(endpoint: Endpoint, health: EndpointHealth, now: datetime) -> str:
    """What there is to know of one endpoint, but no secret."""
    labels = ", ".join(f"{name}={value}" for name, value in endpoint.labels.items())
    return draw_facts(
        {
            "URL": f"<code>{escape(endpoint.url)}</code>",
            "Id": f"<code>{escape(endpoint.id)}</code>",
            "Reference": escape(endpoint.reference or "none"),
            "Status": _draw_status(endpoint),
            "Events": escape(", ".join(endpoint.event_types)),
            "Labels": escape(labels or "any"),
            "Signatures": escape(", ".join(endpoint.signatures)),
            "Health": _draw_health(endpoint, health, now),
            "Last success": _draw_time(health.succeeded_at, _NEVER),
            "Last failure": _draw_time(health.failed_at, _NEVER),
        }
    )


def _draw_status(endpoint: Endpoint) -> str:
    reason = f" ({escape(endpoint.disabled_reason)})" if endpoint.disabled_reason else ""
    unchanged = f"unchanged since {_draw_time(endpoint.updated_at)}"
    return f"<strong>{escape(endpoint.status)}</strong>{reason}, {unchanged}"


def _draw_health(endpoint: Endpoint, health: EndpointHealth, now: datetime) -> str:
    said = []
    if endpoint.failing_since:
        said.append(f"failing since {_draw_time(endpoint.failing_since)}, {health.failures} in a row")
    if health.shut_until and health.shut_until > now:
        said.append(f"breaker open until {_draw_time(health.shut_until)}")
    return "; ".join(said) or "well"


def draw_switches(endpoint: Endpoint, buttons: Buttons) -> str:
    """What can be done with an endpoint as it stands."""
    path = f"/hooks/{endpoint.id}"
    seen = {"revision": str(endpoint.revision)}
    change = "change_webhook_endpoint"
    drawn = []
    if endpoint.status == "enabled":
        test = Form(action=f"{path}/test", button="Send a test event")
        drawn.append(buttons.draw("test_webhook_endpoint", test))
        drawn.append(buttons.draw(change, Form(action=f"{path}/pause", button="Pause", hidden=seen)))
    if endpoint.status in {"paused", "disabled"}:
        resume = Form(action=f"{path}/resume", button="Resume", hidden=seen)
        drawn.append(buttons.draw(change, resume))
    if "v1" in endpoint.signatures:
        rotate = Form(action=f"{path}/secret", button="Make a new secret")
        drawn.append(buttons.draw("rotate_webhook_secret", rotate))
    waits = "Its receiver has to show the challenge first." if endpoint.status == "pending" else ""
    return (draw_text(waits) if waits else "") + f'<div class="acts">{"".join(drawn)}</div>'


def draw_recovery(endpoint: Endpoint, buttons: Buttons) -> str:
    """A form for the time of which all failures are sent again; what is proposed begins a day early.

    What failed first may have happened well before; a time that is too long does no harm.
    """
    begin = max((endpoint.failing_since or buttons.now) - _DAY, buttons.now - _LONGEST + _DAY)
    fields = "".join(
        draw_field(name, label, kind="datetime-local", value=f"{at:%Y-%m-%dT%H:%M}")
        for name, label, at in (
            ("from", "From (UTC)", begin),
            ("to", "To (UTC)", buttons.now + timedelta(minutes=1)),
        )
    )
    form = Form(action=f"/hooks/{endpoint.id}/recover", button="Send what was missed", fields=fields)
    drawn = buttons.draw("recover_webhook_endpoint", form) if endpoint.status == "enabled" else ""
    return draw_heading("Recover a time") + drawn if drawn else ""


def draw_deliveries(
    endpoint: Endpoint, found: Sequence[Delivery], log: dict[str, list[Attempt]], buttons: Buttons
) -> str:
    """Deliveries, each with its attempts."""
    if not found:
        return draw_text("Nothing was sent here yet.")
    rows = [
        [
            f"{escape(one.event_type)}<br><code>{escape(one.id)}</code>",
            _draw_time(one.created_at),
            _draw_state(one),
            _draw_attempts(log[one.id]),
            _draw_resend(endpoint, one, buttons),
        ]
        for one in found
    ]
    return draw_table(["Event", "Made", "State", "Attempts", ""], rows)


def _draw_state(delivery: Delivery) -> str:
    if delivery.state == "due":
        return f"due {_draw_time(delivery.due_at)}"
    return f"<strong>{escape(delivery.state)}</strong> {_draw_time(delivery.finished_at)}".rstrip()


def _draw_resend(endpoint: Endpoint, delivery: Delivery, buttons: Buttons) -> str:
    if endpoint.status != "enabled":
        return ""
    form = Form(
        action=f"/hooks/{endpoint.id}/resend",
        button="Resend",
        hidden={"delivery": delivery.id},
        is_plain=True,
    )
    return buttons.draw("resend_delivery", form)


def _draw_attempts(made: Sequence[Attempt]) -> str:
    if not made:
        return "none"
    heads = ["", "Sent", "Took", "Reached", "Outcome", "Answer"]
    rows = [
        [
            str(one.number),
            _draw_time(one.sent_at),
            f"{one.milliseconds:.0f} ms",
            escape(one.phase),
            _draw_outcome(one),
            f"<code>{escape((one.response or '')[:_ANSWER])}</code>",
        ]
        for one in made
    ]
    last = f"{len(made)}, the last: {_draw_outcome(made[-1])} ({escape(made[-1].phase)})"
    return draw_details(last, draw_table(heads, rows))


def _draw_outcome(attempt: Attempt) -> str:
    parts = [str(attempt.status) if attempt.status else "", attempt.error or ""]
    return escape(", ".join(part for part in parts if part))


def _draw_time(at: datetime | None, missing: str = "") -> str:
    """A time to the second, in UTC."""
    if at is None:
        return missing
    return f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{at:%Y-%m-%d %H:%M:%S}</time>'
