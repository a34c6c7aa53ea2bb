"""The `touchstone` command in this process, on a database of each kind, with settings of its own."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from api.cli import main


@pytest.fixture
def settings(database_url, owner_url, tmp_path):
    """The environment of the command; a test may change it."""
    return {
        "TOUCHSTONE_DATABASE_URL": database_url,
        "TOUCHSTONE_MIGRATION_DATABASE_URL": owner_url,
        "TOUCHSTONE_DATA_DIR": str(tmp_path / "data"),
    }


@pytest.fixture
def touchstone(settings):
    """Run a command; the result has `exit_code`, `stdout`, `stderr`."""

    def run(*arguments, stdin=None):
        return CliRunner().invoke(main, [str(each) for each in arguments], env=settings, input=stdin)

    return run
