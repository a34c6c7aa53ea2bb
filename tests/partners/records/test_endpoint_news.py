"""News of endpoints: who asks for them hears each once, and no report is reported on."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from partners.records.attempts import Acknowledgement, acknowledge
from partners.records.endpoints import deliveries, endpoints
from partners.records.events import Fact, emit, events
from partners.records.fanning import wants
from partners.records.outbox import Claim, claim_due

LEASE = timedelta(seconds=60)
SCREENED = {"reference": "A-1", "verdict": "review", "score": 0.5, "matches": 1}


@pytest.fixture
def tell(act, principal, now):
    def make(type_="listing.screened", data=SCREENED, subject="lst_1"):
        fact = Fact(type=type_, subject=subject, path="/v1/x", data=data)
        return act(lambda c: emit(c, fact, [(principal.kind, principal.organization_id)], now))

    return make


@pytest.fixture
def attempt(act):
    """Claim what is due at a time, and let every attempt end so."""

    def make(at, state, status):
        wanted = Claim(token=f"w.{at}", now=at, lease=LEASE, limit=50, late_limit=9, per_endpoint=9)
        items = [
            Acknowledgement(
                delivery_id=one.id,
                token=one.token,
                organization_id=one.organization_id,
                endpoint_id=one.endpoint_id,
                url=one.url,
                trigger=one.trigger,
                state=state,
                due_at=at,
                failures=one.failures + (state != "ok"),
                sent_at=at,
                milliseconds=1.0,
                phase="body",
                status=status,
                is_failure=state != "ok",
            )
            for one in act(lambda c: claim_due(c, wanted))
        ]
        act(lambda c: acknowledge(c, items, at))
        return len(items)

    return make


@pytest.fixture
def news(act):
    """The types and data of what was told of endpoints."""

    def read():
        found = act(
            lambda c: c.execute(
                select(events.c.type, events.c.body)
                .where(events.c.type.startswith("endpoint."))
                .order_by(events.c.id)
            ).all()
        )
        return [(row.type, msgspec.json.decode(row.body)["data"]) for row in found]

    return read


def asks_for(act, one, *types):
    act(lambda c: c.execute(update(endpoints).where(endpoints.c.id == one.id).values(event_types=types)))


def test_a_breaker_that_opens_and_closes_is_told_once_each(endpoint, tell, attempt, news, now):
    endpoint()
    for _ in range(6):
        tell()
    attempt(now, "due", 500)
    assert [type_ for type_, _ in news()] == ["endpoint.failing"]
    later = now + timedelta(minutes=1)
    attempt(later, "due", 500)  # one on trial
    assert [type_ for type_, _ in news()] == ["endpoint.failing"]
    attempt(later + timedelta(minutes=20), "ok", 200)
    attempt(later + timedelta(minutes=21), "ok", 200)
    assert [type_ for type_, _ in news()] == ["endpoint.failing", "endpoint.recovered"]


def test_a_delivery_that_was_given_up_is_told(endpoint, tell, attempt, news, now):
    one = endpoint()
    (event,) = tell()
    attempt(now, "exhausted", 503)
    ((type_, data),) = news()
    assert type_ == "endpoint.exhausted"
    assert (data["id"], data["event_id"], data["event_type"]) == (one.id, event.id, "listing.screened")
    assert (data["attempts"], data["last_status"]) == (1, 503)


def test_a_report_that_was_given_up_is_not_reported(endpoint, tell, attempt, news, act, now):
    one = endpoint()
    asks_for(act, one, "*", "endpoint.*")
    tell()
    attempt(now, "exhausted", 503)
    assert attempt(now + timedelta(seconds=1), "exhausted", 503) == 1  # the report of it
    assert [type_ for type_, _ in news()] == ["endpoint.exhausted"]


def test_another_endpoint_hears_that_one_fails(endpoint, tell, attempt, act, now):
    failing, other = endpoint(), endpoint()
    asks_for(act, failing, "listing.*")
    asks_for(act, other, "endpoint.failing")
    for _ in range(5):
        tell()
    attempt(now, "due", 500)
    found = act(
        lambda c: c.scalars(select(deliveries.c.endpoint_id).where(deliveries.c.state == "due")).all()
    )
    assert found.count(other.id) == 1


@pytest.mark.parametrize(
    ("asked", "heard"), [("*", False), ("endpoint.*", True), ("endpoint.failing", True), ("case.*", False)]
)
def test_news_go_to_those_that_name_them(asked, heard):
    assert wants([asked], "endpoint.failing") is heard


def test_that_one_was_disabled_everybody_hears():
    assert wants(["*"], "endpoint.disabled")
