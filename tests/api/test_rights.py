"""The table of rights is whole: a row for each operation, an operation for each row."""

import re

import pytest
from litestar.routes import HTTPRoute

from api.app import create_app
from api.rights import RIGHTS, scopes_of
from partners.principal import KINDS, ROLES

# The nouns of the contract, and no other, are what scopes speak of.
SCOPE = re.compile(
    r"(listings|screenings|sellers|trademarks|products|product_checks|matches|notices|cases|seizures|flags"
    r"|operations|webhooks|jobs|policies|organization|people|audit):(read|write)"
)
PAGES = {  # people prove themselves there, by other means than a token
    "/sign-in",
    "/sign-in/second",
    "/sign-in/outside",
    "/sign-in/outside/answer",
    "/sign-out",
    "/join",
    "/reset",
    "/forgotten",
    "/account",
    "/account/generator",
    "/account/passkey",
    "/account/recovery-codes",
    "/account/factors/remove",
    "/account/sessions/end",
    "/hooks",
    "/hooks/{key}",
    "/hooks/{key}/{act}",
}
UNGUARDED = {
    "/pages/passkeys.js",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/docs/{name}",
    "/problems/{name}",
}

COSTLY = PAGES | {
    "/oauth/authorize",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/introspect",
}  # a secret or a signature is checked


@pytest.fixture(scope="module")
def operations(bench_house):
    app = create_app(bench_house)
    return {
        str(handler.operation_id): route.path_format
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "OPTIONS" not in handler.http_methods
    }


def test_each_row_is_an_operation_and_each_operation_has_a_row(operations):
    assert set(operations) == set(RIGHTS)


def test_only_named_paths_are_open(operations):
    opened = {path for operation, path in operations.items() if RIGHTS[operation].scope is None}
    assert {path for path in opened if not path.startswith(("/oauth/", "/.well-known/"))} <= UNGUARDED | PAGES


def test_every_scope_is_of_a_noun_of_the_contract():
    scopes = {right.scope for right in RIGHTS.values() if right.scope}
    assert [scope for scope in scopes if not SCOPE.fullmatch(scope)] == []


def test_every_guarded_operation_is_somebody_s():
    assert [name for name, right in RIGHTS.items() if right.scope and not right.kinds] == []


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_may_ask_who_they_are(kind):
    assert "organization:read" in scopes_of(kind)


def test_a_marketplace_never_gets_what_only_customs_may():
    assert "seizures:write" not in scopes_of("marketplace")


def test_an_app_with_an_operation_without_a_right_does_not_start(bench_house, unlisted):
    with pytest.raises(LookupError, match="has no row in"):
        create_app(bench_house, [unlisted])


def test_each_guarded_operation_counts_requests_and_each_bulk_one_lines(bench_house):
    """Who is known counts by client; before that, whoever makes us check a secret counts by address."""
    expected = {
        str(handler.operation_id): ("requests", "lines") if "bulk" in handler.opt else ("requests",)
        for route in create_app(bench_house).routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "OPTIONS" not in handler.http_methods and RIGHTS[str(handler.operation_id)].scope
    }
    assert {name: RIGHTS[name].limits for name in expected} == expected


def test_what_is_open_counts_by_address_where_it_costs_something(operations):
    counted = {name for name, right in RIGHTS.items() if right.scope is None and right.limits}
    assert counted == {name for name, path in operations.items() if path in COSTLY}
    assert {RIGHTS[name].limits for name in counted} == {("address",)}


def test_rows_of_one_scope_ask_for_one_role():
    """So a token that lacks a scope by its person's role lacks every operation that asks for it."""
    roles = {}
    for right in RIGHTS.values():
        if right.scope:
            roles.setdefault(right.scope, set()).add(right.role)
    assert {scope: found for scope, found in roles.items() if len(found) > 1} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_readers_read_analysts_work_and_admins_manage(kind):
    reader, analyst, admin = (scopes_of(kind, role) for role in ROLES)
    assert reader < analyst < admin or kind == "operator"
    assert {scope for scope in reader if not scope.endswith(":read")} == set()
    assert admin - analyst >= {"people:read", "people:write", "organization:write", "webhooks:write"}
    assert not {"people:read", "organization:write", "webhooks:write"} & analyst


def test_policies_are_an_admins():
    assert "policies:write" in scopes_of("rights_holder")
    assert "policies:write" not in scopes_of("rights_holder", "analyst")


def test_analysts_do_the_casework():
    assert {"matches:write", "notices:read"} <= scopes_of("rights_holder", "analyst")
    assert "cases:write" in scopes_of("marketplace", "analyst")
    assert "matches:write" not in scopes_of("rights_holder", "reader")
