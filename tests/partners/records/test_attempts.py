"""Acknowledging: each attempt is a row, and only the present lease settles its delivery."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from partners.records.deliveries import list_attempts
from partners.records.endpoints import endpoints
from partners.records.switching import disable_endpoint, remove_endpoint

AFTER = timedelta(seconds=61)


def test_a_late_acknowledgement_changes_nothing(one_due, claim, report, read, now):
    (first,) = claim()
    (second,) = claim(at=now + AFTER)
    assert report(first, at=now + AFTER) == set()
    assert (read(first.id).state, read(first.id).lease_token) == ("due", second.token)
    assert report(second, at=now + AFTER, state="exhausted") == {second.id}
    assert read(first.id).state == "exhausted"


def test_every_attempt_is_a_row_a_late_one_too(one_due, claim, report, act, principal, now):
    (first,) = claim()
    (second,) = claim(at=now + AFTER)
    report(first)
    report(second, status=500, error="disconnected", phase="headers", state="exhausted")
    log = act(lambda c: list_attempts(c, principal, first.id))
    assert [(one.number, one.status, one.error) for one in log] == [
        (1, 200, None),
        (2, 500, "disconnected"),
    ]


def test_a_failed_delivery_is_due_again_later(one_due, claim, report, now):
    (leased,) = claim()
    report(leased, state="due", due_at=now + timedelta(seconds=5), failures=1, status=500)
    assert claim() == []
    (again,) = claim(at=now + timedelta(seconds=5))
    assert (again.id, again.failures) == (leased.id, 1)


def test_410_disables_once_tells_the_organization_and_holds_the_rest(endpoint, fill, claim, report, read):
    rest = fill(endpoint(), 10)
    other = endpoint()
    report(*claim(limit=2, per_endpoint=2), state="held", status=410, disabled_reason="answered 410 Gone")
    assert {read(key).state for key in rest} == {"held"}
    assert [(one.event_type, one.endpoint_id) for one in claim()] == [("endpoint.disabled", other.id)]


def test_a_url_changed_meanwhile_is_not_disabled_for_what_the_old_one_answered(act, endpoint, now):
    one = endpoint()
    act(lambda c: c.execute(update(endpoints).values(url="https://example.com/new")))
    assert not act(lambda c: disable_endpoint(c, one.id, one.url, "answered 410 Gone", now))


def test_deleting_an_endpoint_cancels_even_what_is_being_sent(endpoint, fill, claim, report, act, now):
    one = endpoint()
    fill(one, 2)
    leased, _ = claim()
    act(lambda c: remove_endpoint(c, one, now))
    assert report(leased, state="due") == set()
    assert claim(at=now + AFTER) == []


def test_an_acknowledgement_of_what_is_gone_is_passed_over(one_due, claim, report, act):
    (leased,) = claim()
    act(lambda c: c.exec_driver_sql("delete from deliveries"))
    assert report(leased) == set()
