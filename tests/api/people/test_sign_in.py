"""Signing in by password and code, and the ways to get in without."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor

from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select, update

from api.app import create_app
from partners.client_secrets import SecretChecker
from partners.one_time_codes import totp_code
from partners.records.people import people
from partners.records.sessions import sessions


def try_password(browser, email, password, query=""):
    browser.get(f"/sign-in{query}")
    return browser.submit(email=email, password=password)


def said(answer):
    return re.search(r'role="alert">([^<]*)<', answer.text)[1]


def test_password_and_code_open_a_session(member, open_browser):
    browser = open_browser()
    assert member.sign_in(browser).headers["location"] == "/account"
    page = browser.follow()
    assert member.email in page.text
    assert "Code generator" in page.text


def test_an_address_is_the_same_however_it_is_typed(member, open_browser):
    answer = try_password(open_browser(), f" {member.email.upper()} ", member.password)
    assert answer.headers["location"] == "/sign-in/second"


def test_whatever_is_wrong_the_answer_is_the_same(member, open_browser, database):
    def answer(email, password):
        page = try_password(open_browser(), email, password)
        return page.status_code, said(page), sorted(page.headers), page.cookies.keys()

    answers = [
        answer(member.email, "wrong wrong wrong"),
        answer("nobody@acme.example", member.password),
        answer("", ""),
        answer("not an address", "x" * 5_000),
    ]
    suspend = update(people).values(suspended_at=people.c.created_at)
    database.acting("access", lambda connection, _: connection.execute(suspend))
    answers.append(answer(member.email, member.password))
    assert [each == answers[0] for each in answers] == [True] * len(answers)
    assert answers[0][0] == 401


class CountingChecker(SecretChecker):
    count = 0

    def check(self, secret, kept):
        self.count += 1
        return super().check(secret, kept)


def test_each_try_costs_one_hashing_whether_or_not_there_is_such_a_person(house, member, open_browser):
    counting = CountingChecker()
    with TestClient(create_app(replace(house, secrets=counting))) as client:
        browser = type(open_browser())(client)
        for email in (member.email, "nobody@acme.example", ""):
            try_password(browser, email, "wrong wrong wrong")
    assert counting.count == 3


def test_the_second_step_is_needed_for_every_page(member, open_browser):
    browser = open_browser()
    try_password(browser, member.email, member.password)
    for path in ("/account", "/account/generator", "/account/passkey"):
        assert browser.get(path).headers["location"] == "/sign-in", path


def test_a_wrong_code_opens_nothing(member, open_browser):
    browser = open_browser()
    try_password(browser, member.email, member.password)
    browser.follow()
    for code in ("", "12345", "1234567", "٣٣٣٣٣٣", "AAAA-AAAA-AAAA-AAAA"):
        assert browser.submit("/sign-in/second", code=code).status_code == 401, code
    assert browser.get("/account").headers["location"] == "/sign-in"


def test_a_code_is_good_once(member, open_browser):
    code = None
    for expected in (303, 401):
        browser = open_browser()
        try_password(browser, member.email, member.password)
        browser.follow()
        code = code or member.code()
        assert browser.submit("/sign-in/second", code=code).status_code == expected


def test_the_code_that_set_the_generator_up_opens_nothing_later(member, open_browser, clock):
    from_setup = clock.now
    browser = open_browser()
    try_password(browser, member.email, member.password)
    browser.follow()
    assert browser.submit("/sign-in/second", code=totp_code(member.key, from_setup)).status_code == 401


def test_a_recovery_code_is_good_once(member, open_browser):
    for expected in (303, 401):
        browser = open_browser()
        try_password(browser, member.email, member.password)
        browser.follow()
        typed = member.codes[0].lower().replace("-", " ")
        assert browser.submit("/sign-in/second", code=typed).status_code == expected
    assert len(set(member.codes)) == 10


def test_of_many_browsers_with_one_code_one_gets_in(member, open_browser):
    browsers = [open_browser() for _ in range(5)]
    for browser in browsers:
        try_password(browser, member.email, member.password)
        browser.follow()
    code = member.code()
    with ThreadPoolExecutor(5) as pool:
        statuses = [
            answer.status_code
            for answer in pool.map(lambda one: one.submit("/sign-in/second", code=code), browsers)
        ]
    assert statuses.count(303) == 1


def test_a_cookie_that_was_planted_before_is_not_the_sessions(member, open_browser):
    """Session fixation: each step has a cookie of our making, and the old one is worth nothing."""
    browser = open_browser()
    browser.cookies["touchstone_session"] = "planted"
    try_password(browser, member.email, member.password)
    half = browser.cookies["touchstone_session"]
    browser.follow()
    browser.submit("/sign-in/second", code=member.code())
    whole = browser.cookies["touchstone_session"]
    assert len({"planted", half, whole}) == 3
    for old in ("planted", half):
        thief = open_browser()
        thief.cookies["touchstone_session"] = old
        assert thief.get("/account").headers["location"] == "/sign-in"


def test_cookies_are_kept_from_scripts_and_other_sites(house, member, open_browser):
    browser = open_browser()
    answer = try_password(browser, member.email, member.password)
    [cookie] = [each for each in answer.headers.get_list("set-cookie") if "session" in each]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie  # the tests speak http
    settings = replace(house.settings, base_url="https://touchstone.example")
    with TestClient(create_app(replace(house, settings=settings))) as client:
        [visit] = client.get("/sign-in").headers.get_list("set-cookie")
    assert visit.startswith("__Host-touchstone_visit=")
    assert "Secure" in visit


def test_only_digests_of_cookies_are_kept(member, database):
    with database.surveying("access") as connection:
        kept = connection.execute(select(sessions.c.token_sha256)).scalars().all()
    assert kept
    assert member.browser.cookies["touchstone_session"] not in kept


def test_a_session_ends_when_it_is_left_alone_or_old(member, turn):
    turn(minutes=59)
    assert member.browser.get("/account").status_code == 200
    turn(minutes=61)
    assert member.browser.get("/account").headers["location"] == "/sign-in"


def test_a_busy_session_ends_after_its_hours(member, turn):
    for _ in range(14):
        turn(minutes=50)
        assert member.browser.get("/account").status_code == 200
    turn(minutes=50)
    assert member.browser.get("/account").headers["location"] == "/sign-in"


def test_a_half_session_lasts_ten_minutes(member, open_browser, turn):
    browser = open_browser()
    try_password(browser, member.email, member.password)
    browser.follow()
    turn(minutes=11)
    assert browser.submit("/sign-in/second", code=member.code()).headers["location"].startswith("/sign-in")


def test_a_person_ends_its_other_sessions(member, open_browser):
    other = open_browser()
    member.sign_in(other)
    member.browser.get("/account")
    member.browser.submit("/account/sessions/end")
    assert other.get("/account").headers["location"] == "/sign-in"
    assert member.browser.get("/account").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(member, enter, organization, open_browser):
    stranger = enter(organization(name="Other"), "eve@other.example")
    member.browser.get("/account")
    second = open_browser()
    member.sign_in(second)
    member.browser.get("/account")
    theirs = re.search(r'name="session" value="(ses_\w+)"', member.browser.page.text)[1]
    stranger.browser.get("/account")
    stranger.browser.submit("/sign-out")
    member2 = open_browser()
    stranger.sign_in(member2)
    member2.get("/account")
    seal = re.search(r'name="seal" value="([^"]*)"', member2.page.text)[1]
    member2.post("/account/sessions/end", {"seal": seal, "session": theirs})
    assert second.get("/account").status_code == 200


def test_no_log_holds_an_address_a_password_or_a_code(member, open_browser, console, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    browser = open_browser()
    member.sign_in(browser, console.query())
    token = console.tokens(browser)
    seen = caplog.text + "".join(capfd.readouterr())
    for secret in (
        member.email,
        member.password,
        member.key,
        token["access_token"],
        token["refresh_token"],
        browser.cookies["touchstone_session"],
    ):
        assert secret not in seen
