"""An endpoint is opened at the moment something is told to it: whoever commits first, nothing stays held."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from partners.records.endpoints import deliveries, endpoints
from partners.records.events import Fact, emit
from partners.records.switching import hash_challenge, prove_endpoint

FACT = Fact(
    type="listing.screened",
    subject="lst_1",
    path="/v1/listings/A-1",
    data={"reference": "A-1", "verdict": "review", "score": 0.5, "matches": 1},
)


@pytest.fixture
def pending(act, endpoint):
    one = endpoint("pending")
    act(lambda c: c.execute(update(endpoints).values(challenge=hash_challenge("shown"))))
    return one


@pytest.fixture
def tell(principal, now):
    recipient = [(principal.kind, principal.organization_id)]
    return lambda connection: emit(connection, FACT, recipient, now)


@pytest.fixture
def prove(pending, now):
    return lambda connection: prove_endpoint(connection, pending.id, "shown", now)


@pytest.fixture
def overlap(act):
    """Do one thing, and another one before the first is committed, as far as it can be done by then."""

    def run(first, second):
        done = threading.Event()

        def finish():
            try:
                return second()
            finally:
                done.set()

        def begin(connection):
            first(connection)
            running = pool.submit(finish)
            done.wait(0.5)
            return running

        with ThreadPoolExecutor(1) as pool:
            return act(begin).result()

    return run


def states(database):
    with database.surveying("delivery") as connection:
        return connection.scalars(select(deliveries.c.state)).all()


def test_what_is_told_while_an_endpoint_is_proved_goes_out(database, act, overlap, tell, prove):
    overlap(tell, lambda: act(prove))
    assert states(database) == ["due"]


def test_what_is_told_behind_a_proof_not_yet_committed_goes_out(database, act, overlap, tell, prove):
    overlap(prove, lambda: act(tell))
    assert states(database) == ["due"]


def test_what_a_claim_would_hold_while_an_endpoint_is_proved_goes_out(
    database, overlap, pending, fill, prove, claim
):
    fill(pending, 2)
    overlap(prove, claim)
    claim(worker="later")
    assert states(database) == ["due", "due"]
