"""The test server itself: it keeps data across stops, listens on no network, and leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.postgresql.launcher import EmbeddedPostgreSQL, PostgreSQLFailed

KILLED_OWNER = """
import os, signal
from tests.postgresql.launcher import EmbeddedPostgreSQL
server = EmbeddedPostgreSQL()
server.start()
print(server.folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def server():
    with EmbeddedPostgreSQL() as running:
        yield running


def ask(url, question):
    engine = create_engine(url)
    with engine.connect() as connection:
        answer = connection.execute(text(question)).scalar()
    engine.dispose()
    return answer


def test_copy_of_a_template_holds_its_rows(server):
    server.create_database("pattern")
    with psycopg.connect(server.url("pattern").replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 42 AS n")
    with server.temporary_database("pattern") as url:
        assert ask(url, "SELECT n FROM t") == 42
    server.drop_database("pattern")


@pytest.mark.parametrize("mode", ["smart", "fast", "immediate", "kill"])
def test_committed_rows_survive_every_kind_of_stop(server, mode):
    with server.temporary_database() as url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE t AS SELECT 42 AS n")
        server.stop(mode)
        assert server.process_id is None
        server.start()
        assert ask(url, "SELECT n FROM t") == 42


def test_no_network_address_is_listened_on(server):
    assert ask(server.url("postgres"), "SELECT current_setting('listen_addresses')") == ""


def test_trigram_extension_is_there(server):
    with server.temporary_database() as url, psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")


def test_wrong_setting_fails_with_the_log():
    with (
        pytest.raises(PostgreSQLFailed, match="no_such_setting"),
        EmbeddedPostgreSQL({"no_such_setting": "1"}),
    ):
        pass


def test_closed_server_leaves_neither_process_nor_folder():
    with EmbeddedPostgreSQL() as server:
        process_id = server.process_id
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)
    assert not server.folder.exists()


def test_server_ends_when_its_owner_is_killed():
    owner = subprocess.run([sys.executable, "-c", KILLED_OWNER], capture_output=True, text=True, check=False)
    assert owner.returncode == -signal.SIGKILL, owner.stderr
    folder = Path(owner.stdout.strip())
    deadline = time.monotonic() + 20
    while (folder / "data" / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (folder / "data" / "postmaster.pid").exists()
    shutil.rmtree(folder)
