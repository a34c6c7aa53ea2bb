"""What holds for all pages: policies, escaping, and forms that only our own pages can send."""

from __future__ import annotations

import re


def try_password(browser, email, password):
    browser.get("/sign-in")
    return browser.submit(email=email, password=password)


def test_no_page_is_framed_stored_or_told_to_others(client):
    headers = client.get("/sign-in").headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy


def test_a_form_may_end_at_the_console_that_asked_and_nowhere_else(client, console):
    policy = client.get(f"/sign-in{console.query()}").headers["content-security-policy"]
    assert "form-action 'self' https://console.example;" in policy
    bad = client.get(f"/sign-in{console.query(redirect_uri='https://evil.example/')}")
    assert (bad.status_code, "evil" in str(bad.headers), "evil" in bad.text) == (400, False, False)


def test_what_was_sent_is_never_markup(member, open_browser):
    answer = try_password(open_browser(), '"><script>alert(1)</script>', "x")
    assert "<script" not in answer.text


def test_a_form_from_another_site_is_refused(member, open_browser):
    browser = open_browser()
    seal = re.search(r'name="seal" value="([^"]*)"', browser.get("/sign-in").text)[1]
    fields = {"seal": seal, "email": member.email, "password": member.password}
    for made_up in ("", "AAAA", "ü"):
        assert browser.post("/sign-in", fields | {"seal": made_up}).status_code == 403, made_up
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        assert browser.post("/sign-in", fields, **headers).status_code == 403, headers
    assert browser.post("/sign-in", fields).status_code == 303


def test_a_seal_of_one_browser_is_none_of_another(member, open_browser):
    """Login CSRF: an attacker's own form does not sign a victim in as the attacker."""
    attacker, victim = open_browser(), open_browser()
    seal = re.search(r'name="seal" value="([^"]*)"', attacker.get("/sign-in").text)[1]
    victim.get("/sign-in")
    fields = {"seal": seal, "email": member.email, "password": member.password}
    assert victim.post("/sign-in", fields).status_code == 403
    victim.cookies.clear()
    assert victim.post("/sign-in", fields).status_code == 403


def test_signing_out_needs_a_form_of_ours(member):
    assert member.browser.post("/sign-out", {}).status_code == 403
    assert member.browser.get("/account").status_code == 200
    assert member.browser.get("/sign-out").status_code == 405


def test_what_is_no_form_of_ours_is_refused(open_browser):
    browser = open_browser()
    browser.get("/sign-in")
    many = b"&".join(b"a%d=1" % number for number in range(30))
    for body in (b"\xff=1", b"email=a&email=b", b"a=%00", many, b"x" * 70_000):
        assert browser.post("/sign-in", body).status_code in {400, 403, 413}, body[:20]
