"""Rates: a client gets its quota and not one more, from all processes together, and is told what is left."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from api.app import create_app

READ = ["organization:read"]
ITEM = re.compile(r'"(requests|lines|address)"(;[qw]=\d+){2}')


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def pass_seconds(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def start(house, clock):
    """Start processes of one house, each with its own memory, on one database."""
    running = []

    def make(**settings):
        changed = replace(house, settings=replace(house.settings, **settings), clock=clock)
        client = TestClient(create_app(changed))
        running.append(client)
        return client.__enter__()

    yield make
    for client in running:
        client.__exit__(None, None, None)


@pytest.fixture
def caller(partner, token):
    return token(partner("marketplace", scopes=READ))


def ask(client, caller):
    return client.get("/v1/organization", headers=caller)


def test_the_quota_is_answered_and_the_next_one_is_refused(start, caller):
    client = start(requests_per_s=12)
    assert [ask(client, caller).status_code for _ in range(12)] == [200] * 12
    refused = ask(client, caller)
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-requests")
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit"] == '"requests";r=0;t=1'


def test_processes_share_the_quota_and_never_lend_what_one_of_them_holds(start, caller):
    clients = [start(requests_per_s=30) for _ in range(3)]
    answers = [ask(clients[turn % 3], caller).status_code for turn in range(60)]
    assert answers.count(200) == 30
    assert answers[:24] == [200] * 24  # blocks of three: at the edge at most two a process are lost


def test_of_forty_at_once_in_two_processes_the_quota_comes_through(start, caller):
    clients = [start(requests_per_s=10) for _ in range(2)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda turn: ask(clients[turn % 2], caller).status_code, range(40)))
    assert sorted(answers) == [200] * 10 + [429] * 30


def test_after_a_second_the_quota_is_back(start, caller, clock):
    client = start(requests_per_s=10)
    assert [ask(client, caller).status_code for _ in range(11)][-2:] == [200, 429]
    clock.pass_seconds(1.2)
    assert [ask(client, caller).status_code for _ in range(10)] == [200] * 10


def test_every_answer_tells_the_policy_and_what_is_left(start, caller):
    client = start(requests_per_s=50)
    left = []
    for _ in range(3):
        answer = ask(client, caller)
        assert answer.headers["ratelimit-policy"] == '"requests";q=50;w=1'
        left.append(int(re.fullmatch(r'"requests";r=(\d+);t=\d+', answer.headers["ratelimit"])[1]))
    assert left == [49, 48, 47]


def test_a_refused_request_counts_too(start, caller):
    client = start(requests_per_s=5)
    assert client.get("/v1/listings", headers=caller).status_code == 403
    assert int(ask(client, caller).headers["ratelimit"].split(";r=")[1][0]) == 3


def test_clients_do_not_share_a_quota(start, caller, partner, token):
    client = start(requests_per_s=3)
    assert [ask(client, caller).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert ask(client, token(partner("marketplace", scopes=READ))).status_code == 200


def test_lines_have_a_quota_of_their_own(start, partner, token):
    client = start(bulk_lines_per_s=10, bulk_limit_lines=10)
    headers = token(partner("marketplace", scopes=["sellers:write"]))
    headers["Content-Type"] = "application/x-ndjson"

    def send(lines):
        return client.post("/v1/sellers", content=b"{}\n" * lines, headers=headers)

    first = send(7)
    assert (first.status_code, first.headers["ratelimit-policy"]) == (
        200,
        '"requests";q=100;w=1, "lines";q=10;w=1',
    )
    refused = send(4)
    assert (refused.status_code, refused.headers["ratelimit"]) == (
        429,
        '"requests";r=98;t=1, "lines";r=0;t=1',
    )
    assert send(3).status_code == 200


def test_the_longest_stream_fits_whatever_the_rate(start, partner, token):
    client = start(bulk_lines_per_s=2, bulk_limit_lines=5)
    headers = token(partner("marketplace", scopes=["sellers:write"]))
    headers["Content-Type"] = "application/x-ndjson"
    answer = client.post("/v1/sellers", content=b"{}\n" * 5, headers=headers)
    assert (answer.status_code, answer.headers["ratelimit-policy"].split(", ")[1]) == (200, '"lines";q=6;w=3')


def test_the_token_endpoint_counts_by_address_before_it_checks_a_secret(start):
    client = start(token_requests_per_minute=2)
    form = {"grant_type": "client_credentials"}
    answers = [client.post("/oauth/token", data=form) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[2].json()["error"] == "temporarily_unavailable"
    assert int(answers[2].headers["retry-after"]) >= 1
    assert answers[2].headers["ratelimit-policy"] == '"address";q=2;w=60'


def test_behind_a_trusted_proxy_each_caller_has_its_own_quota(house, exchange, clock):
    settings = replace(house.settings, token_requests_per_minute=1, trusted_proxies=("192.0.2.0/24",))
    app = create_app(replace(house, settings=settings, clock=clock))

    def ask_for(forwarded, address="192.0.2.1"):
        headers = {"content-type": "application/x-www-form-urlencoded", "x-forwarded-for": forwarded}
        return exchange(app, "POST", "/oauth/token", headers, [b""], address=address)[0]["status"]

    assert [ask_for("203.0.113.1"), ask_for("203.0.113.1"), ask_for("203.0.113.2")] == [400, 429, 400]
    assert [ask_for("1.1.1.1", "198.51.100.1"), ask_for("2.2.2.2", "198.51.100.1")] == [400, 429]


def test_a_limit_of_zero_is_none(start, caller):
    client = start(requests_per_s=0)
    answers = [ask(client, caller) for _ in range(120)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


def test_most_requests_draw_nothing(start, caller, clock, house, query_count):
    client = start(requests_per_s=100)
    ask(client, caller)
    with query_count("buckets") as counted:
        for _ in range(9):
            ask(client, caller)
    assert counted == []
