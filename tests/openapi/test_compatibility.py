"""Within `/v1` the contract may only grow: each way to break a program is seen, and growth is none."""

import copy
import json

import pytest

from openapi.compatibility import list_breaks


@pytest.fixture
def changed(document):
    return copy.deepcopy(document)


def schemas(document):
    return document["components"]["schemas"]


def test_the_contract_breaks_no_release(document, project_root):
    for path in sorted((project_root / "openapi" / "released").glob("*.json")):
        assert list_breaks(json.loads(path.read_bytes()), document) == [], path.name


def test_the_same_document_breaks_nothing(document):
    assert list_breaks(document, copy.deepcopy(document)) == []


def remove_operation(document):
    del document["paths"]["/v1/sellers/{key}"]["delete"]


def remove_answered_field(document):
    del schemas(document)["SellerOut"]["properties"]["risk"]


def remove_taken_field(document):
    del schemas(document)["SellerIn"]["properties"]["phone"]


def require_field(document):
    schemas(document)["SellerIn"]["required"].append("display_name")


def require_parameter(document):
    taken = document["paths"]["/v1/sellers"]["post"]["parameters"]
    [key] = [parameter for parameter in taken if parameter["name"] == "Idempotency-Key"]
    key["required"] = True


def shorten_text(document):
    schemas(document)["ListingIn"]["properties"]["title"]["maxLength"] = 100


def take_fewer_values(document):
    schemas(document)["DecisionIn"]["properties"]["decision"]["enum"].remove("kept")


def answer_another_type(document):
    schemas(document)["ListingOut"]["properties"]["revision"]["type"] = "string"


def take_no_streams(document):
    del document["paths"]["/v1/listings"]["post"]["requestBody"]["content"]["application/x-ndjson"]


BREAKS = {
    remove_operation: "DELETE /v1/sellers/{key}: is gone",
    remove_answered_field: "answers no risk any more",
    remove_taken_field: "takes no phone any more",
    require_field: "display_name is required now",
    require_parameter: "the parameter Idempotency-Key is required now",
    shorten_text: "POST /v1/listings/title: maxLength is 100 now",
    take_fewer_values: "takes kept no more",
    answer_another_type: "answers string instead of integer",
    take_no_streams: "takes no application/x-ndjson any more",
}


@pytest.mark.parametrize("change", BREAKS, ids=lambda change: change.__name__)
def test_a_break_is_seen(document, changed, change):
    change(changed)
    assert BREAKS[change] in "\n".join(list_breaks(document, changed))


def test_growth_breaks_nothing(document, changed):
    changed["paths"]["/v1/pebbles"] = copy.deepcopy(changed["paths"]["/v1/sellers"])
    schemas(changed)["SellerOut"]["properties"]["color"] = {"type": "string"}
    schemas(changed)["SellerIn"]["properties"]["color"] = {"type": "string", "maxLength": 9}
    schemas(changed)["ListingIn"]["properties"]["title"]["maxLength"] = 4000
    assert list_breaks(document, changed) == []
