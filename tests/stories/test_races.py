"""Races in real processes: one use of one proof, one change of one revision, none by a token taken back."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from api.assertions import ASSERTION_TYPE
from api.commands.proving import Prover, make_assertion
from openapi.examples import EXAMPLES

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def service(standing_service):
    return standing_service


@pytest.fixture
def another_service(second_standing_service):
    return second_standing_service


def basic(client_id, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def test_of_twenty_copies_of_an_assertion_in_two_processes_exactly_one_gets_a_token(service, another_service):
    customs = service.create_client("customs")
    assertion = make_assertion(customs.key, service.base_url)
    form = urlencode(
        GRANT | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    ).encode()
    prover, url = Prover(customs.key.private_jwk), f"{service.base_url}/oauth/token"
    proofs = [prover.make_proof("POST", url) for _ in range(20)]  # each try has a proof of its own
    services = [service, another_service]

    def ask(place):
        return services[place % 2].call("POST", "/oauth/token", form, headers={"DPoP": proofs[place]}).status

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(ask, range(20))) == [200] + [401] * 19


def test_of_twenty_copies_of_a_proof_in_two_processes_exactly_one_is_accepted(service, another_service):
    customs = service.create_client("customs")
    headers = service.authorize(customs, "GET", "/v1/organization")
    services = [service, another_service]
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(
                lambda place: services[place % 2].call("GET", "/v1/organization", headers=headers), range(20)
            )
        )
    assert sorted(answer.status for answer in answers) == [200] + [401] * 19


@pytest.mark.parametrize(
    ("noun", "kind", "field"),
    [
        ("seller", "marketplace", "tax_id"),
        ("listing", "marketplace", "mpn"),
        ("trademark", "rights_holder", "mark"),
        ("seizure", "customs", "seizure_case_reference"),
    ],
)
def test_of_twenty_changes_of_one_revision_in_two_processes_exactly_one_is_done(
    service, another_service, noun, kind, field
):
    who, example = service.create_client(kind), EXAMPLES[f"create_{noun}"]
    made = service.call("POST", f"/v1/{noun}s", example, by=who)
    path, services = f"/v1/{noun}s/{made.json['id']}", [service, another_service]
    under = {"If-Match": f'"{made.json["revision"]}"'}
    signed = [under | service.authorize(who, "PUT", path) for _ in range(20)]

    def change(place):
        body = example | {field: f"DE12345678{place}"}
        return services[place % 2].call("PUT", path, body, headers=signed[place])

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(change, range(20)))
    assert sorted(answer.status for answer in answers) == [200] + [412] * 19
    [done] = [answer.json for answer in answers if answer.status == 200]
    assert service.call("GET", path, by=who).json[field] == done[field]


def test_once_a_token_was_taken_back_no_process_takes_it(service, another_service):
    shop = service.create_client("marketplace")
    token = service.token(shop)
    bearer = {"Authorization": f"Bearer {token}"}
    revoked, late = threading.Event(), []

    def use(each):
        for _ in range(40):
            was_over = revoked.is_set()
            status = each.call("GET", "/v1/organization", headers=bearer).status
            if was_over:
                late.append(status)

    users = [threading.Thread(target=use, args=(each,)) for each in (service, another_service) * 2]
    for user in users:
        user.start()
    form = urlencode({"token": token}).encode()
    done = service.call("POST", "/oauth/revoke", form, headers=basic(shop.client_id, shop.client_secret))
    revoked.set()
    for user in users:
        user.join()
    assert done.status == 200
    assert another_service.call("GET", "/v1/organization", headers=bearer).status == 401
    assert set(late) <= {401}


def test_a_flood_of_wrong_secrets_keeps_nobody_with_a_token_out(service):
    shop = service.create_client("marketplace")
    token = {"Authorization": f"Bearer {service.token(shop)}"}
    form, wrong = urlencode(GRANT).encode(), basic(shop.client_id, "ts_wrong_secret")
    stop, refused = threading.Event(), []

    def flood():
        while not stop.is_set():
            refused.append(service.call("POST", "/oauth/token", form, headers=wrong).status)

    attackers = [threading.Thread(target=flood) for _ in range(12)]
    for attacker in attackers:
        attacker.start()
    answers = [service.call("GET", "/v1/organization", headers=token).status for _ in range(50)]
    stop.set()
    for attacker in attackers:
        attacker.join()
    assert answers == [200] * 50
    assert len(refused) > 12
    assert set(refused) <= {401, 429, 503}
