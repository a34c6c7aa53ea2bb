"""Tokens do not travel in clear beyond this machine."""

from __future__ import annotations

import pytest

from api.opening import NotStarted
from api.public_url import check_base_url
from partners.settings import Settings


@pytest.mark.parametrize(
    "url", ["https://touchstone.example", "http://localhost:8000", "http://127.0.0.1:1", "http://[::1]:8000"]
)
def test_https_and_this_machine_are_good(url):
    check_base_url(Settings(base_url=url))


@pytest.mark.parametrize(
    "url",
    ["http://touchstone.example", "http://10.0.0.1:8000", "http://localhost.example", "http://[fe80::1]"],
)
def test_other_addresses_in_clear_are_refused(url):
    with pytest.raises(NotStarted, match="must be https"):
        check_base_url(Settings(base_url=url))
