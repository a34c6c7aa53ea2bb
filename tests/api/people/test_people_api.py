"""Admins invite people, change their roles, suspend them and let them go."""

from __future__ import annotations

import pytest
from joserfc import jwt
from sqlalchemy import select

from api.rights import scopes_of
from partners.records import schema

BOB = "bob@acme.example"


@pytest.fixture
def admin(member, console):
    return console.tokens(member.browser)["access_token"]


@pytest.fixture
def bob(member, enter):
    return enter(member.organization_id, BOB, "analyst")


@pytest.fixture
def person(call, admin):
    def person(email):
        return next(one for one in call(admin, "GET", "/v1/people").json()["items"] if one["email"] == email)

    return person


def test_an_admin_invites_and_the_link_lets_somebody_in(admin, call, open_browser):
    made = call(admin, "POST", "/v1/invitations", {"email": BOB, "role": "reader", "name": "Bob"})
    assert made.status_code == 201
    shown = call(admin, "GET", f"/v1/invitations/{made.json()['id']}").json()
    assert (shown["email"], shown["role"], "link" in shown) == (BOB, "reader", False)
    browser = open_browser()
    browser.get(made.json()["link"].removeprefix("http://localhost:8000"))
    assert browser.submit(password="correct horse battery").status_code == 303
    assert call(admin, "GET", "/v1/invitations").json()["items"] == []
    roles = {one["email"]: one["role"] for one in call(admin, "GET", "/v1/people").json()["items"]}
    assert roles[BOB] == "reader"


def test_the_link_is_not_told_twice_to_an_idempotency_key(admin, call):
    sent = [
        call(admin, "POST", "/v1/invitations", {"email": BOB, "role": "reader"}, Idempotency_Key="k1")
        for _ in range(2)
    ]
    assert [each.status_code for each in sent] == [201, 409]
    assert sent[1].json()["type"] == "/problems/secret-already-shown"


def test_an_invitation_that_was_taken_back_lets_nobody_in(admin, call, open_browser):
    made = call(admin, "POST", "/v1/invitations", {"email": BOB, "role": "reader"}).json()
    assert call(admin, "DELETE", f"/v1/invitations/{made['id']}").status_code == 204
    assert call(admin, "DELETE", f"/v1/invitations/{made['id']}").status_code == 404
    browser = open_browser()
    browser.get(made["link"].removeprefix("http://localhost:8000"))
    assert browser.submit(password="correct horse battery").status_code == 410


BAD_INVITATIONS = [
    ({"email": BOB, "role": "owner"}, 400),
    ({"email": BOB, "role": "admin", "organization_id": "org_x"}, 400),
    ({"email": BOB}, 400),
    ({"email": "a b@acme.example", "role": "reader"}, 400),
    ({"email": "nobody", "role": "reader"}, 422),
    ({"email": "@acme.example", "role": "reader"}, 422),
    ({"email": "a@b", "role": "reader"}, 422),
    ({"email": "x" * 250 + "@acme.example", "role": "reader"}, 400),
    ({"email": BOB, "role": "reader", "name": "a\nb"}, 400),
]


def test_bad_invitations_are_refused(admin, call):
    for body, status in BAD_INVITATIONS:
        assert call(admin, "POST", "/v1/invitations", body).status_code == status, body


