"""What may be a password."""

from __future__ import annotations

import pytest

from partners.errors import RuleBroken
from partners.passwords import check_password_rules, prepare_password


@pytest.mark.parametrize(
    "password", ["", "nine char", "x" * 201, "Password123", "abababababab", "my-anneliese-1"]
)
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(RuleBroken):
        check_password_rules(password, "Anneliese@acme.example")


@pytest.mark.parametrize(
    "password", ["ten chars!", "correct horse battery", "пароль для всех", "🦊🐢🐙🦉🐝 animals"]
)
def test_length_is_what_counts(password):
    check_password_rules(password, "ann@acme.example")


def test_one_password_has_one_form():
    assert prepare_password("zwo\u0308lf") == prepare_password("zw\u00f6lf")
