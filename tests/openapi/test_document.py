from __future__ import annotations

import re

import msgspec
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from api.app import ROOMS, describe
from api.contract import draw_contract, encode_contract
from api.rights import PAGE, RIGHTS
from openapi.examples import EXAMPLES
from openapi.links import LINKS

_HIDDEN = {"get_reference", "get_reference_file", "get_page_script"} | {
    operation_id for operation_id, right in RIGHTS.items() if right is PAGE
}  # pages for people


def test_the_committed_document_is_the_present_one(project_root):
    committed = (project_root / "openapi" / "openapi.json").read_bytes()
    assert committed == encode_contract(describe()), "run `make openapi` and commit the result"


def test_it_is_a_valid_openapi_3_1_document(document):
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_right_is_an_operation_and_every_operation_has_a_right(operations):
    assert set(operations) == set(RIGHTS) - _HIDDEN


def test_every_operation_says_what_it_needs(operations):
    for operation_id, operation in operations.items():
        assert operation["summary"], operation_id
        assert operation["description"], operation_id
        assert operation["tags"], operation_id
        scope = RIGHTS[operation_id].scope
        if scope:
            assert operation["security"] == [{"oauth2": [scope]}], operation_id


def test_every_reference_in_the_document_leads_somewhere(document):
    for pointer in set(re.findall(r'"\$ref":"#/([^"]+)"', msgspec.json.encode(document).decode())):
        part = document
        for step in pointer.split("/"):
            part = part[step]


def test_links_and_examples_belong_to_operations(operations):
    assert set(LINKS) <= set(operations)
    assert {link.to for links in LINKS.values() for link in links} <= set(operations)
    assert set(EXAMPLES) <= set(operations)


def test_request_structs_refuse_unknown_fields(document, operations):
    for operation in operations.values():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body and "$ref" in body["schema"]:
            schema = document["components"]["schemas"][body["schema"]["$ref"].rsplit("/", 1)[1]]
            assert schema["additionalProperties"] is False, operation["operationId"]


def bodies(operations):
    """Each documented JSON body: operation id, its media type object."""
    for operation_id, operation in operations.items():
        taken = operation.get("requestBody", {}).get("content", {})
        answered = [
            answer.get("content", {})
            for status, answer in operation["responses"].items()
            if status.startswith("2")
        ]
        for content in (taken, *answered):
            for media_type, body in content.items():
                if media_type != "application/x-ndjson":  # a line is described beside it
                    yield operation_id, body


def test_every_body_has_an_example(operations):
    assert [operation_id for operation_id, body in bodies(operations) if not body.get("examples")] == []


def test_every_example_fits_its_schema(document, operations):
    for operation_id, body in bodies(operations):
        schema = body.get("schema", {}) | {"components": document["components"]}
        for example in body["examples"].values():
            faults = list(Draft202012Validator(schema).iter_errors(example["value"]))
            assert faults == [], operation_id


def test_every_operation_leads_on(operations):
    lonely = [
        operation_id
        for operation_id, operation in operations.items()
        if not any(answer.get("links") for answer in operation["responses"].values())
    ]
    assert lonely == []


def test_drawing_needs_no_house():
    assert draw_contract(ROOMS[:1], {}, "/")["paths"]


def list_unbounded(schema, document, path="", seen=frozenset()):
    """Places of a request's schema where a list, a mapping or a text may be as long as it likes."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            found = document["components"]["schemas"][name]
            yield from list_unbounded(found, document, f"{path}/{name}", seen | {name})
        return
    kind = schema.get("type")
    is_closed = {"enum", "const", "format"} & schema.keys()
    if (
        (kind == "array" and "maxItems" not in schema)
        or (kind == "object" and "properties" not in schema and "maxProperties" not in schema)
        or (kind == "string" and "maxLength" not in schema and not is_closed)
    ):
        yield path
    for name, part in schema.get("properties", {}).items():
        yield from list_unbounded(part, document, f"{path}/{name}", seen)
    for part in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        yield from list_unbounded(part, document, path, seen)


def test_every_list_mapping_and_text_that_is_taken_is_bounded(document, operations):
    unbounded = {
        f"{name}{place}"
        for name, operation in operations.items()
        if operation["tags"] != ["access"]
        for place in list_unbounded(
            operation.get("requestBody", {"content": {"application/json": {"schema": {}}}})["content"][
                "application/json"
            ]["schema"],
            document,
        )
    }
    assert unbounded == set()


def test_what_is_counted_says_so_and_may_be_429(operations):
    for name, operation in operations.items():
        limited = bool(RIGHTS[name].limits)
        assert ("429" in operation["responses"]) is limited, name
        if RIGHTS[name].scope:
            done = [answer for status, answer in operation["responses"].items() if status < "300"]
            assert all({"RateLimit", "RateLimit-Policy"} <= set(answer["headers"]) for answer in done)


def test_a_patch_is_a_merge_patch(operations):
    content = operations["change_webhook_endpoint"]["requestBody"]["content"]
    assert set(content) == {"application/merge-patch+json", "application/json"}
