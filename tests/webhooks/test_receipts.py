"""What a receiver answered to a notice is kept as proof, longer than its attempts."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from aiohttp import web
from sqlalchemy import select

from partners.db import utc_now
from partners.records.deliveries import DeliveryFilter, get_delivery, list_deliveries
from partners.records.endpoints import attempts
from partners.records.events import Fact, emit
from partners.records.purging import purge_attempts

REQUESTED = {
    "match_id": "mch_1",
    "notice_id": "ntc_1",
    "listing_id": "lst_1",
    "listing_reference": "A-1",
    "mark": "ACME",
    "registration_number": None,
}


@pytest.fixture
def request_takedown(database, principal):
    """Ask the marketplace for a takedown; returns the event."""

    def make():
        fact = Fact(type="takedown.requested", subject="case_1", path="/v1/cases/case_1", data=REQUESTED)
        who = [(principal.kind, principal.organization_id)]
        return database.acting("delivery", lambda c, _: emit(c, fact, who, utc_now())[0])

    return make


@pytest.fixture
def delivery_of(database, principal):
    def find(event_id):
        with database.surveying("delivery") as connection:
            wanted = DeliveryFilter(event_id=event_id)
            (found,) = list_deliveries(connection, principal, wanted, after=None, limit=9)
            return get_delivery(connection, principal, found.id)

    return find


def test_the_answer_to_a_notice_is_kept_when_its_attempts_are_gone(
    receiver, register, request_takedown, dispatcher, states, wait_for, database, delivery_of
):
    receiver.answer = lambda _request, _body: web.Response(status=202, text="taken: 7f3a, signed by us")
    endpoint, _ = register(receiver.url("/in"))
    event = request_takedown()
    dispatcher()
    wait_for(lambda: states() == {"ok": 1})
    later = utc_now() + timedelta(days=31)
    database.acting("jobs", lambda c, _: purge_attempts(c, later, 100))
    with database.surveying("delivery") as connection:
        assert connection.execute(select(attempts)).all() == []
    receipt = delivery_of(event.id).receipt
    assert (receipt.status, receipt.url, receipt.peer) == (202, endpoint.url, "127.0.0.53")
    assert receipt.response == "taken: 7f3a, signed by us"
    assert receipt.response_sha256 == hashlib.sha256(b"taken: 7f3a, signed by us").hexdigest()
    assert receipt.body_sha256 == hashlib.sha256(receiver.got[0][2]).hexdigest()


def test_a_refusal_is_no_receipt(
    receiver, register, request_takedown, dispatcher, wait_for, log, delivery_of
):
    receiver.answer = lambda _request, _body: web.Response(status=500, text="no")
    register(receiver.url())
    event = request_takedown()
    dispatcher()
    wait_for(log)
    assert delivery_of(event.id).receipt is None


def test_what_has_no_legal_weight_keeps_none(
    receiver, register, tell, dispatcher, states, wait_for, delivery_of
):
    register(receiver.url())
    (event_id,) = tell()
    dispatcher()
    wait_for(lambda: states() == {"ok": 1})
    assert delivery_of(event_id).receipt is None


def test_a_receipt_hides_the_secrets_that_an_answer_repeats(
    receiver, register, request_takedown, dispatcher, states, wait_for, delivery_of
):
    receiver.answer = lambda request, _body: web.Response(text=request.headers["webhook-signature"])
    register(receiver.url())
    event = request_takedown()
    dispatcher()
    wait_for(lambda: states() == {"ok": 1})
    assert receiver.got[0][1]["webhook-signature"] not in delivery_of(event.id).receipt.response
