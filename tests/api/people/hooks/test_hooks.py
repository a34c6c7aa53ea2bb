"""The pages of webhook endpoints: who sees what, and that all of it is text."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from partners.records.endpoints import deliveries, endpoints

URL = "http://127.0.0.1:9/in"
MISSING = "end_01m7zq3v8kf5tbg2h6w9rc4xya"


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


def test_older_deliveries_are_on_a_page_of_their_own(member, endpoint, page, column):
    page()
    seal = re.search(r'name="seal" value="([^"]*)"', member.browser.page.text)[1]
    for _ in range(21):
        member.browser.post(f"/hooks/{endpoint}/test", {"seal": seal})
    first = page().text
    older = re.search(r'href="(/hooks/[^"]*before=[^"]*)"', first)[1]
    sent = column(deliveries.c.id)
    assert (sent[0] in first, sent[1] in first) == (False, True)
    second = member.browser.get(older).text
    assert (sent[0] in second, sent[1] in second) == (True, False)


def test_nothing_on_it_is_loaded_from_anywhere(member, page):
    page()
    member.browser.submit("/test")
    answer = page()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"\b(src|style|on\w+)=", answer.text)


@pytest.mark.parametrize("key", ["nothing", "..%2f..", "%00", "A" * 300])
def test_what_is_no_id_is_like_none(member, key):
    assert member.browser.get(f"/hooks/{key}").status_code == 404


def test_what_is_no_id_in_the_query_is_left_aside(member, endpoint):
    for path in ("/hooks?after=%00", f"/hooks/{endpoint}?before=%00&done=%00&done=x"):
        assert member.browser.get(path).status_code == 200, path
