"""The table of rights names every table of ours, and nobody reaches what is not its own."""

import pytest

from partners.principal import KINDS
from partners.records.schema import metadata
from partners.tenancy.acts import REACH_OF_ACTS
from partners.tenancy.kinds import REACH_OF_KINDS
from partners.tenancy.reach import EVERY_ROW, VERBS
from partners.tenancy.rights import RIGHTS, WITHOUT_ROWS

# Ids of tokens taken back are nobody's; flags, and sellers by their pseudonym, customs see of all. A table of
# scores is made of what many rights holders judged, and names none: marketplaces read what scored theirs.
OF_EVERYBODY = {("revoked_tokens", kind) for kind in KINDS} | {
    ("flags", "customs"),
    ("sellers", "customs"),
    ("calibrations", "marketplace"),
}
# Of no partner: keys, blind indexes, kept answers, counters, and what is spent.
OF_NO_PARTNER = {
    "buckets",
    "data_keys",
    "feeds",
    "kept_answers",
    "legal_holds",
    "master_checks",
    "seizure_keys",
    "seller_keys",
    "signing_keys",
    "spent_assertions",
    "spent_proofs",
    "stock",
}


@pytest.mark.parametrize("table", sorted(metadata.tables))
def test_every_table_has_its_row(table):
    advice = (
        f"nobody may do anything with the table {table} on PostgreSQL. Add it to partners/tenancy/kinds.py"
        " for each kind of partner that reads or writes it (`own()` where the row has `organization_id`,"
        " `theirs()` where it belongs to a row that has), and to partners/tenancy/acts.py for each act that"
        " touches it (`every(verbs)`, with r, i, u, d for read, insert, update, delete)."
    )
    assert table in RIGHTS, advice


def test_every_row_is_a_table_and_names_columns_that_it_has():
    assert RIGHTS.keys() - WITHOUT_ROWS == metadata.tables.keys()
    for table in RIGHTS.keys() - WITHOUT_ROWS:
        known = {column.name for column in metadata.tables[table].columns}
        for role, reach in RIGHTS[table].items():
            assert {*reach.columns, *reach.changes} <= known, (table, role)
            assert set(reach.verbs) <= VERBS.keys(), (table, role)
            assert not reach.changes or "u" in reach.verbs, (table, role)
            assert not reach.columns or "r" in reach.verbs, (table, role)


def test_a_kind_reaches_all_rows_of_nothing_but_the_named_exceptions():
    found = {
        (table, kind)
        for kind, reaches in REACH_OF_KINDS.items()
        for table, reach in reaches.items()
        if reach.rows == EVERY_ROW
    }
    assert found == OF_EVERYBODY


def test_what_all_may_see_is_read_only_and_by_columns_that_name_nobody():
    for table, kind in OF_EVERYBODY:
        assert REACH_OF_KINDS[kind][table].verbs == "r"
    assert not {"party", "reference"} & set(REACH_OF_KINDS["customs"]["sellers"].columns)
    assert REACH_OF_KINDS["marketplace"]["revoked_tokens"].columns == ("token_id",)
    assert not {"reliability", "known"} & set(REACH_OF_KINDS["marketplace"]["calibrations"].columns)


def test_no_kind_reaches_keys_indexes_or_counters():
    assert {table for reaches in REACH_OF_KINDS.values() for table in reaches} & OF_NO_PARTNER == set()


def test_the_audit_log_is_only_added_to_and_sealed():
    for reaches in (*REACH_OF_KINDS.values(), *REACH_OF_ACTS.values()):
        if "audit" in reaches and reaches is not REACH_OF_ACTS["sealing"]:
            assert set(reaches["audit"].verbs) <= {"r", "i"}
    assert REACH_OF_ACTS["sealing"]["audit"].changes == ("position", "chain")
