"""`touchstone audit`."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, select, update

from partners.chaining import Sealer
from partners.db import utc_now
from partners.keys import load_master_key, open_keyring
from partners.records.audit import audit
from partners.records.audit_chains import audit_chains


@pytest.fixture
def sealed(touchstone, database, tmp_path):
    """Two rows of one organization, sealed."""
    touchstone("clients", "create", "--kind", "marketplace", "--name", "Acme")
    keyring = open_keyring(database, load_master_key(tmp_path / "data" / "keys"), utc_now())
    Sealer(database, keyring).seal()


def test_a_good_log_is_good_and_the_missing_head_is_mentioned(touchstone, sealed):
    done = touchstone("audit", "verify")
    assert done.exit_code == 0
    assert "2 rows sealed, 0 not yet" in done.stdout
    assert "would not be noticed" in done.stdout


def test_heads_kept_elsewhere_find_a_cut_tail(touchstone, sealed, database, tmp_path):
    path = tmp_path / "heads"
    path.write_text(touchstone("audit", "heads").stdout)
    assert touchstone("audit", "verify", "--head", path).exit_code == 0

    def cut(connection, _):
        first = connection.execute(select(audit).where(audit.c.position == 1)).one()
        connection.execute(delete(audit).where(audit.c.position == 2))
        connection.execute(update(audit_chains).values(position=1, chain=first.chain))

    database.acting("access", cut)
    assert touchstone("audit", "verify").exit_code == 0
    done = touchstone("audit", "verify", "--head", path)
    assert done.exit_code == 1
    assert "row 2: cut" in done.stdout


def test_the_answer_of_the_api_is_a_head_too(touchstone, sealed, tmp_path):
    head = json.loads(touchstone("audit", "heads").stdout)
    path = tmp_path / "head.json"
    path.write_text(json.dumps(head | {"chain": "00" * 33}))
    done = touchstone("audit", "verify", "--head", path, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["faults"][0]["kind"] == "other_head"


def test_a_file_of_something_else_is_refused(touchstone, sealed, tmp_path):
    path = tmp_path / "heads"
    path.write_text("nonsense")
    done = touchstone("audit", "verify", "--head", path)
    assert (done.exit_code, "holds no heads" in done.stderr) == (1, True)
