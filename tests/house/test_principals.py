"""Nobody asks the records in nobody's name: every handler knows who asks, and hands it to every query."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module

from api.app import ROOMS
from api.rights import RIGHTS

# Not in a partner's name: the front door admits, jobs and commands act for the service.
FOR_THE_SERVICE = {
    ("api/opening.py", "admit"),
    ("api/bulk.py", "next_chunk"),
    ("api/bulk.py", "answer_chunk"),
    ("api/deferring.py", "add_bulk_job"),  # writes in the organization that it is given: the principal's
    ("api/commands/explaining.py", "explain_of_any"),
    ("api/v1/people.py", "list_sessions"),  # of a person that was found in the principal's name
    # a page asks for the person whose session it is, which has no token
    ("api/pages/account.py", "count_recovery_codes"),
    ("api/pages/account.py", "list_factors"),
    ("api/pages/account.py", "list_sessions"),
}


def handlers():
    for room in ROOMS:
        found = vars(room).values() if inspect.isclass(room) else [room]
        yield from (each for each in found if getattr(each, "operation_id", None))


def test_every_handler_with_a_scope_is_told_who_asks():
    guarded = [each for each in handlers() if RIGHTS[each.operation_id].scope]
    assert len(guarded) > 50
    unaware = [
        each.operation_id
        for each in guarded
        if not {"claims", "posted", "once", "paging"} & inspect.signature(each.fn).parameters.keys()
    ]
    assert unaware == []


def test_no_handler_has_a_guard_of_its_own():
    """There is one, for the whole app: a second one could only differ from it."""
    assert [each.operation_id for each in handlers() if each.guards] == []


def queries(text):
    """Functions of partners that take a connection: their names in a module, and what they take."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("partners."):
            room = import_module(node.module)
            for name in (alias.name for alias in node.names):
                found = getattr(room, name, None)
                if inspect.isfunction(found) and "connection" in inspect.signature(found).parameters:
                    yield (
                        name,
                        [str(each.annotation) for each in inspect.signature(found).parameters.values()],
                    )


def test_every_query_that_api_asks_takes_the_principal(sources):
    asked = {
        (path, name): kinds
        for path, text in sources.items()
        if path.startswith("api/")
        for name, kinds in queries(text)
    }
    assert len(asked) > 40
    nobody = {each for each, kinds in asked.items() if not {"Principal", "Manager"} & set(kinds[:3])}
    assert nobody == FOR_THE_SERVICE


def test_every_record_that_partners_see_says_what_is_theirs(sources):
    """A query in a principal's name starts from the record's `visible_to`, or names the organization."""
    careless = []
    for path, text in sources.items():
        if not path.startswith("partners/records/"):
            continue
        for node in ast.parse(text).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            if "principal" not in {argument.arg for argument in node.args.args}:
                continue
            said = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} | {
                each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)
            }
            asks_in_its_name = {"visible_to", "seen_by", "references_of", "organization_id"} & said
            if not asks_in_its_name and not {name for name in said if name.startswith("get_")}:
                careless.append(f"{path}: {node.name}")
    assert careless == []
