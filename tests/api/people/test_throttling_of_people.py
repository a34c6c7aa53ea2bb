"""Guessing becomes slow; nobody is locked out by somebody else."""

from __future__ import annotations

import pytest

WRONG = "wrong wrong wrong"


def guess(browser, email, times=1, password=WRONG):
    for _ in range(times):
        browser.get("/sign-in")
        answer = browser.submit(email=email, password=password)
    return answer


@pytest.mark.parametrize("exists", [True, False])
def test_after_a_few_failures_each_one_doubles_the_wait(member, open_browser, turn, exists):
    email = member.email if exists else "nobody@acme.example"
    browser = open_browser()
    assert guess(browser, email, 5).status_code == 401
    waits = []
    for _ in range(6):
        answer = guess(browser, email)
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        turn(seconds=waits[-1])
        assert guess(browser, email).status_code == 401
    assert [round(wait) for wait in waits] == [2, 3, 5, 9, 17, 33]


def test_while_it_waits_even_the_right_password_is_not_looked_at(member, open_browser):
    browser = open_browser()
    guess(browser, member.email, 5)
    assert guess(browser, member.email, password=member.password).status_code == 429


def test_there_is_no_lock_only_a_wait_of_minutes(member, open_browser, turn):
    browser = open_browser()
    for _ in range(30):
        guess(browser, member.email)
        turn(minutes=15, seconds=1)
    assert guess(browser, member.email, password=member.password).status_code == 303


def test_the_browser_a_person_knows_passes_whatever_others_do(member, open_browser):
    """The honest person has signed in here before; an attacker hammers the account from the same address."""
    stranger = open_browser()
    guess(stranger, member.email, 30)
    assert guess(stranger, member.email, password=member.password).status_code == 429
    known = open_browser()
    known.cookies["touchstone_device"] = member.browser.cookies["touchstone_device"]
    assert member.sign_in(known).status_code == 303


def test_a_known_browser_is_slowed_down_by_its_own_failures(member, open_browser):
    known = open_browser()
    known.cookies["touchstone_device"] = member.browser.cookies["touchstone_device"]
    guess(known, member.email, 5)
    assert guess(known, member.email, password=member.password).status_code == 429


def test_the_cookie_of_a_known_browser_is_good_for_its_person_alone(
    member, enter, organization, open_browser
):
    other = enter(organization(name="Other"), "eve@other.example")
    thief = open_browser()
    thief.cookies["touchstone_device"] = other.browser.cookies["touchstone_device"]
    guess(thief, member.email, 6)
    fresh = open_browser()
    assert guess(fresh, member.email).status_code == 429  # it was counted as a stranger's


def test_a_made_up_cookie_is_a_strangers(member, open_browser):
    browser = open_browser()
    for cookie in ("", "AAAA", "ü", "A" * 400):
        browser.cookies["touchstone_device"] = cookie
        assert guess(browser, member.email).status_code == 401


def test_codes_are_not_guessed_fast_either(member, open_browser):
    browser = open_browser()
    browser.get("/sign-in")
    browser.submit(email=member.email, password=member.password)
    browser.follow()
    statuses = [browser.submit("/sign-in/second", code=f"{n:06}").status_code for n in range(7)]
    assert statuses[:5] == [401] * 5
    assert statuses[5:] == [429] * 2
    assert browser.submit("/sign-in/second", code=member.code()).status_code in {303, 429}


def test_signing_in_forgets_the_failures(member, open_browser):
    browser = open_browser()
    guess(browser, member.email, 4)
    member.sign_in(browser)
    stranger = open_browser()
    assert guess(stranger, member.email, 5).status_code == 401
