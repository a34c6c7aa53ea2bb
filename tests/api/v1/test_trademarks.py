"""Registrations over HTTP: one, many, replaced, refused, and whose they are."""

import json

import pytest

NIKE = {"reference": "EM-1", "mark": "NIKE", "office": "EM", "nice_classes": [18, 25], "territories": ["EU"]}
SCOPES = ["trademarks:read", "trademarks:write"]


@pytest.fixture
def caller(partner):
    return partner("rights_holder", scopes=SCOPES)


def test_a_registration_is_created_read_replaced_and_deleted(call):
    made = call("POST", "/v1/trademarks", NIKE)
    assert (made.status_code, made.headers["etag"].split("-")[0]) == (201, '"1')
    body = made.json()
    assert body["id"].startswith("tm_")
    assert (body["in_force"], body["kind"], body["status"]) == (True, "word", "registered")
    assert call("GET", "/v1/trademarks/EM-1").json() == body
    again = call("PUT", f"/v1/trademarks/{body['id']}", NIKE | {"spellings": ["N1KE"]})
    assert (again.status_code, again.json()["revision"]) == (200, 2)
    assert call("DELETE", "/v1/trademarks/EM-1").status_code == 204
    assert call("GET", "/v1/trademarks/EM-1").status_code == 404


def test_genuine_products_are_kept_with_their_barcodes_and_prices(call):
    price = {"amount": "129.90", "currency": "EUR"}
    body = NIKE | {"genuine": [{"gtin": "4006381333931", "name": "Runner", "price": price}]}
    made = call("POST", "/v1/trademarks", body)
    assert (made.status_code, made.json()["genuine"]) == (201, body["genuine"])
    again = call("POST", "/v1/trademarks", body)
    assert (again.status_code, again.json()) == (200, made.json())


def test_equal_content_is_answered_with_200_and_the_same_revision(call):
    first = call("POST", "/v1/trademarks", NIKE)
    again = call("POST", "/v1/trademarks", NIKE)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"nice_classes": [46]}, 422, "/nice_classes/0"),
        ({"office": "QQ"}, 422, "/office"),
        ({"filed_on": "2020-02-01", "registered_on": "2020-01-01"}, 422, "/registered_on"),
        ({"reference": "tm_01m7zzd93pepsaydqp0rnw6psp"}, 422, "/reference"),
        ({"genuine": [{"gtin": "4006381333932"}]}, 422, "/genuine/0/gtin"),
        ({"genuine": [{"name": " "}]}, 422, "/genuine/0"),
        (
            {"genuine": [{"name": "x", "price": {"amount": "1", "currency": "ZZZ"}}]},
            422,
            "/genuine/0/price/currency",
        ),
        ({"office": "EUR"}, 400, "/office"),
        ({"nice_classes": ["25"]}, 400, "/nice_classes/0"),
        ({"filed_on": "yesterday"}, 400, "/filed_on"),
        ({"owner": "me"}, 400, "/owner"),
        ({"mark": ""}, 400, "/mark"),
    ],
)
def test_what_does_not_decode_is_400_and_a_broken_rule_422(call, change, status, pointer):
    answer = call("POST", "/v1/trademarks", NIKE | change)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)


def test_a_stream_answers_line_by_line(call, client, token, partner):
    lines = [NIKE, NIKE | {"reference": "2", "office": "QQ"}, NIKE | {"reference": "3"}]
    body = "\n".join(map(json.dumps, lines))
    owner = partner("rights_holder", "Other", scopes=SCOPES)
    headers = {**token(owner), "Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/trademarks", content=body, headers=headers)
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [(row["line"], row["status"], row["reference"]) for row in rows] == [
        (1, 201, "EM-1"),
        (2, 422, "2"),
        (3, 201, "3"),
    ]


def test_a_reference_with_a_slash_is_reached_percent_encoded(call):
    call("POST", "/v1/trademarks", NIKE | {"reference": "EM/1"})
    assert call("GET", "/v1/trademarks/EM%2F1").json()["reference"] == "EM/1"


def test_a_put_to_an_unknown_reference_adds_it_and_another_name_in_the_body_is_refused(call):
    assert call("PUT", "/v1/trademarks/EM-1", NIKE).status_code == 201
    assert call("PUT", "/v1/trademarks/EM-2", NIKE).status_code == 422


def test_if_match_is_honored_where_it_is_sent(call):
    call("POST", "/v1/trademarks", NIKE)
    stale = {"If-Match": '"7"'}
    assert call("PUT", "/v1/trademarks/EM-1", NIKE | {"goods": "shoes"}, stale).status_code == 412
    assert call("DELETE", "/v1/trademarks/EM-1", headers=stale).status_code == 412
    assert call("DELETE", "/v1/trademarks/EM-1", headers={"If-Match": '"1"'}).status_code == 204


def test_a_list_goes_on_by_its_cursor(call):
    for number in range(3):
        call("POST", "/v1/trademarks", NIKE | {"reference": str(number)})
    first = call("GET", "/v1/trademarks?limit=2&status=registered").json()
    rest = call("GET", f"/v1/trademarks?limit=2&status=registered&after={first['next']}").json()
    assert [item["reference"] for item in first["items"] + rest["items"]] == ["0", "1", "2"]


def test_what_is_another_rights_holders_does_not_exist(call, partner):
    made = call("POST", "/v1/trademarks", NIKE).json()
    stranger = partner("rights_holder", "Stranger", scopes=SCOPES)
    for method in ("GET", "DELETE"):
        assert call(method, f"/v1/trademarks/{made['id']}", who=stranger).status_code == 404
    assert call("PUT", f"/v1/trademarks/{made['id']}", NIKE, who=stranger).status_code == 404


def test_a_marketplace_registers_nothing(call, partner):
    assert call("POST", "/v1/trademarks", NIKE, who=partner("marketplace", scopes=SCOPES)).status_code == 403
