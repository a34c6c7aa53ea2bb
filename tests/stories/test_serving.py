"""`touchstone serve` as a process: it starts, lets partners in, and stops when it is asked to."""

from __future__ import annotations

import http.client
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import make_url


def test_a_partner_gets_a_token_that_is_good_after_a_kill_and_a_restart(service):
    shop = service.create_client("marketplace", "Shop")
    answer = service.call("GET", "/v1/organization", by=shop)
    assert (answer.status, answer.json["id"]) == (200, shop.organization_id)
    service.kill()
    service.restart()
    assert service.call("GET", "/v1/organization", by=shop).status == 200


def test_customs_get_in_by_key_from_the_command_line(standing_service):
    douane = standing_service.create_client("customs", "Douane")
    done = standing_service.run("request", "--key", str(douane.key_file), "GET", "/v1/organization")
    assert (done.returncode, done.stderr) == (0, "HTTP 200 OK\n")
    assert json.loads(done.stdout)["kind"] == "customs"
    refused = standing_service.run("request", "--key", str(douane.key_file), "GET", "/v1/nothing")
    assert refused.returncode == 1
    assert refused.stderr.startswith("HTTP 404")


def test_it_says_where_everything_is_and_stops_cleanly_without_having_told_a_secret(service):
    shop = service.create_client("marketplace", "Shop")
    token = service.token(shop)
    started = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - started < 20
    said = service.read("out")
    assert service.base_url in said
    assert str(service.folder / "keys") in said
    assert "clients create" in said
    key = service.folder / "keys" / "master.key"
    assert key.stat().st_mode & 0o777 == 0o600
    secrets = {token, token.split(".")[2], shop.client_secret, key.read_bytes().hex()}
    if password := make_url(service.database_url).password:
        secrets.add(password)
    assert [secret for secret in secrets if secret in said + service.read("err")] == []


def test_a_head_is_answered_without_a_body_and_the_connection_goes_on(standing_service):
    connection = http.client.HTTPConnection("127.0.0.1", standing_service.port, timeout=30)
    statuses = []
    for path in ("/openapi.json", "/v1/organization", "/nothing", "/openapi.json"):
        connection.request("HEAD", path, headers={"x-request-id": f"head-of{path.replace('/', '-')}"})
        answer = connection.getresponse()
        statuses.append((answer.status, answer.read()))
        assert (int(answer.headers["content-length"]) > 0, answer.will_close) == (True, False)
    assert statuses == [(200, b""), (401, b""), (404, b""), (200, b"")]
    connection.close()
    said = standing_service.read("err").splitlines()
    assert [line for line in said if "head-of" in line and "broken off" in line] == []


def test_a_database_without_schema_is_refused_on_postgresql_and_made_on_sqlite(
    stopped_service, postgresql_server
):
    if stopped_service.database_url.startswith("sqlite"):
        stopped_service.database_url = ""  # SQLite in DATA_DIR, made at first start
        stopped_service.start()
        assert (stopped_service.folder / "touchstone.db").stat().st_mode & 0o777 == 0o600
    else:
        with postgresql_server.temporary_database() as url:
            stopped_service.database_url = postgresql_server.login_url(make_url(url).database)
            done = stopped_service.run("serve")
        assert done.returncode == 1
        assert "run `touchstone migrate`" in done.stderr


def test_a_login_that_owns_the_tables_is_refused_on_postgresql(stopped_service):
    """Its rights would go past row-level security."""
    if stopped_service.database_url.startswith("sqlite"):
        return
    stopped_service.database_url = stopped_service.owner_url
    assert stopped_service.run("migrate").returncode == 0
    done = stopped_service.run("serve")
    assert done.returncode == 1
    assert "TOUCHSTONE_MIGRATION_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_first_starts_at_once_make_one_set_of_keys(stopped_service, another_service):
    """Each process makes the schema, the master key, the data keys and the signing keys, if it is first."""
    if stopped_service.database_url.startswith("sqlite"):
        stopped_service.database_url = another_service.database_url = ""
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda service: service.start(), [stopped_service, another_service])
    keys = [service.call("GET", "/.well-known/jwks.json").json for service in (first, second)]
    assert keys[0] == keys[1]
    assert len(keys[0]["keys"]) == 2
    shop = first.create_client("marketplace")
    headers = {"Authorization": f"Bearer {first.token(shop)}"}
    assert second.call("GET", "/v1/organization", headers=headers).status == 200


def test_a_taken_port_is_said_in_one_sentence(stopped_service):
    with socket.create_server(("127.0.0.1", stopped_service.port)):
        done = stopped_service.run("serve")
    assert done.returncode == 1
    assert "set TOUCHSTONE_HOST and TOUCHSTONE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_beside_an_api_without_one_does_the_background_work(stopped_service):
    """The registration gets its place in the registry from the worker's sequencer."""
    stopped_service.start("--no-worker")
    worker = stopped_service.spawn("worker")
    holder = stopped_service.create_client("rights_holder")
    mark = {"reference": "m1", "mark": "NIKE", "office": "EM"}
    made = stopped_service.call("POST", "/v1/trademarks", mark, by=holder)
    assert made.status == 201
    deadline = time.monotonic() + 30
    while stopped_service.call("GET", "/v1/trademarks/m1", by=holder).json["registry_version"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    worker.terminate()
    assert worker.wait(20) == 0
