"""`touchstone clients create`."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from partners.client_keys import new_private_key
from partners.records.audit import audit


def create(touchstone, *arguments, kind="marketplace"):
    return touchstone("clients", "create", "--kind", kind, "--name", "Acme", *arguments)


def test_a_marketplace_gets_a_secret_as_json(touchstone):
    done = create(touchstone, "--json")
    assert done.exit_code == 0
    assert list(json.loads(done.stdout)) == ["organization_id", "client_id", "client_secret"]


def test_it_is_said_in_words_too(touchstone):
    said = create(touchstone).stdout
    assert "shown this once" in said
    assert "organization:read" in said


def test_customs_need_a_key(touchstone):
    done = create(touchstone, kind="customs")
    assert done.exit_code == 1
    assert "a secret is not enough" in done.stderr


def test_a_new_key_is_kept_in_one_private_file_and_never_printed(touchstone, tmp_path):
    path = tmp_path / "douane.json"
    done = create(touchstone, "--new-key", path, "--json", kind="customs")
    kept = json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(done.stdout) == {
        "organization_id": json.loads(done.stdout)["organization_id"],
        "client_id": kept["client_id"],
    }
    assert kept["private_jwk"]["d"] not in done.output
    assert kept["base_url"] == "http://localhost:8000"


def test_an_existing_file_is_never_overwritten_and_no_client_is_made(touchstone, tmp_path, database):
    path = tmp_path / "douane.json"
    path.write_text("precious")
    done = create(touchstone, "--new-key", path, kind="customs")
    assert done.exit_code == 1
    assert path.read_text() == "precious"
    with database.surveying("access") as connection:
        assert connection.execute(select(audit)).all() == []


def test_no_key_file_is_left_when_the_client_cannot_be_made(touchstone, tmp_path):
    path = tmp_path / "key.json"
    done = create(touchstone, "--new-key", path, "--scope", "nonsense:write", kind="customs")
    assert done.exit_code == 1
    assert not path.exists()


def test_public_keys_of_a_file_are_registered(touchstone, tmp_path):
    private = new_private_key("k1")
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [{name: value for name, value in private.items() if name != "d"}]}))
    done = create(touchstone, "--jwks", path, "--json", kind="customs")
    assert done.exit_code == 0
    assert "client_secret" not in json.loads(done.stdout)


@pytest.mark.parametrize("content", ["not json", json.dumps(new_private_key("k")), '{"keys": []}', "7"])
def test_a_file_without_fitting_public_keys_is_refused(touchstone, tmp_path, content):
    path = tmp_path / "jwks.json"
    path.write_text(content)
    done = create(touchstone, "--jwks", path, kind="customs")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")


def test_a_scope_of_another_kind_is_refused(touchstone):
    done = create(touchstone, "--scope", "seizures:write")
    assert done.exit_code == 1
    assert "seizures:write is not a scope of marketplace" in done.stderr


def test_a_second_client_joins_an_organization(touchstone):
    first = json.loads(create(touchstone, "--json").stdout)
    second = json.loads(create(touchstone, "--organization", first["organization_id"], "--json").stdout)
    assert second["organization_id"] == first["organization_id"]


def test_both_keys_at_once_are_a_mistake(touchstone, tmp_path):
    path = tmp_path / "jwks.json"
    path.write_text("{}")
    assert create(touchstone, "--jwks", path, "--new-key", tmp_path / "new").exit_code == 2


def test_without_a_schema_it_says_what_to_do(touchstone, settings, tmp_path):
    settings["TOUCHSTONE_DATABASE_URL"] = ""
    done = create(touchstone)
    assert done.exit_code == 1
    assert "run `touchstone migrate`" in done.stderr
    assert not (tmp_path / "data").exists()
