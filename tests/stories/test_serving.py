"""`touchstone serve` as a process: it starts, lets partners in, and stops when it is asked to."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import make_url


def test_a_partner_gets_a_token_and_learns_who_it_is(service):
    shop = service.create_client("marketplace", "Shop")
    answer = service.call("GET", "/v1/organization", by=shop)
    assert (answer.status, answer.json["id"]) == (200, shop.organization_id)


def test_customs_get_in_by_key_from_the_command_line(service):
    douane = service.create_client("customs", "Douane")
    done = service.run("request", "--key", str(douane.key_file), "GET", "/v1/organization")
    assert (done.returncode, done.stderr) == (0, "HTTP 200 OK\n")
    assert json.loads(done.stdout)["kind"] == "customs"


def test_a_request_that_is_refused_exits_with_1(service):
    douane = service.create_client("customs", "Douane")
    done = service.run("request", "--key", str(douane.key_file), "GET", "/v1/nothing")
    assert done.returncode == 1
    assert done.stderr.startswith("HTTP 404")


def test_asked_to_stop_it_stops_cleanly_and_soon(service):
    started = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - started < 20


def test_a_token_is_good_after_a_kill_and_a_restart(service):
    shop = service.create_client("marketplace", "Shop")
    token = service.token(shop)
    service.kill()
    service.restart()
    headers = {"Authorization": f"Bearer {token}"}
    assert service.call("GET", "/v1/organization", headers=headers).status == 200


def test_it_says_where_it_listens_and_where_its_data_lies(service):
    said = service.read("out")
    assert service.base_url in said
    assert str(service.folder / "keys") in said
    assert "clients create" in said


def test_no_secret_of_its_own_is_in_what_it_writes(service):
    shop = service.create_client("marketplace", "Shop")
    token = service.token(shop)
    service.stop()
    master = (service.folder / "keys" / "master.key").read_bytes()
    written = service.read("out") + service.read("err")
    for secret in (token, token.split(".")[2], shop.client_secret, master.hex()):
        assert secret not in written
    if password := make_url(service.database_url).password:
        assert password not in written


def test_the_master_key_is_readable_by_its_owner_only(service):
    assert (service.folder / "keys" / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_database_without_schema_is_refused_on_postgresql_and_made_on_sqlite(
    stopped_service, postgresql_server
):
    if stopped_service.database_url.startswith("sqlite"):
        stopped_service.database_url = ""  # SQLite in DATA_DIR, made at first start
        stopped_service.start()
        assert (stopped_service.folder / "touchstone.db").stat().st_mode & 0o777 == 0o600
    else:
        with postgresql_server.temporary_database() as url:
            stopped_service.database_url = url
            done = stopped_service.run("serve")
        assert done.returncode == 1
        assert "run `touchstone migrate`" in done.stderr


def test_two_first_starts_at_once_make_one_set_of_keys(stopped_service, another_service):
    """Each process makes the master key, the data keys and the signing keys, if it is first."""
    if stopped_service.database_url.startswith("sqlite"):
        stopped_service.database_url = another_service.database_url = ""
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda service: service.start(), [stopped_service, another_service])
    keys = [service.call("GET", "/.well-known/jwks.json").json for service in (first, second)]
    assert keys[0] == keys[1]
    assert len(keys[0]["keys"]) == 2
    shop = first.create_client("marketplace")
    headers = {"Authorization": f"Bearer {first.token(shop)}"}
    assert second.call("GET", "/.well-known/jwks.json", headers=headers).status == 200


def test_a_taken_port_is_said_in_one_sentence(service):
    done = service.run("serve")
    assert done.returncode == 1
    assert "set TOUCHSTONE_HOST and TOUCHSTONE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("url", ["http://touchstone.example", "http://10.0.0.1:8000"])
def test_a_public_url_in_clear_is_refused(stopped_service, url):
    stopped_service.settings["BASE_URL"] = url
    done = stopped_service.run("serve")
    assert done.returncode == 1
    assert "must be https" in done.stderr
