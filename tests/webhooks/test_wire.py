"""What goes over the wire: the bytes that were signed, and what a wrong clock looks like."""

from __future__ import annotations

import json
import re
import socket
import threading
from datetime import timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook
from structlog.testing import capture_logs

from partners.db import utc_now
from partners.records.events import Fact, emit


@pytest.fixture
def raw():
    """A socket that keeps a request to the byte and answers 200; yields its port and what it got."""
    listening = socket.create_server(("127.0.0.53", 0))
    got = []

    def serve():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                content = b""
                while b"\r\n\r\n" not in content:
                    content += connection.recv(65_536)
                head, _, body = content.partition(b"\r\n\r\n")
                pairs = (line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
                fields = {name.lower(): value for name, value in pairs}
                while len(body) < int(fields[b"content-length"]):
                    body += connection.recv(65_536)
                got.append(({name.decode(): value.decode() for name, value in fields.items()}, body, head))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1], got
    listening.close()


def test_the_bytes_on_the_wire_are_those_that_were_signed_and_kept(
    database, raw, register, dispatcher, wait_for, principal
):
    port, got = raw
    _, secret = register(f"http://127.0.0.53:{port}/in")
    names = ["Größe\u2028\u2029", "\U0001f45f e\u0301", 'quote " back \\ slash', "\u007f/</script>"]

    def tell(connection, _):
        for name in names:
            data = {"reference": name, "verdict": "review", "score": 0.1 + 0.2, "matches": 1}
            fact = Fact(type="listing.screened", subject="lst_1", path="/v1/listings/1", data=data)
            emit(connection, fact, [(principal.kind, principal.organization_id)], utc_now())

    database.acting("screening", tell)
    dispatcher()
    wait_for(lambda: len(got) == len(names))
    for headers, body, head in got:
        Webhook(secret).verify(body, headers)
        assert head.startswith(b"POST /in HTTP/1.1\r\n")
        assert b"transfer-encoding" not in head.lower()
        assert b"0.30000000000000004" in body
    assert sorted(json.loads(body)["data"]["reference"] for _, body, _ in got) == sorted(names)


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_sender_whose_clock_is_wrong_fails_visibly_and_says_so(
    receiver, register, tell, dispatcher, wait_for, log, minutes
):
    def check(request, _body):
        late = abs(utc_now().timestamp() - int(request.headers["webhook-timestamp"])) > 300
        now = {"Date": format_datetime(utc_now(), usegmt=True)}
        return web.Response(status=400 if late else 200, headers=now)

    receiver.answer = check
    register(receiver.url())
    with capture_logs() as lines:
        dispatcher(clock=lambda: utc_now() + timedelta(minutes=minutes))
        tell(now=utc_now() - timedelta(minutes=20))
        wait_for(log)
    (row,) = log()
    assert row.status == 400
    side = "ahead" if minutes < 0 else "behind"
    assert re.fullmatch(rf"clocks_differ: the receiver's is (59|60)\d s {side}", row.error)
    assert {"warning"} == {line["log_level"] for line in lines if line["event"] == "clocks_differ"}
