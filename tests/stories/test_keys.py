"""Keys in real processes: they rotate while requests are served."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace


def kid_of(token):
    header = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]


def kids(service):
    return {key["kid"] for key in service.call("GET", "/.well-known/jwks.json").json["keys"]}


def test_signing_keys_rotate_while_requests_are_served(service, another_service):
    shop = service.create_client("marketplace")
    known, old = kids(service), service.token(shop)
    stop, statuses = threading.Event(), []

    def load():
        while not stop.is_set():
            token = service.token(replace(shop, taken=(0.0, "")))
            headers = {"Authorization": f"Bearer {token}"}
            statuses.append(service.call("GET", "/v1/organization", headers=headers).status)
            stop.wait(0.25)

    thread = threading.Thread(target=load)
    thread.start()
    rotated = service.run("keys", "rotate", "--signing", "--at-once")
    another_service.start()  # it signs by the new key from its first token on
    new = another_service.token(replace(shop, taken=(0.0, "")))
    answers = [
        each.call("GET", "/v1/organization", headers={"Authorization": f"Bearer {token}"}).status
        for each in (service, another_service)
        for token in (old, new)
    ]
    stop.set()
    thread.join()
    assert rotated.returncode == 0, rotated.stderr
    assert answers == [200] * 4
    assert set(statuses) == {200}
    assert kid_of(new) in known - {kid_of(old)}  # partners had it in their cache already
    assert len(kids(another_service)) == 3
