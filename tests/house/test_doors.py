"""Two doors to the database and one to the environment, used where the architecture says."""

import ast

import pytest


def attributes(text):
    return {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}


def modules(sources, *floors):
    return {path: text for path, text in sources.items() if path.split("/")[0] in floors}


def test_api_never_acts_across_tenants(sources):
    """Acts that join tenants are flows of partners/; api/ calls the flow."""
    assert [
        path for path, text in modules(sources, "api", "openapi").items() if "acting" in attributes(text)
    ] == []


@pytest.mark.parametrize("name", ["environ", "getenv"])
def test_settings_are_read_from_the_environment_in_one_place(sources, name):
    ours = modules(sources, "api", "openapi", "webhooks", "partners", "matching")
    found = [path for path, text in ours.items() if name in attributes(text)]
    assert set(found) <= {"partners/settings.py"}
