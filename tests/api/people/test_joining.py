"""Links that are good once: invitations and resets."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from partners.access import forget_proofs
from partners.one_time_codes import totp_code
from partners.records.invitations import invitations, resets
from partners.records.organizations import organizations
from partners.summoning import summon_back

PASSWORD = "correct horse battery"


@pytest.fixture
def link(house, database, clock):
    """Make a reset's path by the operator's command."""

    def link(email, *, removes_factors=False):
        token = summon_back(database, house.keyring, email, clock.now, removes_factors=removes_factors)
        return f"/reset?token={token!s}"

    return link


def choose(browser, path, password=PASSWORD):
    browser.get(path)
    return browser.submit(password=password)


def test_an_invitation_is_good_once(invite, organization, open_browser):
    path = f"/join?token={invite(organization(), 'ann@acme.example')}"
    assert choose(open_browser(), path).status_code == 303
    assert choose(open_browser(), path).status_code == 410


def test_opening_an_invitation_does_not_use_it_up(invite, organization, open_browser):
    path = f"/join?token={invite(organization(), 'ann@acme.example')}"
    for _ in range(3):
        assert open_browser().get(path).status_code == 200
    assert choose(open_browser(), path).status_code == 303


def test_of_many_who_follow_one_link_at_once_one_comes_in(invite, organization, open_browser):
    path = f"/join?token={invite(organization(), 'ann@acme.example')}"
    with ThreadPoolExecutor(4) as pool:
        answers = [answer.status_code for answer in pool.map(lambda _: choose(open_browser(), path), "abcd")]
    assert sorted(answers) == [303, 410, 410, 410]


def test_an_invitation_ends_when_its_time_is_over(invite, organization, open_browser, turn, database):
    path = f"/join?token={invite(organization(), 'ann@acme.example')}"
    later = turn(hours=25)
    assert choose(open_browser(), path).status_code == 410
    assert forget_proofs(database, later)
    with database.surveying("access") as connection:
        assert connection.execute(select(invitations.c.id)).all() == []


def test_a_second_invitation_replaces_the_first(invite, organization, open_browser):
    mine = organization()
    old, new = (f"/join?token={invite(mine, email)}" for email in ("ann@acme.example", "Ann@acme.example"))
    assert choose(open_browser(), old).status_code == 410
    assert choose(open_browser(), new).status_code == 303


def test_an_address_that_is_somebodys_already_looks_as_any_used_link(
    invite, member, organization, open_browser
):
    path = f"/join?token={invite(organization(name='Other'), member.email)}"
    assert open_browser().get(path).status_code == 200
    taken, unknown = choose(open_browser(), path), choose(open_browser(), "/join?token=nothing")
    assert taken.status_code == unknown.status_code == 410
    assert taken.text == unknown.text


def test_a_suspended_organization_takes_nobody_in(invite, organization, open_browser, database):
    path = f"/join?token={invite(organization(), 'ann@acme.example')}"
    suspend = update(organizations).values(suspended_at=organizations.c.created_at)
    database.acting("access", lambda connection, _: connection.execute(suspend))
    assert choose(open_browser(), path).status_code == 410


def test_a_password_that_is_guessed_first_is_refused_and_the_link_stays_good(
    invite, organization, open_browser
):
    path = f"/join?token={invite(organization(), 'anneliese@acme.example')}"
    for password in ("short", "password123", "aaaaaaaaaaaa", "anneliese@acme.example", "x" * 201):
        assert choose(open_browser(), path, password).status_code == 422, password
    assert choose(open_browser(), path).status_code == 303


def test_a_password_is_the_same_however_it_is_composed(invite, organization, enter, open_browser):
    path = f"/join?token={invite(organization(), 'ann@acme.example')}"
    assert choose(open_browser(), path, "zwölf Boxkämpfer").status_code == 303
    browser = open_browser()
    browser.get("/sign-in")
    assert (
        browser.submit(email="ann@acme.example", password="zwo\u0308lf Boxka\u0308mpfer").status_code == 303
    )


def test_whoever_has_joined_sets_up_a_second_step_before_anything_else(invite, organization, open_browser):
    browser = open_browser()
    choose(browser, f"/join?token={invite(organization(), 'ann@acme.example')}")
    assert browser.page.headers["location"] == "/account/generator"
    assert browser.get("/account").headers["location"] == "/sign-in"
    browser.get("/account/generator")
    assert browser.submit("/account/generator", code="000000").status_code == 422


def test_a_key_we_did_not_offer_is_not_taken(member, invite, organization, open_browser):
    browser = open_browser()
    choose(browser, f"/join?token={invite(organization(), 'bob@acme.example')}")
    browser.get("/account/generator")
    assert browser.submit("/account/generator", draft="00", code="000000").status_code == 303
    assert browser.get("/account").headers["location"] == "/sign-in"


def test_a_half_session_without_a_second_step_cannot_add_one_once_there_is_one(
    invite, organization, enter, open_browser, clock
):
    """Who knows the password, and began before the owner had a second step, is too late."""
    mine, email = organization(), "ann@acme.example"
    owner = open_browser()
    choose(owner, f"/join?token={invite(mine, email)}")
    thief = open_browser()
    thief.get("/sign-in")
    thief.submit(email=email, password=PASSWORD)
    for browser, expected in ((owner, 200), (thief, 403)):
        browser.get("/account/generator")
        key = re.search(r"<code>([A-Z2-7]{32})</code>", browser.page.text)[1]
        code = totp_code(key, clock.now)
        assert browser.submit("/account/generator", code=code).status_code == expected


def test_how_one_signs_in_is_changed_soon_after_signing_in_only(member, turn):
    turn(minutes=11)
    assert member.browser.get("/account/generator").status_code == 403
    member.browser.get("/account")
    assert member.browser.submit("/account/recovery-codes").status_code == 403


def test_new_recovery_codes_replace_the_old(member, open_browser):
    member.browser.get("/account")
    page = member.browser.submit("/account/recovery-codes")
    fresh = re.findall(r"<code>([A-Z2-7-]{19})</code>", page.text)
    assert set(fresh).isdisjoint(member.codes)
    for code, expected in ((member.codes[0], 401), (fresh[0], 303)):
        browser = open_browser()
        browser.get("/sign-in")
        browser.submit(email=member.email, password=member.password)
        browser.follow()
        assert browser.submit("/sign-in/second", code=code).status_code == expected


def test_the_last_second_step_stays(member):
    member.browser.get("/account")
    assert member.browser.submit("/account/factors/remove").status_code == 409


def test_a_reset_changes_the_password_and_ends_all_sessions(member, link, open_browser, console, call):
    tokens = console.tokens(member.browser)
    browser = open_browser()
    path = link(member.email)
    assert member.browser.get("/account").status_code == 200  # until it is used nothing changes
    answer = choose(browser, path, "another horse battery")
    assert answer.headers["location"] == "/sign-in/second"  # the second step is still to be taken
    assert member.browser.get("/account").headers["location"] == "/sign-in"
    assert call(tokens["access_token"], "GET", "/v1/organization").status_code == 401
    browser.get("/sign-in")
    assert browser.submit(email=member.email, password=member.password).status_code == 401
    member.password = "another horse battery"
    assert member.sign_in(open_browser()).headers["location"] == "/account"


def test_a_reset_is_good_once_and_for_an_hour(member, link, open_browser, turn):
    path = link(member.email)
    assert choose(open_browser(), path).status_code == 303
    assert choose(open_browser(), path).status_code == 410
    old, new = link(member.email), link(member.email)
    assert choose(open_browser(), old).status_code == 410
    turn(minutes=61)
    assert choose(open_browser(), new).status_code == 410


def test_a_reset_of_the_second_step_asks_for_a_new_one(member, link, open_browser):
    answer = choose(open_browser(), link(member.email, removes_factors=True))
    assert answer.headers["location"] == "/account/generator"


def test_only_digests_of_links_are_kept(member, link, invite, organization, database):
    token = link(member.email).partition("=")[2]
    invited = invite(organization(name="Other"), "bob@acme.example")
    with database.surveying("access") as connection:
        kept = connection.execute(select(resets.c.token_sha256)).scalars().all()
        kept += connection.execute(select(invitations.c.token_sha256)).scalars().all()
    assert len(kept) == 2
    assert not {token, invited} & set(kept)


def test_a_forgotten_password_is_an_admins_matter_where_no_mail_is_sent(open_browser):
    assert "admin of your organization" in open_browser().get("/forgotten").text
