"""`touchstone people`: the first admin of an organization, before the service has ever run."""

from __future__ import annotations

import json
import re

import pytest


@pytest.fixture
def organization_id(touchstone):
    done = touchstone("clients", "create", "--kind", "rights_holder", "--name", "Acme", "--json")
    return json.loads(done.stdout)["organization_id"]


def test_an_invitation_is_printed_with_its_link(touchstone, organization_id):
    done = touchstone("people", "invite", "--organization", organization_id, "--email", "ann@acme.example")
    assert done.exit_code == 0, done.output
    assert re.match(r"http://localhost:8000/join\?token=[\w-]{43}\n", done.stdout)


def test_it_is_printed_as_json_too(touchstone, organization_id):
    asked = ("--organization", organization_id, "--email", "ann@acme.example", "--role", "reader")
    shown = json.loads(touchstone("people", "invite", *asked, "--json").stdout)
    assert list(shown) == ["invitation_id", "link"]


@pytest.mark.parametrize(
    "asked",
    [
        ("invite", "--organization", "org_nobody", "--email", "ann@acme.example"),
        ("invite", "--organization", "org_nobody", "--email", "nobody"),
        ("reset", "--email", "ann@acme.example"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(touchstone, organization_id, asked):
    done = touchstone("people", *asked)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "uri",
    [
        "http://console.example/callback",
        "https://console.example/#x",
        "https://user@console.example/",
        "https://*.console.example/",
        "javascript:alert(1)",
        "console.example",
        "https://console.example/ü",
        "https://[",
    ],
)
def test_an_address_that_nobody_should_be_sent_to_is_not_registered(touchstone, uri):
    asked = ("--kind", "operator", "--name", "Console", "--redirect-uri", uri)
    done = touchstone("clients", "create", *asked)
    assert done.exit_code == 1
    assert "redirect URI" in done.stderr
