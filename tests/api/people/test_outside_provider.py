"""People sign in at an OpenID provider instead, and the ways in which its answer may be forged."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from litestar.testing import TestClient
from msgspec.structs import replace

from api.app import create_app
from partners.destinations import AddressRules
from partners.outbound import Egress
from partners.outside import Provider, Registration
from partners.summoning import summon_back

SECRET = "s3cret of the provider/+"


class OpenIdProvider:
    """A provider on this machine: it names one person, and can be told to cheat."""

    def __init__(self, clock):
        self.clock = clock
        self.key = RSAKey.generate_key(2048, {"kid": "p1", "use": "sig"})
        self.published = [self.key]
        self.claims, self.header, self.metadata, self.status, self.codes = {}, {}, {}, 200, {}
        self.signs = self.key
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(provider.read(urlsplit(self.path).path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                self._answer(provider.exchange(dict(parse_qsl(body)), self.headers["authorization"]))

            def _answer(self, found):
                content = json.dumps(found).encode()
                self.send_response(provider.status if found else 400)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def read(self, path):
        if path == "/keys":
            return KeySet(self.published).as_dict(private=False)
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.metadata

    def authorize(self, location, **claims):
        """What happens at the provider: the person signs in; returns the path the browser goes to."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = (asked, claims)
        return f"/sign-in/outside/answer?code={code}&state={asked['state']}"

    def exchange(self, form, authorization):
        asked, claims = self.codes.pop(form.get("code"), ({}, {}))
        pair = base64.b64decode((authorization or "Basic ").partition(" ")[2]).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            pair != "touchstone:s3cret%20of%20the%20provider%2F%2B"
            or asked.get("code_challenge") != challenge
        ):
            return None
        now = int(self.clock.now.timestamp())
        said = {"iss": self.issuer, "aud": "touchstone", "sub": "u-1", "nonce": asked["nonce"]}
        said |= {"iat": now, "exp": now + 300, "email": "ann@acme.example", "email_verified": True}
        said = {name: value for name, value in (said | claims).items() if value is not None}
        header = {"alg": "RS256", "kid": "p1"} | self.header
        return {
            "id_token": jwt.encode(header, said, self.signs, algorithms=[header["alg"]]),
            "token_type": "Bearer",
        }


@pytest.fixture
def provider(clock):
    provider = OpenIdProvider(clock)
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def house(house, provider):
    rules = AddressRules(
        allow_http=True, allowed=("127.0.0.1/32",), ports=frozenset([provider.server.server_port])
    )
    registration = Registration(
        issuer=provider.issuer,
        client_id="touchstone",
        client_secret=SECRET,
        redirect_uri=f"{house.settings.base_url}/sign-in/outside/answer",
    )
    return replace(house, provider=Provider(registration, Egress(rules=rules)))


@pytest.fixture
def visit(browser, provider):
    """Sign in at the provider, with claims changed."""

    def visit(query="", browser=browser, **claims):
        sent = browser.get(f"/sign-in/outside{query}")
        assert sent.status_code == 303, sent.text
        return browser.get(provider.authorize(sent.headers["location"], **claims))

    return visit


def test_whoever_was_invited_comes_in_by_a_verified_address_and_later_by_the_subject(
    visit, invite, organization, console, browser, call
):
    invite(organization(), "Ann@acme.example", "analyst")
    answer = visit(console.query())
    assert answer.headers["location"] == f"/oauth/authorize{console.query()}"
    token = console.exchange(console.read(browser.follow())["code"]).json()["access_token"]
    assert call(token, "GET", "/v1/organization").status_code == 200
    again = visit(email="ann.married@acme.example", email_verified=False)
    assert again.headers["location"] == "/account"


def test_whoever_was_not_invited_stays_out(visit, invite, organization):
    invite(organization(), "bob@acme.example")
    assert visit().status_code == 403


def test_an_address_that_the_provider_has_not_verified_is_nobodys(visit, invite, organization):
    invite(organization(), "ann@acme.example")
    assert visit(email_verified=False).status_code == 403
    assert visit(email_verified=None).status_code == 403
    assert visit(email_verified="true").status_code == 403


def test_an_address_given_to_somebody_else_there_is_not_the_old_person(visit, invite, organization):
    invite(organization(), "ann@acme.example")
    assert visit().status_code == 303
    assert visit(sub="u-2").status_code == 403


