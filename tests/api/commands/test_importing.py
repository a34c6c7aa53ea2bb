"""`touchstone import` and `screen`, on both databases."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from partners.access import ClientOrder, create_client
from partners.client_keys import new_private_key, read_public_keys
from partners.records.audit import audit
from partners.records.listings import listings
from partners.records.trademarks import trademarks

MARKS = "reference,mark,office,nice_classes\nm1,NIKE,EM,25\nm2,PUMA,EM,18;25\n"


@pytest.fixture
def organization(database, now):
    """Make an organization with a client; returns its id."""

    def make(kind):
        public = {name: value for name, value in new_private_key("k").items() if name != "d"}
        jwks = read_public_keys(public) if kind == "customs" else ()
        order = ClientOrder(kind=kind, name="Acme", scopes=(), allowed=["organization:read"], jwks=jwks)
        return create_client(database, order, now).organization_id

    return make


@pytest.fixture
def put(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_text(content)
        return path

    return write


def count(database, table):
    with database.surveying("access") as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_trademarks_are_imported_and_an_import_may_be_repeated(touchstone, organization, put, database):
    file, holder = put("marks.csv", MARKS), organization("rights_holder")
    first = touchstone("import", "trademarks", file, "--organization", holder)
    again = touchstone("import", "trademarks", file, "--organization", holder)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "2 created, 0 replaced, 0 equal, 0 refused" in first.stdout
    assert "0 created, 0 replaced, 2 equal, 0 refused" in again.stdout
    assert count(database, trademarks) == 2


def test_a_refused_row_is_told_with_its_line_and_harms_no_other(touchstone, organization, put, database):
    file = put("marks.csv", f"{MARKS}m3,ADIDAS,ZZ,\nm4,ASICS,EM,99\nm5,FILA,EM,\n")
    done = touchstone("import", "trademarks", file, "--organization", organization("rights_holder"))
    assert done.exit_code == 1
    assert "3 created, 0 replaced, 0 equal, 2 refused" in done.stdout
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["line 4", "line 5"]
    assert count(database, trademarks) == 3


def test_refused_rows_are_written_into_a_file(touchstone, organization, put, tmp_path):
    file = put("marks.csv", f"{MARKS}m3,ADIDAS,ZZ,\nm4\n")
    holder = organization("rights_holder")
    touchstone("import", "trademarks", file, "--organization", holder, "--errors", tmp_path / "bad.ndjson")
    lines = [json.loads(line) for line in (tmp_path / "bad.ndjson").read_text().splitlines()]
    assert [(line["line"], line["status"], line["reference"]) for line in lines] == [
        (4, 422, "m3"),
        (5, 400, None),
    ]


def test_of_equal_references_in_one_file_the_last_stands(touchstone, organization, put, database):
    file = put("marks.csv", "reference,mark,office\nm1,OLD,EM\nm1,NEW,EM\n")
    done = touchstone("import", "trademarks", file, "--organization", organization("rights_holder"))
    assert "1 created, 1 replaced" in done.stdout
    with database.surveying("access") as connection:
        assert connection.scalars(select(trademarks.c.mark)).all() == ["NEW"]


def test_sellers_listings_and_seizures_are_imported(touchstone, organization, put, database):
    shop, douane = organization("marketplace"), organization("customs")
    touchstone(
        "import", "trademarks", put("marks.csv", MARKS), "--organization", organization("rights_holder")
    )
    sellers = put("sellers.ndjson", '{"reference": "S-1", "display_name": "Bright Shop"}\n')
    goods = put("listings.csv", "reference,title,seller\nA-1,Running shoes,S-1\nA-2,Garden chair,\n")
    items = '"[{""commodity"": ""footwear""}]"'
    seized = put("seizures.csv", f"reference,seized_on,administration,items\nZ-1,2026-05-01,FR,{items}\n")
    for noun, file, owner in [
        ("sellers", sellers, shop),
        ("listings", goods, shop),
        ("seizures", seized, douane),
    ]:
        done = touchstone("import", noun, file, "--organization", owner)
        assert (done.exit_code, "0 refused" in done.stdout) == (0, True), done.output
    assert count(database, listings) == 2


def test_rows_belong_to_an_organization_of_their_kind(touchstone, organization, put):
    done = touchstone(
        "import", "trademarks", put("m.csv", MARKS), "--organization", organization("marketplace")
    )
    assert done.exit_code == 1
    assert "it is of kind marketplace" in done.stderr


def test_an_unknown_organization_is_said_to_be_unknown(touchstone, put):
    done = touchstone("import", "trademarks", put("m.csv", MARKS), "--organization", "org_nobody")
    assert (done.exit_code, "no such organization" in done.stderr) == (1, True)


def test_a_file_with_unknown_columns_changes_nothing(touchstone, organization, put, database):
    file = put("m.csv", "reference,mark,office,colour\nm1,NIKE,EM,red\n")
    done = touchstone("import", "trademarks", file, "--organization", organization("rights_holder"))
    assert done.exit_code == 1
    assert "'colour'" in done.stderr
    assert count(database, trademarks) == 0


def test_an_import_is_in_the_audit_log(touchstone, organization, put, database):
    touchstone("import", "trademarks", put("m.csv", MARKS), "--organization", organization("rights_holder"))
    with database.surveying("access") as connection:
        row = connection.execute(select(audit).order_by(audit.c.id.desc())).first()
    assert (row.act, row.detail["created"]) == ("trademarks.imported", 2)


def test_a_file_is_screened_offline_line_by_line(touchstone, organization, put, database):
    touchstone(
        "import", "trademarks", put("marks.csv", MARKS), "--organization", organization("rights_holder")
    )
    file = put("goods.csv", "reference,title\nA-1,Garden chair\n,nothing\nA-3,Nike running shoes\n")
    done = touchstone("screen", file)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(answer["line"], answer["status"], answer["reference"]) for answer in answers] == [
        (2, 200, "A-1"),
        (3, 400, None),
        (4, 200, "A-3"),
    ]
    assert answers[0]["result"]["verdict"] == "clear"
    assert [match["trademark"]["mark"] for match in answers[2]["result"]["matches"]] == ["NIKE"]
    assert done.exit_code == 1
    assert "3 listings: " in done.stderr
    assert count(database, listings) == 0


def test_a_file_is_screened_against_the_marks_of_one_rights_holder(touchstone, organization, put):
    holders = [organization("rights_holder"), organization("rights_holder")]
    for holder, mark in zip(holders, ("NIKE", "PUMA"), strict=True):
        rows = put("marks.csv", f"reference,mark,office\nm,{mark},EM\n")
        touchstone("import", "trademarks", rows, "--organization", holder)
    file = put("goods.csv", "reference,title\nA-1,Nike and Puma running shoes\n")
    found = [_marks_found(touchstone("screen", file, "--holder", holder)) for holder in holders]
    assert [*found, _marks_found(touchstone("screen", file))] == [{"NIKE"}, {"PUMA"}, {"NIKE", "PUMA"}]
    assert "no such organization" in touchstone("screen", file, "--holder", "org_nobody").stderr


@pytest.mark.parametrize(
    ("marks", "found"), [("every", {"NIKE", "PUMA"}), ("enforceable", {"NIKE"}), ("related", set())]
)
def test_a_file_is_screened_against_fewer_marks_if_asked(touchstone, organization, put, marks, found):
    rows = "reference,mark,office,status,nice_classes\na,NIKE,EM,registered,33\nb,PUMA,EM,expired,25\n"
    holder = organization("rights_holder")
    done = touchstone("import", "trademarks", put("marks.csv", rows), "--organization", holder)
    assert done.exit_code == 0, done.output
    file = put("goods.csv", "reference,title,nice_classes\nA-1,Nike and Puma running shoes,25\n")
    assert _marks_found(touchstone("screen", file, "--marks", marks)) == found


def _marks_found(done):
    (line,) = done.stdout.splitlines()
    return {match["trademark"]["mark"] for match in json.loads(line)["result"]["matches"]}