def test_nobody_gives_a_role_that_may_do_more_than_the_token(console, member, call):
    token = console.tokens(member.browser, scope="people:read people:write organization:read")["access_token"]
    answer = call(token, "POST", "/v1/invitations", {"email": BOB, "role": "reader"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")


def test_a_program_with_few_scopes_makes_no_admin(call, mint, partner, member):
    program = partner("rights_holder", scopes=["people:read", "people:write"])
    answer = call(mint(program), "POST", "/v1/invitations", {"email": BOB, "role": "admin"})
    assert answer.status_code == 403


@pytest.mark.parametrize("role", ["reader", "analyst"])
def test_only_admins_manage_people(console, member, enter, call, role, person):
    other = enter(member.organization_id, BOB, role)
    token = console.tokens(other.browser)["access_token"]
    me = person(BOB)["id"]
    for method, path, body in (
        ("GET", "/v1/people", None),
        ("PATCH", f"/v1/people/{me}", {"role": "admin"}),
        ("POST", "/v1/invitations", {"email": "eve@acme.example", "role": "admin"}),
        ("POST", f"/v1/people/{me}/reset", {}),
        ("DELETE", f"/v1/people/{me}", None),
    ):
        assert call(token, method, path, body, If_Match="*").status_code == 403, (method, path)


def test_a_token_that_says_more_than_its_role_is_stopped_by_the_role(bob, call, console, house, clock):
    """Even with every scope in the token an analyst is no admin: the role is asked, too."""
    token = console.tokens(bob.browser)["access_token"]
    said = jwt.decode(token, house.signer.public_keys(), algorithms=["ES256"]).claims
    said |= {"scope": " ".join(sorted(scopes_of("rights_holder")))}
    answer = call(house.signer.sign(said), "GET", "/v1/people")
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
    assert call(house.signer.sign(said | {"role": "admin"}), "GET", "/v1/people").status_code == 401


def test_another_role_takes_effect_at_once(admin, bob, console, call, person):
    token = console.tokens(bob.browser)["access_token"]
    body = {"reference": "E-1", "mark": "VELORIQ", "office": "EM", "registration_number": "1"}
    assert call(token, "POST", "/v1/trademarks", body).status_code == 201
    answer = call(admin, "PATCH", f"/v1/people/{person(BOB)['id']}", {"role": "reader"}, If_Match='"1"')
    assert (answer.json()["role"], answer.headers["etag"].split("-")[0]) == ("reader", '"2')
    assert call(token, "POST", "/v1/trademarks", body).status_code == 401
    token = console.tokens(bob.browser)["access_token"]
    assert call(token, "POST", "/v1/trademarks", body).status_code == 403


def test_a_suspended_person_is_out_at_once_and_comes_back_only_by_signing_in(
    admin, bob, console, call, person
):
    tokens, me = console.tokens(bob.browser), person(BOB)["id"]
    assert call(admin, "PATCH", f"/v1/people/{me}", {"suspended": True}, If_Match='"1"').status_code == 200
    assert call(tokens["access_token"], "GET", "/v1/organization").status_code == 401
    assert call(admin, "PATCH", f"/v1/people/{me}", {"suspended": False}, If_Match='"2"').status_code == 200
    assert call(tokens["access_token"], "GET", "/v1/organization").status_code == 401
    assert console.refresh(tokens["refresh_token"]).status_code == 400
    assert bob.browser.get("/account").headers["location"] == "/sign-in"
    assert bob.sign_in(bob.browser).headers["location"] == "/account"


def test_a_change_needs_the_revision_one_has_seen(admin, bob, call, person):
    path = f"/v1/people/{person(BOB)['id']}"
    assert call(admin, "PATCH", path, {"role": "reader"}).status_code == 428
    assert call(admin, "PATCH", path, {"role": "reader"}, If_Match='"7"').status_code == 412


def test_one_admin_is_always_left(admin, member, bob, call, person):
    path = f"/v1/people/{person(member.email)['id']}"
    for method, body in (("PATCH", {"role": "reader"}), ("PATCH", {"suspended": True}), ("DELETE", None)):
        answer = call(admin, method, path, body, If_Match='"1"')
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-admin")


def test_an_erased_person_leaves_its_id_in_the_audit_log_and_nothing_else(admin, bob, call, person, database):
    me = person(BOB)["id"]
    assert call(admin, "DELETE", f"/v1/people/{me}").status_code == 204
    assert call(admin, "GET", f"/v1/people/{me}").status_code == 404
    assert bob.browser.get("/account").headers["location"] == "/sign-in"
    with database.surveying("access") as connection:
        for name in ("person_keys", "factors", "recovery_codes", "sessions", "resets"):
            table = schema.metadata.tables[name]
            assert me not in connection.execute(select(table.c.person_id)).scalars().all(), name
    acts = {entry["act"] for entry in call(admin, "GET", f"/v1/audit?subject={me}").json()["items"]}
    assert {"person.joined", "person.removed"} <= acts


def test_an_admin_sees_sessions_and_ends_them(admin, bob, call, person, console):
    tokens, me = console.tokens(bob.browser), person(BOB)["id"]
    [session] = call(admin, "GET", f"/v1/people/{me}/sessions").json()["items"]
    assert session["id"].startswith("ses_")
    assert call(admin, "DELETE", f"/v1/people/{me}/sessions").status_code == 204
    assert call(tokens["access_token"], "GET", "/v1/organization").status_code == 401
    assert call(admin, "GET", f"/v1/people/{me}/sessions").json()["items"] == []


def test_an_admin_helps_a_person_back_in(admin, bob, call, person, open_browser):
    made = call(admin, "POST", f"/v1/people/{person(BOB)['id']}/reset", {"second_step": True})
    assert made.status_code == 201
    browser = open_browser()
    browser.get(made.json()["link"].removeprefix("http://localhost:8000"))
    assert browser.submit(password="another horse battery").headers["location"] == "/account/generator"


def test_people_and_invitations_of_others_do_not_exist(
    admin, call, console, organization, enter, person, member
):
    stranger = enter(organization(name="Other"), "eve@other.example")
    theirs = console.tokens(stranger.browser)["access_token"]
    mine = person(member.email)["id"]
    invited = call(admin, "POST", "/v1/invitations", {"email": BOB, "role": "reader"}).json()["id"]
    for method, path, body in (
        ("GET", f"/v1/people/{mine}", None),
        ("PATCH", f"/v1/people/{mine}", {"suspended": True}),
        ("DELETE", f"/v1/people/{mine}", None),
        ("POST", f"/v1/people/{mine}/reset", {}),
        ("GET", f"/v1/people/{mine}/sessions", None),
        ("DELETE", f"/v1/people/{mine}/sessions", None),
        ("GET", f"/v1/invitations/{invited}", None),
        ("DELETE", f"/v1/invitations/{invited}", None),
    ):
        answer = call(theirs, method, path, body, If_Match="*")
        missing = call(
            theirs, method, path.replace(mine, "per_x").replace(invited, "inv_x"), body, If_Match="*"
        )
        assert answer.status_code == 404, (method, path)
        assert answer.json()["detail"] == missing.json()["detail"]
    assert [one["email"] for one in call(theirs, "GET", "/v1/people").json()["items"]] == [stranger.email]


def test_nothing_personal_lies_open_in_the_database(admin, bob, member, call, database):
    call(admin, "POST", "/v1/invitations", {"email": "eve@acme.example", "role": "reader", "name": "Eve"})
    wanted = [member.email, BOB, "eve@acme.example", member.key, member.password, *member.codes]
    with database.surveying("access") as connection:
        for table in schema.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                text = repr(tuple(row)) + "".join(
                    bytes(value).decode("latin-1") for value in row if isinstance(value, bytes | memoryview)
                )
                assert not [each for each in wanted if each in text], table.name


def test_all_that_is_held_of_a_colleague_is_told_without_its_secrets(admin, call, bob, person):
    answer = call(admin, "GET", f"/v1/people/{person(BOB)['id']}/export")
    told = answer.json()
    assert (told["email"], told["role"], told["has_password"]) == (BOB, "analyst", True)
    assert ([one["kind"] for one in told["factors"]], len(told["sessions"])) == (["totp"], 1)
    assert [secret for secret in (bob.key, bob.password, *bob.codes) if secret in answer.text] == []
    assert call(admin, "GET", told["acts"].replace("?", "?limit=9&")).status_code == 200
    last = call(admin, "GET", f"/v1/audit?subject={told['id']}").json()["items"][-1]
    assert (last["act"], last["client"]) == ("person.exported", person("ann@acme.example")["id"])
