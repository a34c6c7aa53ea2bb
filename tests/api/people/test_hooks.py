"""The page of webhook endpoints: who sees what, who may act, and that acts are those of the API."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select, update

from partners.destinations import AddressRules
from partners.ids import new_id
from partners.principal import Principal
from partners.records.audit import audit
from partners.records.endpoints import attempts, deliveries, endpoints
from partners.records.sessions import sessions
from partners.sealing import Desk
from partners.subscribing import Subscription, register_endpoint

URL = "http://127.0.0.1:9/in"
RULES = AddressRules(allow_private=True, allow_http=True)
MISSING = "end_01m7zq3v8kf5tbg2h6w9rc4xya"


@pytest.fixture
def house(house):
    """A trial house, in which a private address is its own consent."""
    settings = replace(house.settings, webhooks_allow_http=True, webhooks_allow_private=True)
    return replace(house, settings=settings)


@pytest.fixture
def register(database, keyring, now):
    """Register an endpoint of an organization."""

    def make(organization_id, url=URL, kind="rights_holder"):
        who = Principal(organization_id=organization_id, kind=kind, client_id="test")
        desk = Desk(keyring=keyring, rules=RULES, now=now)
        wanted = Subscription(url=url, event_types=["*"], signatures=["v1"], labels={}, metadata={})
        return database.acting(
            "access", lambda c, _: register_endpoint(c, who, wanted, "whsec_" + "A" * 32, desk)
        ).id

    return make


@pytest.fixture
def endpoint(member, register):
    return register(member.organization_id)


@pytest.fixture
def page(member, endpoint):
    """Open the endpoint's page in the admin's browser."""
    return lambda: member.browser.get(f"/hooks/{endpoint}")


@pytest.fixture
def change(database):
    def make(table, **values):
        database.acting("access", lambda c, _: c.execute(update(table).values(**values)))

    return make


@pytest.fixture
def column(database):
    """What a column holds, in the order of the rows' making."""

    def read(of):
        with database.surveying("access") as connection:
            return connection.scalars(select(of).order_by(of.table.c.id)).all()

    return read


@pytest.fixture
def attempt(database, member, now):
    """Write an attempt of the first delivery."""

    def make(**values):
        def work(connection, _):
            row = {"id": new_id("att"), "organization_id": member.organization_id, "number": 1}
            row |= {"milliseconds": 3.0, "phase": "headers", "trigger": "auto", "sent_at": now}
            delivery = connection.scalar(select(deliveries.c.id))
            connection.execute(insert(attempts).values(**row | {"delivery_id": delivery} | values))

        database.acting("access", work)

    return make


def test_who_has_not_signed_in_is_led_to_the_sign_in(open_browser):
    for path in ("/hooks", f"/hooks/{MISSING}"):
        answer = open_browser().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path


def test_half_a_session_sees_nothing(member, endpoint, open_browser):
    browser = open_browser()
    browser.get("/sign-in")
    browser.submit(email=member.email, password=member.password)
    assert browser.get("/hooks").headers["location"] == "/sign-in"


def test_the_account_leads_to_the_endpoints_of_ones_organization(member, endpoint):
    assert 'href="/hooks"' in member.browser.get("/account").text
    listed = member.browser.get("/hooks").text
    assert f'href="/hooks/{endpoint}">{URL}</a>' in listed
    assert "<strong>enabled</strong>" in listed
    assert "well" in listed


def test_another_organizations_endpoint_is_like_none(member, register, organization):
    theirs = register(organization(name="Other"), "http://127.0.0.1:9/theirs")
    assert "theirs" not in member.browser.get("/hooks").text
    found, missing = (member.browser.get(f"/hooks/{key}") for key in (theirs, MISSING))
    assert (found.status_code, found.text) == (404, missing.text)


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


def test_a_hostile_url_is_text(member, endpoint, change):
    hostile = 'https://a.example/"><script>alert(1)</script>'
    change(endpoints, url=hostile, disabled_reason="<b>no</b>", reference="'<i>", labels={"<u>": "<s>"})
    for path in ("/hooks", f"/hooks/{endpoint}"):
        shown = member.browser.get(path).text
        assert html.escape(hostile) in shown, path
        assert not {"<script", "<b>", "<i>", "<u>", "<s>"} & set(re.findall(r"<\w+>?", shown)), path


def test_what_a_receiver_answered_is_text(member, page, attempt):
    page()
    member.browser.submit("/test")
    attempt(status=500, error="<b>bad", response="</code><script>alert(1)</script>")
    shown = page().text
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "<b>" not in shown


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


def test_attempts_are_shown_with_how_far_they_came(member, page, attempt, now):
    page()
    member.browser.submit("/test")
    attempt(status=200, sent_at=now - timedelta(hours=2), phase="body")
    attempt(number=2, error="timeout", phase="tls")
    shown = page().text
    assert "2, the last: timeout (tls)" in shown
    health = dict(re.findall(r"<th scope=\"row\">([^<]*)</th><td>(.*?)</td>", shown))
    assert "2026-11-21 10:00:00" in health["Last success"]
    assert "2026-11-21 12:00:00" in health["Last failure"]


def test_an_endpoint_that_fails_says_since_when(member, endpoint, change, now):
    change(endpoints, failing_since=now - timedelta(hours=3))
    assert "failing since" in member.browser.get("/hooks").text
    assert "2026-11-21 09:00:00" in member.browser.get(f"/hooks/{endpoint}").text


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


def test_nothing_on_it_is_loaded_from_anywhere(member, page):
    page()
    member.browser.submit("/test")
    answer = page()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"\b(src|style|on\w+)=", answer.text)


def test_a_session_that_has_ended_opens_no_door(member, endpoint, database):
    member.browser.get(f"/hooks/{endpoint}")
    database.acting("access", lambda c, _: c.execute(update(sessions).values(stage="password")))
    assert member.browser.submit("/test").headers["location"] == "/sign-in"


@pytest.mark.parametrize("key", ["nothing", "..%2f..", "%00", "A" * 300])
def test_what_is_no_id_is_like_none(member, key):
    assert member.browser.get(f"/hooks/{key}").status_code == 404


def test_what_is_no_id_in_the_query_is_left_aside(member, endpoint):
    for path in ("/hooks?after=%00", f"/hooks/{endpoint}?before=%00&done=%00&done=x"):
        assert member.browser.get(path).status_code == 200, path