NOT_FOR_US = [
    {"iss": "https://evil.example"},
    {"aud": "another"},
    {"aud": ["touchstone", "another"]},
    {"aud": ["touchstone", "another"], "azp": "another"},
    {"azp": "another"},
    {"nonce": "guessed"},
    {"nonce": None},
    {"sub": None},
    {"sub": ""},
    {"exp": 1},
    {"exp": None},
    {"iat": 99_999_999_999},
    {"exp": "soon"},
]


def test_a_token_that_is_not_for_us_now_is_not_believed(visit, invite, organization):
    invite(organization(), "ann@acme.example")
    for claims in NOT_FOR_US:
        assert visit(**claims).status_code == 403, claims


def test_a_token_with_another_signature_is_not_believed(visit, invite, organization, provider):
    invite(organization(), "ann@acme.example")
    cheats = (
        ({}, RSAKey.generate_key(2048, {"kid": "p1"})),
        ({"kid": "p9"}, provider.key),
        ({"alg": "HS256"}, OctKey.import_key(base64.b64encode(provider.key.as_pem(private=False)))),
    )
    for provider.header, provider.signs in cheats:
        assert visit().status_code == 403, provider.header


def test_a_key_that_the_provider_has_exchanged_is_read_again(visit, invite, organization, provider):
    invite(organization(), "ann@acme.example")
    assert visit().status_code == 303
    provider.signs = ECKey.generate_key("P-256", {"kid": "p2"})
    provider.published, provider.header = [provider.signs], {"kid": "p2", "alg": "ES256"}
    assert visit().status_code == 303


def test_an_answer_is_good_for_the_browser_that_was_sent_there(
    provider, browser, open_browser, invite, organization
):
    """Login CSRF: an attacker's answer does not sign a victim in as the attacker."""
    invite(organization(), "ann@acme.example")
    path = provider.authorize(browser.get("/sign-in/outside").headers["location"])
    assert open_browser().get(path).status_code == 403
    assert browser.get(path).status_code == 303


def test_an_answer_is_good_once_and_for_ten_minutes(provider, browser, invite, organization, turn):
    invite(organization(), "ann@acme.example")
    path = provider.authorize(browser.get("/sign-in/outside").headers["location"])
    assert browser.get(path).status_code == 303
    assert browser.get(path).status_code == 403
    late = provider.authorize(browser.get("/sign-in/outside").headers["location"])
    turn(minutes=11)
    assert browser.get(late).status_code == 403


@pytest.mark.parametrize("change", ["&iss=https://evil.example", "&error=access_denied", "&code=2"])
def test_an_answer_that_was_changed_on_its_way_is_refused(provider, browser, invite, organization, change):
    invite(organization(), "ann@acme.example")
    path = provider.authorize(browser.get("/sign-in/outside").headers["location"])
    assert browser.get(path + change).status_code == 403


@pytest.mark.parametrize(
    "metadata", [{"issuer": "https://evil.example"}, {"authorization_endpoint": "http://192.0.2.1/"}]
)
def test_metadata_of_somebody_else_are_not_used(browser, provider, metadata):
    provider.metadata = metadata
    answer = browser.get("/sign-in/outside")
    assert (answer.status_code, "location" in answer.headers) == (502, False)


def test_a_provider_that_does_not_answer_is_told_in_a_sentence(browser, provider):
    provider.status = 500
    assert browser.get("/sign-in/outside").status_code == 502


def test_passwords_and_links_to_choose_one_are_of_no_use_then(
    house, database, invite, organization, visit, open_browser, clock
):
    """Whom the provider lets in no longer has no way around it."""
    token = invite(organization(), "ann@acme.example")
    assert visit().status_code == 303
    reset = summon_back(database, house.keyring, "ann@acme.example", clock.now, removes_factors=True)
    browser = open_browser()
    assert 'name="password"' not in browser.get("/sign-in").text
    seal = re.search(r'name="seal" value="([^"]*)"', browser.get("/reset").text)[1]
    for path, sent, status in (("/reset", reset, 410), ("/join", token, 410), ("/sign-in", "", 401)):
        fields = {"seal": seal, "token": str(sent), "password": "correct horse battery"}
        assert browser.post(path, fields).status_code == status, path


def test_without_a_provider_its_pages_are_not_there(house, now):
    with TestClient(create_app(replace(house, provider=None))) as client:
        assert client.get("/sign-in/outside").status_code == 404
