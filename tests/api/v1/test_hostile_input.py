"""What an attacker sends: odd numbers and texts, headers, hosts, cursors and bombs, on the real rooms."""

import gzip
import json
import threading
import zlib

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from api.app import create_app
from api.rights import RIGHTS, scopes_of
from tests.contract import CONTRACT

EVIL = "x-evil"
LISTS = [
    (operation["operationId"], path)
    for path, methods in CONTRACT["paths"].items()
    for operation in methods.values()
    if any(parameter["name"] == "limit" for parameter in operation.get("parameters", []))
]
BODIES = [
    (operation["operationId"], method.upper(), path.replace("{key}", "K-1"))
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
    if "requestBody" in operation and path.startswith("/v1/")
]


@pytest.fixture
def client(house):
    """No limit of rate: each test sends much in no time."""
    settings = replace(house.settings, requests_per_s=0)
    with TestClient(create_app(replace(house, settings=settings))) as client:
        yield client


@pytest.fixture
def shop(partner):
    return partner("marketplace", scopes=scopes_of("marketplace"))


@pytest.fixture
def call(client, token, shop):
    def make(method, path, who=shop, headers=(), **rest):
        return client.request(method, path, headers={**token(who), **dict(headers)}, **rest)

    return make


@pytest.fixture
def anybody(partner):
    """Claims of somebody who may call an operation."""
    known = {}

    def find(operation):
        [kind, *_] = sorted(RIGHTS[operation].kinds)
        return known.setdefault(kind, known.get(kind) or partner(kind, scopes=scopes_of(kind)))

    return find


@pytest.fixture
def submit(call):
    def send(text, **fields):
        body = json.dumps({"reference": "A-1", "title": "A kettle"} | fields)
        body = body.replace('"__raw__"', text)
        return call("POST", "/v1/listings", content=body, headers={"Content-Type": "application/json"})

    return send


def test_a_number_that_does_not_fit_its_field_is_refused(submit):
    for number in ("2147483648", "9223372036854775808", "-1", "1e400", "1.5", "1e2", "NaN", "01"):
        assert submit(number, quantity="__raw__").status_code == 400, number


def test_a_number_at_the_edge_of_its_field_is_taken(submit):
    for number in ("0", "-0", "2147483647"):
        assert submit(number, quantity="__raw__").json()["quantity"] == int(number)


def test_a_number_in_a_free_field_comes_back_as_it_came(submit, call):
    for number in ("9223372036854775807", "9223372036854775808", "18446744073709551616", "-0", "-0.0"):
        assert submit(number, attributes={"n": "__raw__"}).status_code in {200, 201}
        kept = call("GET", "/v1/listings/A-1").json()["attributes"]["n"]
        assert kept == pytest.approx(json.loads(number))


def test_a_number_that_no_float_holds_is_refused_or_kept_never_a_fault(submit):
    for number in ("1e400", "-1e400", "NaN", "Infinity", "1" + "0" * 400):
        assert submit(number, attributes={"n": "__raw__"}).status_code in {200, 201, 400}, number


STRANGE = (
    "\u202eevil\u202c right to left",
    "\u05e0\u05d9\u05d9\u05e7 \u0646\u0627\u064a\u0643",
    "\U0001f45f\U0001f1eb\U0001f1f7 four bytes",
    "a\u0301\u0323 combining",
    "\ufeff\u200b no width",
    "'; drop table listings; --",
    "<script>alert(1)</script>{{7*7}}${7*7}",
    "\x1b[31m\x7f\x85\u2028",
)


def test_a_strange_text_is_kept_as_it_was_sent(call):
    for text in STRANGE:
        body = {"reference": "A-1", "title": text, "attributes": {text: [text]}}
        assert call("POST", "/v1/listings", json=body).status_code in {200, 201}
        kept = call("GET", "/v1/listings/A-1").json()
        assert (kept["title"], kept["attributes"]) == (text, {text: [text]})


def test_half_a_character_and_nul_are_refused_in_free_fields_too(submit):
    for value in ('"\\ud800"', '"\\udc00\\ud800"', '"a\\u0000"', '{"\\ud800": 1}', '{"\\u0000": 1}'):
        assert submit(value, attributes={"n": "__raw__"}).status_code == 400, value


def test_more_values_than_a_document_may_have_are_refused(submit):
    assert submit("[" + "0," * 20_001 + "0]", attributes={"n": "__raw__"}).status_code == 400
    assert submit('"' + "," * 20_000 + '"', attributes={"n": "__raw__"}).status_code == 201


def test_of_a_repeated_key_the_last_value_wins(submit):
    assert submit('1, "quantity": 2', quantity="__raw__").json()["quantity"] == 2


def test_a_reference_that_could_break_a_header_or_pass_for_an_id_is_refused(call):
    for reference in ("a\r\nX-Evil: 1", "a\nb", "\x00", "", "x" * 401, "lst_01m802n0txebcbepfben37v81v"):
        answer = call("POST", "/v1/listings", json={"reference": reference, "title": "A kettle"})
        assert answer.status_code in {400, 422}
        assert EVIL not in answer.headers


