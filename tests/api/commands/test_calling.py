"""`touchstone request`: what it says before it calls."""

import json

import pytest


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "douane.json"
    path.write_text(json.dumps({"base_url": "http://127.0.0.1:9", "client_id": "cli_1", "private_jwk": {}}))
    return path


@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o600, False)])
def test_a_key_file_that_others_may_read_is_warned_of(touchstone, key_file, mode, warned):
    key_file.chmod(mode)
    done = touchstone("request", "--key", key_file, "GET", "/v1/organization")
    assert ("others may read" in done.stderr) == warned


def test_a_key_file_without_a_usable_key_is_refused(touchstone, key_file):
    done = touchstone("request", "--key", key_file, "GET", "/v1/organization")
    assert (done.exit_code, "no usable key" in done.stderr) == (1, True)
