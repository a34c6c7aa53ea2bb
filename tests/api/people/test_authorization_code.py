"""The code flow, and the ways to cheat at it (RFC 6749, 7636, 9207, 9700)."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

from joserfc import jwt
from sqlalchemy import update

from partners.records.clients import clients

DENIED = {"error": "invalid_grant"}


def refused(answer):
    return answer.status_code, answer.json()["error"]


def test_a_person_who_has_signed_in_gives_the_client_a_token(console, member, house, call):
    answer = console.read(console.ask(member.browser, scope="organization:read"))
    assert (answer["state"], answer["iss"]) == ("st-1", "http://localhost:8000")
    body = console.exchange(answer["code"]).json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 300, "organization:read")
    assert "id_token" not in body
    said = jwt.decode(body["access_token"], house.signer.public_keys(), algorithms=["ES256"]).claims
    assert said["sub"].startswith("per_")
    assert (said["client_id"], said["role"]) == (console.made.client_id, "admin")
    shown = call(body["access_token"], "GET", "/v1/organization").json()
    assert (shown["id"], shown["kind"]) == (member.organization_id, "rights_holder")


def test_without_a_session_the_browser_signs_in_first_and_then_goes_on(console, member, open_browser):
    browser = open_browser()
    answer = console.ask(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in{console.query()}")
    done = member.sign_in(browser, console.query())
    assert done.headers["location"] == f"/oauth/authorize{console.query()}"
    assert console.exchange(console.read(browser.follow())["code"]).status_code == 200


def test_a_half_session_gives_no_code(console, member, open_browser):
    browser = open_browser()
    browser.get("/sign-in")
    browser.submit(email=member.email, password=member.password)
    assert console.ask(browser).headers["location"].startswith("/sign-in?")


WITHOUT_PKCE = [
    {"code_challenge": None, "code_challenge_method": None},
    {"code_challenge_method": "plain"},
    {"code_challenge_method": None},
    {"code_challenge_method": "s256"},
    {"code_challenge": None},
    {"code_challenge": "short"},
    {"code_challenge": "=" * 43},
    {"response_mode": "fragment"},
    {"request": "eyJ.e30."},
    {"state": "s" * 3_000},
]


def test_a_request_without_pkce_s256_is_sent_back(console, member):
    for changes in WITHOUT_PKCE:
        answer = console.read(console.ask(member.browser, **changes))
        assert (answer["error"], "code" in answer) == ("invalid_request", False), changes
        assert answer["iss"] == "http://localhost:8000"


def test_other_flows_are_refused(console, member):
    for response_type in ("token", "id_token", "code id_token", "none", ""):
        answer = console.read(console.ask(member.browser, response_type=response_type))
        assert answer["error"] in {"unsupported_response_type", "unauthorized_client"}, response_type


NOT_REGISTERED = [
    None,
    "",
    "https://evil.example/callback",
    "https://console.example/callback/",
    "https://console.example/callback?x=1",
    "https://console.example/CALLBACK",
    "https://console.example/callback#x",
    "https://console.example:443/callback",
    "http://console.example/callback",
    "https://console.example@evil.example/callback",
    "https://console.example/callback/../callback",
    "//evil.example",
    "javascript:alert(1)",
]


def test_nobody_is_sent_to_an_address_that_was_not_registered(console, member):
    for redirect_uri in NOT_REGISTERED:
        answer = console.ask(member.browser, redirect_uri=redirect_uri)
        assert (answer.status_code, "location" in answer.headers) == (400, False), redirect_uri
        assert "evil" not in answer.text


def test_an_unknown_client_is_told_on_a_page(console, member):
    for client_id in (None, "", "cli_nobody", "\x00"):
        answer = console.ask(member.browser, client_id=client_id)
        assert (answer.status_code, "location" in answer.headers) == (400, False), client_id


def test_a_program_without_redirect_uris_cannot_ask_for_a_code(console, member, make_console, database):
    empty = update(clients).where(clients.c.id == console.made.client_id).values(redirect_uris=[])
    database.acting("access", lambda connection, _: connection.execute(empty))
    assert console.ask(member.browser).status_code == 400


def test_a_repeated_parameter_is_refused(console, member):
    answer = member.browser.get(f"/oauth/authorize{console.query()}&scope=a&scope=b")
    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_a_scope_that_is_not_registered_is_sent_back(make_console, member):
    console = make_console(scopes=["organization:read"])
    assert console.read(console.ask(member.browser, scope="people:read"))["error"] == "invalid_scope"


def test_a_code_is_good_once_and_takes_back_what_it_gave(console, member, call):
    code = console.code(member.browser)
    body = console.exchange(code).json()
    assert call(body["access_token"], "GET", "/v1/organization").status_code == 200
    assert refused(console.exchange(code)) == (400, "invalid_grant")
    assert call(body["access_token"], "GET", "/v1/organization").status_code == 401
    assert refused(console.refresh(body["refresh_token"])) == (400, "invalid_grant")


def test_of_many_exchanges_at_once_one_wins(console, member):
    code = console.code(member.browser)
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(console.exchange, [code] * 8))
    assert statuses == [200, *[400] * 7]


def test_a_code_lives_a_minute(console, member, turn):
    code = console.code(member.browser)
    turn(seconds=61)
    assert refused(console.exchange(code)) == (400, "invalid_grant")


def test_a_code_is_bound_to_its_client(console, member, make_console):
    other = make_console()
    code = console.code(member.browser)
    other.verifier = console.verifier
    assert refused(other.exchange(code)) == (400, "invalid_grant")
    assert console.exchange(code).status_code == 200  # a thief without the client's proof cannot spend it


WRONG_EXCHANGES = [
    ({"code_verifier": "x" * 43}, "invalid_grant"),
    ({"code_verifier": None}, "invalid_request"),
    ({"code_verifier": "short"}, "invalid_request"),
    ({"redirect_uri": "https://evil.example/callback"}, "invalid_grant"),
    ({"redirect_uri": None}, "invalid_grant"),
    ({"code": "nothing"}, "invalid_grant"),
    ({"code": None}, "invalid_request"),
]


def test_a_code_is_bound_to_its_verifier_and_its_address(console, member):
    for changes, error in WRONG_EXCHANGES:
        code = console.code(member.browser)
        assert refused(console.exchange(**({"code": code} | changes))) == (400, error), changes
        if "code" not in changes:  # it was spent by that: nobody tries verifiers one by one
            assert refused(console.exchange(code)) == (400, "invalid_grant")


def test_the_challenge_itself_is_no_verifier(console, member):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(console.verifier.encode()).digest()).rstrip(b"=")
    code = console.code(member.browser)
    assert refused(console.exchange(code, code_verifier=challenge.decode())) == (400, "invalid_grant")


def test_the_client_proves_itself_when_it_spends_a_code(console, member, client):
    form = {"grant_type": "authorization_code", "code": console.code(member.browser)}
    form |= {"client_id": console.made.client_id, "redirect_uri": console.redirect_uri}
    answer = client.post("/oauth/token", data=form | {"code_verifier": console.verifier})
    assert refused(answer) == (401, "invalid_client")


def test_a_client_that_speaks_for_people_does_not_speak_for_itself(console):
    assert refused(console.post(grant_type="client_credentials")) == (400, "unauthorized_client")


def test_the_client_of_one_organization_does_not_serve_anothers_people(make_console, organization, member):
    console = make_console(kind="rights_holder", organization_id=organization(name="Other"))
    assert console.read(console.ask(member.browser))["error"] == "access_denied"


def test_the_client_of_the_own_organization_does(make_console, member, call):
    console = make_console(kind="rights_holder", organization_id=member.organization_id)
    token = console.tokens(member.browser)["access_token"]
    assert call(token, "GET", "/v1/organization").status_code == 200


def test_the_metadata_name_the_flow(client):
    metadata = client.get("/.well-known/oauth-authorization-server").json()
    assert metadata["authorization_endpoint"] == "http://localhost:8000/oauth/authorize"
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert {"authorization_code", "refresh_token"} <= set(metadata["grant_types_supported"])


def test_an_organization_reads_where_its_client_sends_people(make_console, member, call):
    console = make_console(kind="rights_holder", organization_id=member.organization_id)
    token = console.tokens(member.browser)["access_token"]
    [shown] = call(token, "GET", "/v1/clients").json()["items"]
    assert shown["redirect_uris"] == [console.redirect_uri]