def test_a_path_with_control_characters_leads_nowhere(call):
    for path in ("/v1/listings/a%0d%0aX-Evil:%201", "/v1/listings/%00", "/v1/%0d%0aX-Evil:%201"):
        answer = call("GET", path)
        assert answer.status_code == 404
        assert EVIL not in answer.headers


def test_a_filter_cannot_break_the_link_header(call):
    call("POST", "/v1/listings", json={"reference": "A-1", "title": "A kettle", "seller": "a>b"})
    answer = call("GET", "/v1/listings", params={"limit": 1, "seller": "a>b"})
    assert answer.headers["link"].count(">") == 1
    spoilt = call("GET", "/v1/listings", params={"limit": 1, "seller": "a\r\nX-Evil: 1"})
    assert EVIL not in spoilt.headers


def test_what_is_echoed_is_checked_first(exchange, house):
    for name in ("x-request-id", "traceparent", "idempotency-key"):
        start, *_ = exchange(create_app(house), "GET", "/healthz", {name: "a\r\nX-Evil: 1"}, [b""])
        assert all(b"\r" not in value and b"\n" not in value for _, value in start["headers"])


def test_a_method_is_what_it_is(call):
    call("POST", "/v1/listings", json={"reference": "A-1", "title": "A kettle"})
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert call("POST", "/v1/listings/A-1", headers={header: "DELETE"}).status_code == 405
        assert call("GET", "/v1/listings/A-1", headers={header: "DELETE"}).status_code == 200
    assert call("GET", "/v1/listings/A-1", params={"_method": "DELETE"}).status_code == 400
    assert call("GET", "/v1/listings/A-1").status_code == 200


SPOOFED = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}


def test_a_spoofed_host_alters_no_address_of_ours(client, call):
    for number in range(2):
        call("POST", "/v1/listings", json={"reference": f"A-{number}", "title": "A kettle"})
    for path in ("/openapi.json", "/.well-known/oauth-authorization-server", "/docs"):
        assert "evil.example" not in client.get(path, headers=SPOOFED).text
    answer = call("GET", "/v1/listings?limit=1", headers=SPOOFED)
    assert answer.headers["link"].startswith("</v1/listings?")
    assert "evil.example" not in str(answer.headers) + answer.text


def test_every_list_refuses_a_limit_out_of_bounds(call, anybody):
    for operation, path in LISTS:
        for limit in ("0", "-1", "201", "1e99", "NaN", "", "9" * 400, "%00"):
            answer = call("GET", f"{path}?limit={limit}", anybody(operation))
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/limit"), limit
        found = 404 if "{key}" in path else 200  # a list of what is not there
        assert call("GET", f"{path}?limit=200", anybody(operation)).status_code == found


def test_every_list_refuses_a_cursor_that_is_no_good(call, anybody):
    for operation, path in LISTS:
        for cursor in ("x", "AAAA", "../../etc", "%F0%9F%91%9F", "A" * 2001, "0", ""):
            assert call("GET", f"{path}?after={cursor}", anybody(operation)).status_code == 400, cursor


def test_a_cursor_serves_its_own_client_and_list_only(call, partner):
    for number in range(2):
        call("POST", "/v1/listings", json={"reference": f"A-{number}", "title": "A kettle", "seller": "S"})
    cursor = call("GET", "/v1/listings?limit=1").json()["next"]
    assert call("GET", f"/v1/listings?after={cursor}").status_code == 200
    other = partner("marketplace", name="Other", scopes=scopes_of("marketplace"))
    assert call("GET", f"/v1/listings?after={cursor}", other).status_code == 400
    assert call("GET", f"/v1/sellers?after={cursor}").status_code == 400
    assert call("GET", f"/v1/listings?verdict=clear&after={cursor}").status_code == 400
    assert call("GET", f"/v1/listings?after={cursor[:-2]}").status_code == 400


BOMB = b'{"reference": "' + b"x" * 5_000_000 + b'"}'
PACKED = {
    "gzip": gzip.compress(BOMB),
    "deflate": zlib.compress(BOMB),
    "br": b"\x1b",
    "GZIP, gzip": gzip.compress(BOMB),
}


def test_a_packed_body_is_never_unpacked(call, anybody):
    for operation, method, path in BODIES:
        for encoding, body in PACKED.items():
            headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
            answer = call(method, path, anybody(operation), headers, content=body)
            assert answer.json()["type"] == "/problems/unsupported-media-type", (operation, encoding)


def test_a_patch_and_a_delete_at_once_leave_nothing_behind(call):
    answer = call("POST", "/v1/webhook-endpoints", json={"url": "https://hooks.example.com/in"})
    path, outcomes = f"/v1/webhook-endpoints/{answer.json()['id']}", []

    def send(method, **rest):
        outcomes.append((method, call(method, path, headers={"If-Match": "*"}, **rest).status_code))

    threads = [
        threading.Thread(target=send, args=("PATCH",), kwargs={"json": {"rate_per_s": n + 1}})
        for n in range(3)
    ]
    threads.append(threading.Thread(target=send, args=("DELETE",)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for method, status in outcomes if method == "DELETE"} == {204}
    assert {status for method, status in outcomes if method == "PATCH"} <= {200, 404}
    assert call("GET", path).status_code == 404
