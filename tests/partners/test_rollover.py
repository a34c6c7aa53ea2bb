"""Signing keys rotate while tokens are issued and used; no token of either key is refused."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from sqlalchemy import select

from partners.errors import Conflict
from partners.records.audit import audit
from partners.rollover import rotate_signing_keys
from partners.signing import Signer

LIFE = timedelta(seconds=300)


@pytest.fixture
def rotate(database, keyring):
    def act(now, **more):
        return {key.state: key.id for key in rotate_signing_keys(database, keyring, LIFE, now, **more)}

    return act


def verify(signer, token):
    return jwt.decode(token, signer.public_keys(), algorithms=["ES256"]).claims


def test_the_next_key_takes_over_and_another_is_announced(database, keyring, signer, rotate, now):
    cached = signer.public_keys()  # as a partner keeps them
    old = signer.sign({"n": 1})
    after = rotate(now + timedelta(hours=1))
    fresh = Signer(database, keyring, lambda: now)
    new = fresh.sign({"n": 2})
    assert set(after) == {"next", "current", "previous"}
    assert [verify(fresh, token)["n"] for token in (old, new)] == [1, 2]
    assert jwt.decode(new, cached, algorithms=["ES256"]).claims == {"n": 2}
    assert {key.kid for key in fresh.public_keys()} == set(after.values())


def test_a_rotation_waits_until_the_next_key_is_known(signer, rotate, now):
    with pytest.raises(Conflict, match="wait 361 s"):
        rotate(now)
    rotate(now + timedelta(seconds=361))
    with pytest.raises(Conflict):
        rotate(now + timedelta(seconds=500))


def test_a_key_that_became_known_is_gone_after_two_rotations_at_once(database, keyring, signer, rotate, now):
    stolen = signer.sign({"n": 1})
    rotate(now, at_once=True)
    rotate(now, at_once=True)
    after = Signer(database, keyring, lambda: now)
    with pytest.raises(InvalidKeyIdError):
        verify(after, stolen)


def test_a_rotation_is_in_the_audit_log(database, signer, rotate, now):
    rotate(now, at_once=True)
    with database.surveying("keys") as connection:
        [row] = connection.execute(select(audit)).all()
    assert (row.act, row.organization_id, row.detail) == (
        "signing_keys.rotated",
        "org_service",
        {"at_once": True},
    )


def test_a_process_that_only_verifies_forgets_a_key_that_is_gone(database, keyring, rotate, now):
    ticks = [0.0]
    signer = Signer(database, keyring, lambda: now, lambda: ticks[0])
    kid = next(key.kid for key in signer.public_keys())
    rotate(now, at_once=True)
    rotate(now, at_once=True)
    assert signer.knows(kid)
    ticks[0] = 61.0
    assert not signer.knows(kid)  # whoever asks reads the keys again


def test_rotation_under_load_refuses_no_token(database, keyring, rotate, now):
    """Two processes issue and verify while a third rotates, each token by whichever key its process has."""
    ticks = [0.0]
    signers = [Signer(database, keyring, lambda: now, lambda: ticks[0]) for _ in range(2)]
    stop, refused, made = threading.Event(), [], []

    def work(place):
        mine, other = signers[place], signers[1 - place]
        while not stop.is_set():
            token = mine.sign({"n": 1})
            header_kid = jwt.decode(token, mine.public_keys(), algorithms=["ES256"]).header["kid"]
            if not other.knows(header_kid):
                other.refresh()
            if header_kid not in {key.kid for key in other.public_keys()}:
                refused.append(header_kid)
            made.append(header_kid)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for hour in range(1, 4):
        rotate(now + timedelta(hours=hour))
        for _ in range(20):  # a minute goes by, in which each process looks again
            ticks[0] += 5.0
            threading.Event().wait(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    assert refused == []
    assert len(set(made)) >= 3
