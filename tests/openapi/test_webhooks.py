from __future__ import annotations

import pytest

from openapi.webhooks import body_schema, describe_webhooks
from partners.records.event_types import EVENT_TYPES


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_event_type_is_described_with_a_schema_and_an_example(name):
    content = describe_webhooks(EVENT_TYPES)[name]["post"]["requestBody"]["content"]["application/json"]
    for example in content["examples"].values():
        assert example["value"]["type"] == name
        assert example["value"]["data"]["path"].startswith("/v1/")
    assert "$ref" not in str(content["schema"])


def test_a_body_schema_names_the_type_and_requires_the_fields():
    schema = body_schema("match.judged", EVENT_TYPES["match.judged"].fields["marketplace"])
    assert schema["properties"]["type"] == {"const": "match.judged"}
    assert set(schema["properties"]["data"]["required"]) >= {"id", "sequence", "judgement"}
