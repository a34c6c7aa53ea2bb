"""Passkeys, by an authenticator in software: made, used, and the ways to cheat with one."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost:8000"
OPTIONS = re.compile(r'name="options" value="([^"]*)"')


def b64(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Authenticator:
    """A security key: one ES256 key per site, a counter, and no attestation."""

    def __init__(self, origin=ORIGIN, site="localhost", counts=True):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.origin, self.site, self.counts, self.count = (
            secrets.token_bytes(32),
            origin,
            site,
            counts,
            0,
        )

    def _data(self, flags, extra=b""):
        self.count += self.counts
        head = hashlib.sha256(self.site.encode()).digest() + bytes([flags])
        return head + self.count.to_bytes(4, "big") + extra

    def _client_data(self, kind, options):
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, **response):
        told = {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "clientExtensionResults": {}}
        return json.dumps(told | {"response": {name: b64(value) for name, value in response.items()}})

    def make(self, options):
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        data = self._data(0x45, bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public)
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", options), attestationObject=made
        )

    def use(self, options):
        client_data, data = self._client_data("webauthn.get", options), self._data(0x05)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client_data, authenticatorData=data, signature=signature)


def options_of(browser):
    return json.loads(html.unescape(OPTIONS.search(browser.page.text)[1]))


@pytest.fixture
def give(member):
    """Give the person a passkey beside its generator."""

    def give(authenticator):
        member.browser.get("/account/passkey")
        made = authenticator.make(options_of(member.browser))
        return member.browser.submit("make-passkey", answer=made)

    return give


@pytest.fixture
def begin(member, open_browser):
    """Take the first step; returns the browser at the second."""

    def begin():
        browser = open_browser()
        browser.get("/sign-in")
        browser.submit(email=member.email, password=member.password)
        browser.follow()
        return browser

    return begin


@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_is_a_second_step(give, begin, counts):
    key = Authenticator(counts=counts)
    assert give(key).headers["location"] == "/account"
    for _ in range(2):
        browser = begin()
        answer = browser.submit("use-passkey", answer=key.use(options_of(browser)))
        assert answer.headers["location"] == "/account"
        assert "Passkey" in browser.follow().text


def test_a_passkey_may_be_the_first_and_only_one(invite, organization, open_browser):
    browser, key = open_browser(), Authenticator()
    browser.get(f"/join?token={invite(organization(), 'ann@acme.example')}")
    browser.submit(password="correct horse battery")
    browser.get("/account/passkey")
    page = browser.submit("make-passkey", answer=key.make(options_of(browser)))
    assert "Recovery codes" in page.text
    assert browser.get("/account").status_code == 200


def test_a_proof_is_good_once(give, begin):
    key = Authenticator(counts=False)
    give(key)
    browser, other = begin(), begin()
    proof = key.use(options_of(browser))
    assert browser.submit("use-passkey", answer=proof).status_code == 303
    assert other.submit("use-passkey", answer=proof).status_code == 401


def test_a_question_is_answered_once(give, begin):
    key = Authenticator(counts=False)
    give(key)
    browser = begin()
    options = options_of(browser)
    assert browser.submit("use-passkey", answer="{}").status_code == 401
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(seal)" value="([^"]*)"', browser.page.text)
    }
    answer = browser.post("/sign-in/second", fields | {"answer": key.use(options)})
    assert answer.status_code == 401


def test_a_copy_of_a_passkey_is_found_by_its_counter(give, begin):
    key = Authenticator()
    give(key)
    browser = begin()
    key.count = 10
    assert browser.submit("use-passkey", answer=key.use(options_of(browser))).status_code == 303
    key.count = 5
    browser = begin()
    assert browser.submit("use-passkey", answer=key.use(options_of(browser))).status_code == 401


def test_a_proof_made_for_another_site_opens_nothing(give, begin):
    """Phishing: the browser tells the key on whose page it is."""
    key = Authenticator()
    give(key)
    browser = begin()
    for key.origin, key.site in (
        ("https://evil.example", "localhost"),
        ("http://localhost:9000", "localhost"),
        (ORIGIN, "evil.example"),
    ):
        assert browser.submit("use-passkey", answer=key.use(options_of(browser))).status_code == 401


def test_another_key_of_the_same_name_opens_nothing(give, begin):
    key, forged = Authenticator(), Authenticator()
    give(key)
    forged.id = key.id
    browser = begin()
    assert browser.submit("use-passkey", answer=forged.use(options_of(browser))).status_code == 401


def test_broken_answers_open_nothing(give, begin, turn):
    give(Authenticator())
    for answer in ("{}", "[]", "null", '{"id": 1}', '{"id": "AA"}', "[" * 20_000, "\x00"):
        turn(hours=1)  # guesses are slowed down
        assert begin().submit("use-passkey", answer=answer).status_code in {400, 401}, answer[:10]


@pytest.mark.parametrize("changes", [{"origin": "https://evil.example"}, {"site": "evil.example"}])
def test_a_passkey_made_for_another_site_is_not_taken(give, changes):
    key = Authenticator(**changes)
    assert give(key).status_code == 422


def test_a_passkey_is_one_persons(give, enter, organization):
    key = Authenticator()
    give(key)
    other = enter(organization(name="Other"), "eve@other.example")
    other.browser.get("/account/passkey")
    answer = other.browser.submit("make-passkey", answer=key.make(options_of(other.browser)))
    assert answer.status_code in {409, 422}
    assert "Passkey," not in other.browser.get("/account").text


def test_a_removed_passkey_opens_nothing(give, member, begin):
    key = Authenticator()
    give(key)
    browser = begin()
    options = options_of(browser)
    member.browser.get("/account")
    ids = re.findall(r'name="factor" value="(fac_\w+)"', member.browser.page.text)
    assert member.browser.submit("/account/factors/remove", factor=max(ids)).status_code == 303
    assert browser.submit("use-passkey", answer=key.use(options)).status_code == 401


def test_the_script_is_ours_alone(client, give, begin):
    give(Authenticator())
    page = begin().page
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert '<script src="/pages/passkeys.js" defer></script>' in page.text
    script = client.get("/pages/passkeys.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
