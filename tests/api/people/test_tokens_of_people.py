"""What a person's token may do, and how soon it may no longer."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from api.rights import scopes_of
from partners.records.organizations import organizations
from partners.records.people import people


def test_a_token_holds_the_role_and_no_more(console, organization, enter, call):
    mine = organization()
    for role in ("reader", "analyst", "admin"):
        member = enter(mine, f"{role}@acme.example", role)
        body = console.tokens(member.browser)
        assert set(body["scope"].split()) == scopes_of("rights_holder", role)
        status = call(body["access_token"], "GET", "/v1/people").status_code
        assert status == (200 if role == "admin" else 403), role


@pytest.mark.parametrize("kind", ["marketplace", "rights_holder", "operator"])
def test_a_token_never_exceeds_what_the_kind_of_organization_may(console, organization, enter, kind):
    body = console.tokens(enter(organization(kind)).browser)
    assert set(body["scope"].split()) == scopes_of(kind)


def test_a_token_asked_for_less_holds_less(console, member, call):
    body = console.tokens(member.browser, scope="trademarks:read organization:read")
    assert body["scope"] == "organization:read trademarks:read"
    assert call(body["access_token"], "GET", "/v1/people").status_code == 403


def test_nothing_is_granted_where_nothing_is_left(console, organization, enter):
    reader = enter(organization(), role="reader")
    answer = console.read(console.ask(reader.browser, scope="people:write seizures:read"))
    assert answer["error"] == "access_denied"


@pytest.mark.parametrize(
    "statement",
    [
        update(people).values(role="reader"),
        update(people).values(suspended_at=people.c.created_at),
        update(organizations).values(suspended_at=organizations.c.created_at),
    ],
    ids=["demoted", "suspended", "organization suspended"],
)
def test_a_token_is_refused_from_the_moment_its_person_is_no_longer_the_same(
    console, member, call, database, statement
):
    body = console.tokens(member.browser)
    assert call(body["access_token"], "GET", "/v1/people").status_code == 200
    database.acting("access", lambda connection, _: connection.execute(statement))
    assert call(body["access_token"], "GET", "/v1/people").status_code == 401


def test_a_refreshed_token_has_the_role_of_now(console, organization, enter, call, database):
    member = enter(organization())
    body = console.tokens(member.browser)
    lower = update(people).values(role="analyst")
    database.acting("access", lambda connection, _: connection.execute(lower))
    refreshed = console.refresh(body["refresh_token"]).json()
    assert set(refreshed["scope"].split()) == scopes_of("rights_holder", "analyst")
    assert call(refreshed["access_token"], "GET", "/v1/people").status_code == 403


def test_a_suspended_person_gets_no_new_token_nor_code_nor_page(console, member, database):
    body = console.tokens(member.browser)
    code = console.code(member.browser)
    suspend = update(people).values(suspended_at=people.c.created_at)
    database.acting("access", lambda connection, _: connection.execute(suspend))
    assert console.refresh(body["refresh_token"]).status_code == 400
    assert console.exchange(code).status_code == 400
    assert console.ask(member.browser).headers["location"].startswith("/sign-in?")
    assert member.browser.get("/account").headers["location"] == "/sign-in"


def test_signing_out_ends_all_tokens_at_once(console, member, call):
    body = console.tokens(member.browser)
    member.browser.get("/account")
    member.browser.submit("/sign-out")
    assert call(body["access_token"], "GET", "/v1/organization").status_code == 401
    assert console.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_is_the_clients_own_and_stays_good(console, make_console, member, call):
    body = console.tokens(member.browser)
    assert make_console().refresh(body["refresh_token"]).json()["error"] == "invalid_grant"
    for _ in range(2):
        again = console.refresh(body["refresh_token"]).json()
        assert "refresh_token" not in again
        assert call(again["access_token"], "GET", "/v1/organization").status_code == 200


def test_a_refresh_cannot_widen_what_was_granted(console, member):
    body = console.tokens(member.browser, scope="organization:read")
    answer = console.refresh(body["refresh_token"], scope="organization:read people:write")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_a_refresh_token_ends_when_the_session_is_left_alone(console, member, turn):
    token = console.tokens(member.browser)["refresh_token"]
    turn(minutes=50)
    assert console.refresh(token).status_code == 200  # a sign of life
    turn(minutes=50)
    assert console.refresh(token).status_code == 200
    turn(minutes=61)
    assert console.refresh(token).json()["error"] == "invalid_grant"


def test_a_refresh_token_ends_with_the_session_however_busy(console, member, turn):
    token = console.tokens(member.browser)["refresh_token"]
    for _ in range(15):
        turn(minutes=50)
        console.refresh(token)
    assert console.refresh(token).json()["error"] == "invalid_grant"


def test_a_refresh_token_can_be_taken_back_with_all_that_came_of_it(console, make_console, member, call):
    body = console.tokens(member.browser)
    other = make_console()
    assert other.post(at="/oauth/revoke", token=body["refresh_token"]).status_code == 200
    assert call(body["access_token"], "GET", "/v1/organization").status_code == 200
    assert console.post(at="/oauth/revoke", token=body["refresh_token"]).status_code == 200
    assert call(body["access_token"], "GET", "/v1/organization").status_code == 401
    assert console.refresh(body["refresh_token"]).status_code == 400


def test_introspection_names_the_person_by_id_alone(console, member):
    body = console.tokens(member.browser)
    said = console.post(at="/oauth/introspect", token=body["access_token"]).json()
    assert said["active"] is True
    assert said["sub"].startswith("per_")
    assert member.email not in str(said)


def test_what_a_person_does_is_on_record_under_its_id(console, member, call):
    body = console.tokens(member.browser)
    call(body["access_token"], "POST", "/v1/invitations", {"email": "bob@acme.example", "role": "reader"})
    entries = call(body["access_token"], "GET", "/v1/audit").json()["items"]
    by_act = {entry["act"]: entry["client"] for entry in entries}
    assert by_act["person.invited"].startswith("per_")
    assert {"person.joined", "person.factor_added", "person.signed_in"} <= set(by_act)


def test_people_who_share_a_client_share_no_idempotency_key(console, organization, enter, call):
    mine = organization()
    ann, bob = enter(mine), enter(mine, "bob@acme.example")
    tokens = [console.tokens(each.browser)["access_token"] for each in (ann, bob)]
    body = {"reference": "E-1", "mark": "VELORIQ", "office": "EM", "registration_number": "1"}
    statuses = [
        call(token, "POST", "/v1/trademarks", body | {"reference": f"E-{number}"}, Idempotency_Key="k")
        for number, token in enumerate(tokens)
    ]
    assert [each.status_code for each in statuses] == [201, 201]


def test_a_cursor_of_one_person_is_none_of_another(console, organization, enter, call):
    mine = organization()
    ann, bob = enter(mine), enter(mine, "bob@acme.example")
    tokens = [console.tokens(each.browser)["access_token"] for each in (ann, bob)]
    cursor = call(tokens[0], "GET", "/v1/people?limit=1").json()["next"]
    assert call(tokens[0], "GET", f"/v1/people?limit=1&after={cursor}").status_code == 200
    assert call(tokens[1], "GET", f"/v1/people?limit=1&after={cursor}").status_code == 400
