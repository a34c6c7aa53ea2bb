"""A keyring seals by its current key, opens by all, and writes indexes by two while one is rotated."""

from __future__ import annotations

import pytest

from partners.keyring import KeyRefused, Keyring

KEYS = {(purpose, 1): purpose.encode() * 8 for purpose in ("data", "index")} | {("audit", 1): b"a" * 32}
KEYS = {place: key[:32].ljust(32, b"x") for place, key in KEYS.items()}
SECOND = {("data", 2): b"D" * 32, ("index", 2): b"I" * 32}


@pytest.fixture
def ring():
    def make(data=("current",), index=("current",)):
        states = {("data", place): state for place, state in enumerate(data, 1)}
        states |= {("index", place): state for place, state in enumerate(index, 1)}
        return Keyring(
            {place: key for place, key in (KEYS | SECOND).items() if place[1] == 1 or place in states}, states
        )

    return make


def test_a_coming_key_is_used_for_nothing(ring):
    before, coming = ring(), ring(("current", "coming"), ("current", "coming"))
    assert coming.sealing_version == 1
    assert coming.index_versions == (1,)
    assert coming.blind_indexes("email", "a") == (before.blind_index("email", "a"),)


def test_what_the_old_key_sealed_is_opened_beside_the_new_one(ring):
    sealed = ring().seal(b"text", "row:1")
    after = ring(("previous", "current"))
    assert after.open(sealed, "row:1") == b"text"
    assert after.seal(b"text", "row:1")[0] == 2


def test_while_an_index_key_is_rotated_both_are_written_and_one_is_looked_up(ring):
    old = ring().blind_index("email", "a")
    written = ring(index=("current", "written"))
    turned = ring(index=("previous", "current"))
    done = ring(index=("retired", "current"))
    assert written.blind_index("email", "a") == old
    assert written.blind_indexes("email", "a")[0] == old
    assert set(written.blind_indexes("email", "a")) == set(turned.blind_indexes("email", "a"))
    assert turned.blind_index("email", "a") == done.blind_index("email", "a") != old
    assert done.blind_indexes("email", "a") == (done.blind_index("email", "a"),)


def test_keys_are_replaced_as_a_whole(ring):
    keyring = ring()
    sealed = keyring.seal(b"text", "row:1")
    keyring.replace(KEYS | SECOND, {("data", 1): "previous", ("data", 2): "current"})
    assert (keyring.open(sealed, "row:1"), keyring.sealing_version) == (b"text", 2)


@pytest.mark.parametrize(
    "bend",
    [
        lambda sealed: sealed[:-1],
        lambda sealed: b"\x09" + sealed[1:],
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
        lambda sealed: b"",
        lambda sealed: sealed[:5],
    ],
    ids=["cut", "another version", "changed", "empty", "short"],
)
def test_what_was_bent_is_not_opened(ring, bend):
    keyring = ring()
    with pytest.raises(KeyRefused):
        keyring.open(bend(keyring.seal(b"text", "row:1")), "row:1")


def test_what_was_moved_to_another_row_is_not_opened(ring):
    with pytest.raises(KeyRefused):
        ring().open(ring().seal(b"text", "row:1"), "row:2")


def test_a_signature_is_of_one_message(ring):
    keyring = ring()
    signature = keyring.sign(b"message")
    assert keyring.is_signed(signature, b"message")
    assert not keyring.is_signed(signature, b"massage")
    assert not keyring.is_signed(signature[:-1], b"message")
    assert not keyring.is_signed(b"", b"message")
    assert not keyring.is_signed(b"\x07" + signature[1:], b"message")
