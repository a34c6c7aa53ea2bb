from __future__ import annotations

from standardwebhooks.webhooks import Webhook


def test_an_event_arrives_and_its_signature_verifies(receiver, register, tell, dispatcher, states, wait_for):
    _, secret = register(receiver.url("/in"))
    (event_id,) = tell()
    dispatcher()
    wait_for(lambda: states() == {"ok": 1})
    ((path, headers, body),) = receiver.got
    assert path == "/in"
    assert headers["webhook-id"] == event_id
    Webhook(secret).verify(body, headers)
