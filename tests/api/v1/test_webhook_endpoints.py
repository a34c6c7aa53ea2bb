"""Endpoints over HTTP: their life, their secrets, and who may see them."""

import pytest

URL = "https://hooks.example.com/in"
SCOPES = ["webhooks:read", "webhooks:write"]


@pytest.fixture
def claims(partner):
    return partner("marketplace", scopes=SCOPES)


@pytest.fixture
def caller(claims):
    return claims


@pytest.fixture
def made(call):
    answer = call("POST", "/v1/webhook-endpoints", {"url": URL})
    assert answer.status_code == 201, answer.text
    return answer


def test_a_new_endpoint_is_pending_and_shows_its_secret_once(call, made):
    body = made.json()
    assert body["status"] == "pending"
    assert body["secret"].startswith("whsec_")
    again = call("GET", f"/v1/webhook-endpoints/{body['id']}").json()
    assert "secret" not in again
    assert again["url"] == URL


def test_another_organization_does_not_find_it(call, made, partner):
    other = partner("marketplace", name="Other", scopes=SCOPES)
    path = f"/v1/webhook-endpoints/{made.json()['id']}"
    for method, where, body in [
        ("GET", path, None),
        ("DELETE", path, None),
        ("PATCH", path, {"labels": {}}),
        ("POST", f"{path}/secret", {}),
        ("POST", f"{path}/test", None),
        ("POST", f"{path}/verification", {"challenge": "x"}),
    ]:
        assert call(method, where, body, {"If-Match": "*"}, who=other).status_code == 404
    assert call("GET", "/v1/webhook-endpoints", who=other).json()["items"] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://u:p@example.com/",
        "https://localhost/",
        "https://2130706433/",
        "https://example.com:25/",
        "https://example.com/#f",
    ],
)
def test_a_url_that_may_not_be_called_breaks_a_rule(call, url):
    answer = call("POST", "/v1/webhook-endpoints", {"url": url})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/url"


def test_a_type_that_this_kind_of_partner_never_hears_of_breaks_a_rule(call):
    answer = call("POST", "/v1/webhook-endpoints", {"url": URL, "event_types": ["seizure.reported"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/event_types/0"


def test_a_change_needs_the_etag_that_was_read(call, made):
    path, change = f"/v1/webhook-endpoints/{made.json()['id']}", {"labels": {"verdict": "alert"}}
    assert call("PATCH", path, change).status_code == 428
    assert call("PATCH", path, change, {"If-Match": '"7"'}).status_code == 412
    changed = call("PATCH", path, change, {"If-Match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["labels"]) == (200, {"verdict": "alert"})
    assert changed.headers["etag"] != made.headers["etag"]


def test_the_challenge_is_not_readable_through_the_api(call, made, database):
    delivery = call("GET", "/v1/deliveries").json()["items"][0]
    assert delivery["event_type"] == "endpoint.verification"
    assert call("GET", f"/v1/events/{delivery['event']}").status_code == 404


def test_a_wrong_challenge_breaks_a_rule_and_leaves_it_pending(call, made):
    path = f"/v1/webhook-endpoints/{made.json()['id']}"
    assert call("POST", f"{path}/verification", {"challenge": "guess"}).status_code == 422
    assert call("GET", path).json()["status"] == "pending"


def test_a_pending_endpoint_gets_no_test_event(call, made):
    assert call("POST", f"/v1/webhook-endpoints/{made.json()['id']}/test").status_code == 409


def test_rotation_gives_another_secret_and_says_when_the_old_one_ends(call, made):
    path = f"/v1/webhook-endpoints/{made.json()['id']}/secret"
    answer = call("POST", path, {"overlap_hours": 2})
    assert answer.status_code == 201
    assert answer.json()["secret"] != made.json()["secret"]
    assert answer.json()["previous_expire_at"] == "2026-11-21T14:00:00Z"
    assert call("POST", path, {"overlap_hours": 169}).status_code == 400


def test_a_deleted_endpoint_is_gone_and_its_deliveries_cancelled(call, made):
    path = f"/v1/webhook-endpoints/{made.json()['id']}"
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404
    assert [one["state"] for one in call("GET", "/v1/deliveries").json()["items"]] == ["cancelled"]


def test_endpoints_are_listed_page_by_page(call, made):
    second = call("POST", "/v1/webhook-endpoints", {"url": URL + "/2"}).json()
    first_page = call("GET", "/v1/webhook-endpoints?limit=1").json()
    assert [one["id"] for one in first_page["items"]] == [made.json()["id"]]
    rest = call("GET", f"/v1/webhook-endpoints?limit=1&after={first_page['next']}").json()
    assert [one["id"] for one in rest["items"]] == [second["id"]]


def test_a_change_is_a_merge_patch(call, made):
    path, patch = f"/v1/webhook-endpoints/{made.json()['id']}", {"If-Match": "*"}
    call(
        "PATCH", path, {"labels": {"verdict": "review", "listing": "A-1"}, "event_types": ["match.*"]}, patch
    )
    merged = call("PATCH", path, {"labels": {"verdict": "alert", "listing": None}}, patch).json()
    assert (merged["labels"], merged["event_types"]) == ({"verdict": "alert"}, ["match.*"])
    emptied = call("PATCH", path, {"labels": None, "event_types": None}, patch).json()
    assert (emptied["labels"], emptied["event_types"]) == ({}, ["*"])


@pytest.mark.parametrize(
    "body", [{"url": None}, {"status": None}, {"no_such": 1}, {"labels": {"a": 1}}, [], None]
)
def test_a_patch_that_leaves_something_unfit_is_refused(call, made, body):
    answer = call("PATCH", f"/v1/webhook-endpoints/{made.json()['id']}", body, {"If-Match": "*"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_an_endpoint_is_found_by_its_partners_own_reference(call, partner):
    asked = {"url": URL, "reference": "shop/1", "metadata": {"team": "trust"}}
    made = call("POST", "/v1/webhook-endpoints", asked)
    assert made.status_code == 201
    path = "/v1/webhook-endpoints/shop%2F1"
    assert call("GET", path).json()["id"] == made.json()["id"]
    other = partner("marketplace", name="Other", scopes=SCOPES)
    assert call("GET", path, who=other).status_code == 404
    assert call("POST", "/v1/webhook-endpoints", asked, who=other).status_code == 201
    assert call("DELETE", path).status_code == 204
    assert call("GET", path).status_code == 404
    assert call("POST", "/v1/webhook-endpoints", asked).status_code == 201


def test_a_reference_names_one_endpoint_and_is_no_id_of_ours(call):
    assert call("POST", "/v1/webhook-endpoints", {"url": URL, "reference": "one"}).status_code == 201
    assert call("POST", "/v1/webhook-endpoints", {"url": URL, "reference": "one"}).status_code == 409
    ours = "end_01m80a07mcez1sknv2000xerpr"
    assert call("POST", "/v1/webhook-endpoints", {"url": URL, "reference": ours}).status_code == 422


def test_metadata_are_merged_name_by_name(call):
    asked = {"url": URL, "reference": "one", "metadata": {"team": "trust", "tier": "gold"}}
    call("POST", "/v1/webhook-endpoints", asked)
    patch = {"metadata": {"tier": None, "owner": "ops"}}
    changed = call("PATCH", "/v1/webhook-endpoints/one", patch, {"If-Match": "*"})
    assert changed.json()["metadata"] == {"team": "trust", "owner": "ops"}
