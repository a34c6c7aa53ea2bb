"""A GET that names what it knows is answered 304, and what reads otherwise has another tag."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from api.rights import scopes_of
from partners.records.screenings import screenings

ATTRIBUTES = {"size": 42, "width": 1.5, "big": 2**60, "a": {"z": -1, "long": [1, 2.0, 0.1]}, "n": None}
LISTING = {"reference": "A-1", "title": "Running shoes", "attributes": ATTRIBUTES}


@pytest.fixture
def ask(client, partner, token):
    caller = token(partner("marketplace", scopes=scopes_of("marketplace")))

    def call(method, path, body=None, **headers):
        return client.request(method, path, json=body, headers=caller | headers)

    assert call("POST", "/v1/listings", LISTING).status_code == 201
    return call


def test_what_is_known_is_not_sent_again(ask):
    first = ask("GET", "/v1/listings/A-1")
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = ask("GET", "/v1/listings/A-1", **{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), known
        assert "content-length" not in again.headers
    for other in ('"1"', '"1-0000000000000000"', "nonsense"):
        assert ask("GET", "/v1/listings/A-1", **{"If-None-Match": other}).status_code == 200, other


def test_a_new_screening_is_another_tag_at_the_same_revision(ask, database):
    first = ask("GET", "/v1/listings/A-1")

    def rescreen(connection, _):
        document = connection.scalar(select(screenings.c.document))
        connection.execute(update(screenings).values(document=document | {"score": 0.77}))

    database.acting("screening", rescreen)
    second = ask("GET", "/v1/listings/A-1", **{"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.json()["revision"]) == (200, first.json()["revision"])
    assert second.headers["etag"] != first.headers["etag"]
    replaced = ask("PUT", "/v1/listings/A-1", LISTING, **{"If-Match": first.headers["etag"]})
    assert replaced.status_code == 200  # nothing of what others added is lost


def test_a_write_answers_the_tag_that_a_read_has(ask):
    written = ask("PUT", "/v1/listings/A-1", LISTING | {"title": "Others"})
    read = ask("GET", "/v1/listings/A-1")
    assert written.content == read.content
    assert written.headers["etag"] == read.headers["etag"]
    assert ask("HEAD", "/v1/listings/A-1").headers["etag"] == read.headers["etag"]


def test_attributes_read_back_as_they_were_sent(ask):
    read = ask("GET", "/v1/listings/A-1")
    assert read.json()["attributes"] == ATTRIBUTES
    kinds = {name: type(value) for name, value in read.json()["attributes"].items()}
    assert kinds == {name: type(value) for name, value in ATTRIBUTES.items()}


def test_a_number_reads_the_same_on_both_databases(ask):
    sent = {"far": 1e22, "near": 1e15, "many": 10**20}
    read = ask("PUT", "/v1/listings/A-1", LISTING | {"attributes": sent}).json()["attributes"]
    assert ask("GET", "/v1/listings/A-1").json()["attributes"] == read == sent
    assert [type(read[name]) for name in sent] == [int, float, int]


@pytest.mark.parametrize(
    "path", ["/v1/listings/", "/v1/listings/A-1/", "/healthz/", "/v1//listings", "/oauth/token/"]
)
def test_a_slash_too_many_leads_nowhere(ask, path):
    answer = ask("GET", path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
