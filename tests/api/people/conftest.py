"""Browsers of people, a console that they sign in to, and a clock that a test can turn."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
from datetime import timedelta
from http.cookies import SimpleCookie
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from api.rights import scopes_for_people, scopes_of
from partners.access import ClientOrder, create_client
from partners.client_secrets import SecretChecker
from partners.one_time_codes import totp_code
from partners.records.organizations import add_organization
from partners.summoning import summon

PASSWORD = "correct horse battery"
CALLBACK = "https://console.example/callback"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
FORM = re.compile(r"<form .*?</form>", re.DOTALL)
ACTION = re.compile(r'<form method="post" action="([^"]*)"')


@pytest.fixture
def clock(now):
    """The time of the house: `clock.now` may be turned."""
    return SimpleNamespace(now=now)


@pytest.fixture
def turn(clock):
    def turn(**by):
        clock.now += timedelta(**by)
        return clock.now

    return turn


@pytest.fixture
def house(house, clock):
    """Nobody is slowed down by address here: it is the answers that count."""
    unlimited = replace(house.settings, requests_per_s=0, token_requests_per_minute=0)
    patient = SecretChecker(waiting=50, patience_s=60)
    return replace(house, settings=unlimited, clock=lambda: clock.now, secrets=patient)


class Browser:
    """A browser that keeps cookies and sends the forms it was shown, as a person would."""

    def __init__(self, client):
        self._client = client
        self.cookies = {}
        self.page = None

    def get(self, path, **headers):
        return self._keep(self._client.get(path, headers=self._headers(headers), follow_redirects=False))

    def post(self, path, fields, **headers):
        sent = {"Content-Type": "application/x-www-form-urlencoded"} | headers
        body = urlencode(fields) if isinstance(fields, dict) else fields
        answer = self._client.post(path, content=body, headers=self._headers(sent), follow_redirects=False)
        return self._keep(answer)

    def submit(self, marked="", **fields):
        """Fill in the first form of the page whose action or id holds `marked`, and send it."""
        [form, *_] = [each for each in FORM.findall(self.page.text) if marked in each.partition(">")[0]]
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(form)}
        return self.post(html.unescape(ACTION.search(form)[1]), hidden | fields)

    def follow(self):
        return self.get(self.page.headers["location"])

    def _headers(self, headers):
        self._client.cookies.clear()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return named | ({"Cookie": cookie.encode("latin-1")} if cookie else {})

    def _keep(self, answer):
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        self.page = answer
        return answer


@pytest.fixture
def client(house, frame):
    with TestClient(frame.furnish(house)) as client:
        yield client


@pytest.fixture
def open_browser(client):
    return lambda: Browser(client)


@pytest.fixture
def browser(open_browser):
    return open_browser()


@pytest.fixture
def organization(database, now):
    """Make an organization without any client; returns its id."""

    def make(kind="rights_holder", name="Acme"):
        return database.acting("access", lambda c, _: add_organization(c, kind, name, now)).id

    return make


class Member:
    """A person with what it knows: password, generator's key, recovery codes."""

    def __init__(self, browser, email, organization_id, clock):
        self.browser, self.email, self.organization_id = browser, email, organization_id
        self.password, self.key, self.codes, self._clock = PASSWORD, "", [], clock

    def code(self):
        """The generator's code of now; the clock goes on, for each is good once."""
        self._clock.now += timedelta(seconds=30)
        return totp_code(self.key, self._clock.now)

    def sign_in(self, browser, query=""):
        browser.get(f"/sign-in{query}")
        browser.submit(email=self.email, password=self.password)
        browser.follow()
        return browser.submit("/sign-in/second", code=self.code())


@pytest.fixture
def invite(house, database, clock):
    """Invite somebody by the operator's command; returns the link's token."""

    def invite(organization_id, email, role="admin"):
        lasting = timedelta(hours=24)
        who = (email, "", role)
        return str(summon(database, house.keyring, organization_id, who, lasting, clock.now).token)

    return invite


@pytest.fixture
def enter(open_browser, invite, clock):
    """Let somebody join by a browser: password, generator, recovery codes; signed in afterwards."""

    def enter(organization_id, email="ann@acme.example", role="admin"):
        browser = open_browser()
        browser.get(f"/join?token={invite(organization_id, email, role)}")
        assert browser.submit(password=PASSWORD).status_code == 303, browser.page.text
        browser.follow()
        member = Member(browser, email, organization_id, clock)
        member.key = re.search(r"<code>([A-Z2-7]{32})</code>", browser.page.text)[1]
        answer = browser.submit("/account/generator", code=member.code())
        assert answer.status_code == 200, answer.text
        member.codes = re.findall(r"<code>([A-Z2-7-]{19})</code>", answer.text)
        return member

    return enter


@pytest.fixture
def member(organization, enter):
    """An admin of a rights holder, signed in."""
    return enter(organization())


class Console:
    """A confidential client that people sign in to."""

    def __init__(self, client, made, redirect_uri=CALLBACK):
        self._client, self.made, self.redirect_uri = client, made, redirect_uri
        self.verifier = secrets.token_urlsafe(48)

    def query(self, **changes):
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self.made.client_id,
            "redirect_uri": self.redirect_uri,
            "state": "st-1",
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        } | changes
        return "?" + urlencode({name: value for name, value in asked.items() if value is not None})

    def ask(self, browser, **changes):
        """Send a browser to the authorization endpoint."""
        return browser.get(f"/oauth/authorize{self.query(**changes)}")

    def read(self, answer):
        """What the browser brings back in its query."""
        assert answer.status_code == 303, answer.text
        location = urlsplit(answer.headers["location"])
        assert f"{location.scheme}://{location.netloc}{location.path}" == self.redirect_uri
        return dict(parse_qsl(location.query))

    def code(self, browser, **changes):
        return self.read(self.ask(browser, **changes))["code"]

    def post(self, headers=None, **form):
        pair = f"{self.made.client_id}:{self.made.client_secret}".encode()
        sent = {"Authorization": "Basic " + base64.b64encode(pair).decode()} | (headers or {})
        return self._client.post(form.pop("at", "/oauth/token"), data=form, headers=sent)

    def exchange(self, code, headers=None, **changes):
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        } | changes
        given = {name: value for name, value in form.items() if value is not None}
        return self.post(headers, **given)

    def tokens(self, browser, **changes):
        answer = self.exchange(self.code(browser, **changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, token, **form):
        return self.post(grant_type="refresh_token", refresh_token=token, **form)


@pytest.fixture
def make_console(client, database, now):
    def make(kind="operator", organization_id=None, redirect_uri=CALLBACK, scopes=()):
        allowed = scopes_for_people() if kind == "operator" else scopes_of(kind)
        order = ClientOrder(
            kind=kind,
            name="Console",
            scopes=scopes,
            allowed=allowed,
            organization_id=organization_id,
            redirect_uris=[redirect_uri],
        )
        return Console(client, create_client(database, order, now), redirect_uri)

    return make


@pytest.fixture
def console(make_console):
    return make_console()


@pytest.fixture
def call(client):
    """Call the API with an access token."""

    def call(token, method, path, body=None, **headers):
        given = {"Authorization": f"Bearer {token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return client.request(method, path, json=body, headers=given)

    return call
