from __future__ import annotations

import pytest

from api.rights import scopes_of
from openapi.examples import EXAMPLES

NOUNS = [
    ("trademark", "rights_holder"),
    ("listing", "marketplace"),
    ("seller", "marketplace"),
    ("seizure", "customs"),
]


@pytest.fixture
def post(client, partner, token):
    """POST a noun's example as its partner, with headers."""
    callers = {}

    def send(noun, kind, **headers):
        if kind not in callers:
            callers[kind] = token(partner(kind, scopes=scopes_of(kind)))
        return client.post(f"/v1/{noun}s", json=EXAMPLES[f"create_{noun}"], headers=callers[kind] | headers)

    return send


@pytest.mark.parametrize(("noun", "kind"), NOUNS)
def test_a_post_over_another_revision_than_it_names_changes_nothing(post, noun, kind):
    first = post(noun, kind).json()
    assert post(noun, kind, **{"If-Match": '"99"'}).status_code == 412
    assert post(noun, kind, **{"If-Match": f'"{first["revision"]}"'}).status_code == 200


@pytest.mark.parametrize(("noun", "kind"), NOUNS)
def test_a_post_that_must_be_the_first_is_refused_when_it_is_not(post, noun, kind):
    assert post(noun, kind, **{"If-None-Match": "*"}).status_code == 201
    assert post(noun, kind, **{"If-None-Match": "*"}).status_code == 412
