"""Secrets: checked in constant work, a few at a time."""

from __future__ import annotations

import threading
import time

import pytest

from partners.client_secrets import SecretChecker, credential_of, hash_secret, make_secret
from partners.errors import NotReady


def test_a_wrong_secret_does_not_fit():
    _, secret = make_secret()
    assert not SecretChecker().check(secret + "x", hash_secret(secret))


def test_nothing_fits_where_there_is_no_hash():
    assert not SecretChecker().check("anything", None)


@pytest.mark.parametrize("secret", ["", "\ud800", "\x00", "ü" * 300, "ts_", "ts_a_b"])
def test_odd_secrets_are_only_wrong(secret):
    assert not SecretChecker().check(secret, hash_secret("right"))


def test_an_unknown_client_costs_the_same_work_as_a_wrong_secret():
    checker = SecretChecker()
    kept = hash_secret("right")

    def seconds(kept):
        started = time.process_time()
        for _ in range(3):
            checker.check("wrong", kept)
        return time.process_time() - started

    assert 0.3 < seconds(None) / seconds(kept) < 3


@pytest.mark.parametrize("text", ["", "ts_", "ts__key", "tx_abc_def", "ts_abc_", "ts_abc_" + "k" * 300])
def test_what_is_not_our_secret_names_no_credential(text):
    assert credential_of(text) is None


def test_a_flood_of_guesses_is_turned_away():
    checker = SecretChecker(at_once=1, waiting=1, patience_s=5)
    kept = hash_secret("right")
    outcomes = []

    def guess():
        try:
            outcomes.append(checker.check("wrong", kept))
        except NotReady:
            outcomes.append("busy")

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("busy") >= 5
    assert outcomes.count(False) >= 2
