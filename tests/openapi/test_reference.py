from __future__ import annotations

import re

from openapi.reference import load_assets


def test_the_page_takes_everything_from_ourselves():
    page = load_assets()[""].content.decode()
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    assert all(link.startswith(("/docs/", "data:")) for link in links)


def test_each_file_the_page_asks_for_is_there():
    assets = load_assets()
    for name in re.findall(r'"/docs/([^"]+)"', assets[""].content.decode()):
        assert assets[name].content


def test_no_validator_of_somebody_else_is_asked():
    assert b"validatorUrl: null" in load_assets()["start.js"].content
