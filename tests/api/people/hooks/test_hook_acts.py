"""What is done with webhook endpoints on their page: by whom, and that it is what the API does."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from partners.records.audit import audit
from partners.records.endpoints import deliveries, endpoints
from partners.records.sessions import sessions

URL = "http://127.0.0.1:9/in"


def test_another_organizations_endpoint_cannot_be_acted_on(member, page, register, organization, column):
    theirs = register(organization(name="Other"))
    page()
    seal = re.search(r'name="seal" value="([^"]*)"', member.browser.page.text)[1]
    fields = {"seal": seal, "revision": "1", "from": "2026-11-21T00:00", "to": "2026-11-22T00:00"}
    for act in ("test", "pause", "resume", "recover", "secret"):
        assert member.browser.post(f"/hooks/{theirs}/{act}", fields).status_code == 404, act
    assert set(column(endpoints.c.status)) == {"enabled"}
    assert column(deliveries.c.id) == []


@pytest.mark.parametrize("role", ["reader", "analyst"])
def test_who_is_no_admin_looks_and_may_not_act(member, endpoint, enter, column, role):
    browser = enter(member.organization_id, "bob@acme.example", role).browser
    shown = browser.get(f"/hooks/{endpoint}").text
    assert URL in shown
    assert "<form" not in shown
    browser.get("/account")
    seal = re.search(r'name="seal" value="([^"]*)"', browser.page.text)[1]
    for act in ("test", "pause", "resume", "resend", "recover", "secret"):
        answer = browser.post(f"/hooks/{endpoint}/{act}", {"seal": seal, "revision": "1"})
        assert answer.status_code == 403, act
    assert column(endpoints.c.status) == ["enabled"]


def test_a_form_without_its_seal_does_nothing(member, endpoint, column):
    for fields in ({}, {"seal": "AAAA"}):
        answer = member.browser.post(f"/hooks/{endpoint}/pause", fields | {"revision": "1"})
        assert answer.status_code == 403
    assert column(endpoints.c.status) == ["enabled"]


def test_a_test_event_is_sent_and_told(member, page, column):
    page()
    assert member.browser.submit("/test").status_code == 303
    shown = member.browser.follow().text
    assert "A test event is on its way." in shown
    assert "endpoint.test" in shown
    assert column(deliveries.c.state) == ["due"]


def test_pausing_and_resuming_are_on_record_as_the_persons(member, page, column, database):
    page()
    assert member.browser.submit("/pause").status_code == 303
    assert "<strong>paused</strong>" in member.browser.follow().text
    assert member.browser.submit("/resume").status_code == 303
    assert "<strong>enabled</strong>" in member.browser.follow().text
    with database.surveying("access") as connection:
        rows = connection.execute(select(audit.c.client_id, audit.c.act, audit.c.detail)).all()
    changed = [row for row in rows if row.act == "endpoint.changed"]
    assert [row.detail for row in changed] == [{"fields": ["status"]}] * 2
    assert {row.client_id[:4] for row in changed} == {"per_"}


def test_what_has_changed_since_it_was_shown_is_not_overwritten(member, page, change, column):
    page()
    change(endpoints, revision=7)
    answer = member.browser.submit("/pause")
    assert answer.status_code == 412
    assert "changed since you read it" in answer.text
    assert column(endpoints.c.status) == ["enabled"]


def test_a_paused_endpoint_offers_no_test_and_refuses_one(member, page, change):
    page()
    change(endpoints, status="paused")
    answer = member.browser.submit("/test")
    assert answer.status_code == 409
    assert "The endpoint is paused." in answer.text
    assert "/test" not in answer.text


def test_one_delivery_is_sent_again(member, page, column):
    page()
    member.browser.submit("/test")
    member.browser.follow()
    assert member.browser.submit("/resend").status_code == 303
    assert "once more" in member.browser.follow().text
    assert column(deliveries.c.trigger) == ["auto", "manual"]


def test_failures_of_a_time_are_sent_again(member, page, change, column):
    page()
    member.browser.submit("/test")
    change(deliveries, state="exhausted")
    page()
    fields = {"from": "2026-11-21T00:00", "to": "2026-11-21T23:59"}
    assert member.browser.submit("/recover", **fields).status_code == 303
    assert column(deliveries.c.state) == ["due"]
    assert "endpoint.recovered" in column(audit.c.act)


def test_a_time_without_failures_is_told_as_such(member, page):
    page()
    member.browser.submit("/recover", **{"from": "2026-11-20T00:00", "to": "2026-11-21T00:00"})
    assert "Nothing was missed in that time." in member.browser.follow().text


@pytest.mark.parametrize(
    "begin", ["", "tomorrow", "2026-11-21T00:00+02:00", "2026-11-23T00:00", "0001-01-01"]
)
def test_a_time_that_is_none_is_told(member, page, begin):
    page()
    answer = member.browser.submit("/recover", **{"from": begin, "to": "2026-11-22T00:00"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_new_secret_is_shown_once_and_never_stored_by_the_browser(member, page):
    page()
    answer = member.browser.submit("/secret")
    assert re.search(r"<code>whsec_[A-Za-z0-9+/=]{20,}</code>", answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "whsec_" not in page().text


def test_a_session_that_has_ended_opens_no_door(member, endpoint, database):
    member.browser.get(f"/hooks/{endpoint}")
    database.acting("access", lambda c, _: c.execute(update(sessions).values(stage="password")))
    assert member.browser.submit("/test").headers["location"] == "/sign-in"
