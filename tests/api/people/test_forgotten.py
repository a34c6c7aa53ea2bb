"""A forgotten password: a mail to whom the address belongs, and the same answer for everybody."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from partners.records.people import people


class Postbox:
    """Stands for the mail server: what would be sent is written when the test says so."""

    def __init__(self):
        self.waiting = []

    def send(self, write):
        self.waiting.append(write)
        return True

    def deliver(self):
        mails = [mail for write in self.waiting if (mail := write())]
        self.waiting.clear()
        return mails


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def house(house, postbox):
    return replace(house, mailer=postbox)


def ask(browser, email):
    browser.get("/forgotten")
    return browser.submit(email=email)


def test_a_link_goes_to_whom_the_address_belongs(member, open_browser, postbox):
    ask(open_browser(), member.email.upper())
    [(address, _, text)] = postbox.deliver()
    assert address == member.email
    browser = open_browser()
    browser.get(re.search(r"http://localhost:8000(/reset\?token=\S+)", text)[1])
    answer = browser.submit(password="another horse battery")
    assert answer.headers["location"] == "/sign-in/second"  # a mailbox alone opens nothing


def test_the_answer_is_the_same_for_everybody_and_its_work_is_done_later(
    member, open_browser, postbox, query_count
):
    pages = []
    for email in (member.email, "nobody@acme.example", ""):
        browser = open_browser()
        with query_count("people") as noted:
            pages.append(ask(browser, email))
        assert noted == []
    assert {(page.status_code, page.text) for page in pages} == {(200, pages[0].text)}
    assert len(postbox.waiting) == 3
    assert len(postbox.deliver()) == 1


def test_a_suspended_person_gets_no_link(member, open_browser, postbox, database):
    suspend = update(people).values(suspended_at=people.c.created_at)
    database.acting("access", lambda connection, _: connection.execute(suspend))
    ask(open_browser(), member.email)
    assert postbox.deliver() == []


def test_nobodys_mailbox_is_flooded(member, open_browser, postbox):
    for _ in range(12):
        ask(open_browser(), member.email)
    assert len(postbox.deliver()) == 5


def test_an_invitation_is_mailed_too_and_its_link_is_the_one_that_is_shown(member, console, call, postbox):
    token = console.tokens(member.browser)["access_token"]
    body = {"email": "bob@acme.example", "role": "reader"}
    link = call(token, "POST", "/v1/invitations", body).json()["link"]
    [(address, _, text)] = postbox.deliver()
    assert address == "bob@acme.example"
    assert link in text
