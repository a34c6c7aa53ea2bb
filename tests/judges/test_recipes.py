"""The recipes of docs/webhooks.md, run as they stand there: good events pass, and nothing else does."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from webhooks.envelope import address_envelope
from webhooks.signing import new_secret, read_secret

KEY = Ed25519PrivateKey.generate()
PUBLIC = "whpk_" + base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
SECRET = new_secret()
BODY = json.dumps(
    {"type": "match.found", "data": {"mark": "Größe\u2028", "score": 1.10}}, separators=(",", ":")
)
EVENT = "evt_01m7zq3v8kf5tbg2h6w9rc4xya"


def run(recipe, headers, body, secret=SECRET, public=PUBLIC):
    shell, version, code = recipe
    given = {name.upper().replace("-", "_"): headers[name] for name in headers if name.startswith("webhook-")}
    given |= {"SECRET": secret} if version == "v1" else {"PUBLIC_KEY": public}
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return subprocess.run(
        [*shell, code], input=body, env=given | kept, capture_output=True, check=False, timeout=60
    )


@pytest.fixture
def signed():
    """Sign as an endpoint in the middle of a rotation is signed for, with both kinds of keys."""

    def make(at=None):
        keys = [read_secret(new_secret()), read_secret(SECRET), Ed25519PrivateKey.generate(), KEY]
        return address_envelope(EVENT, BODY.encode(), keys, at or datetime.now(UTC))

    return make


def test_each_recipe_takes_a_good_event(recipes, signed):
    assert {version for _, version, _ in recipes} == {"v1", "v1a"}
    for recipe in recipes:
        done = run(recipe, signed(), BODY.encode())
        assert (done.returncode, done.stdout.decode().strip()) == (0, "match.found"), done.stderr


def test_no_recipe_takes_a_changed_body_or_another_id(recipes, signed):
    for recipe in recipes:
        assert run(recipe, signed(), BODY.encode() + b" ").returncode != 0
        assert run(recipe, signed() | {"webhook-id": "evt_2"}, BODY.encode()).returncode != 0


def test_no_recipe_takes_an_old_event(recipes, signed):
    old = signed(datetime.now(UTC) - timedelta(minutes=6))
    for recipe in recipes:
        assert run(recipe, old, BODY.encode()).returncode != 0


def test_no_recipe_takes_the_signature_of_a_stranger(recipes, signed):
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    others = {"secret": new_secret(), "public": "whpk_" + base64.b64encode(stranger).decode()}
    for recipe in recipes:
        assert run(recipe, signed(), BODY.encode(), **others).returncode != 0
