"""`touchstone holds`: the operator keeps what a court wants kept, and lets it go again, on record."""

import json

import pytest
from sqlalchemy import select

from partners.records.audit import audit


def begin(touchstone, *options):
    return touchstone("holds", "begin", "--reason", "court order 4711", *options)


def listed(touchstone):
    return [json.loads(line) for line in touchstone("holds", "list").output.splitlines()]


def test_a_hold_is_begun_listed_and_lifted_on_record(touchstone, database):
    key = begin(touchstone, "--subject", "lst_1").output.strip()
    [hold] = listed(touchstone)
    assert (hold["id"], hold["subject"], hold["reason"]) == (key, "lst_1", "court order 4711")
    assert touchstone("holds", "lift", key).output == "Lifted.\n"
    assert listed(touchstone)[0]["lifted_at"] is not None
    with database.surveying("access") as connection:
        acts = connection.scalars(select(audit.c.act).where(audit.c.subject == key).order_by(audit.c.id))
        assert list(acts) == ["hold.begun", "hold.lifted"]


@pytest.mark.parametrize("options", [[], ["--everything", "--subject", "lst_1"]])
def test_what_is_kept_is_said(touchstone, options):
    told = begin(touchstone, *options)
    assert (told.exit_code, listed(touchstone)) == (2, [])


@pytest.mark.parametrize("options", [["--organization", "org_none"], ["--event-type", "no.such"]])
def test_what_nothing_can_agree_with_is_refused(touchstone, options):
    told = begin(touchstone, *options)
    assert (told.exit_code, listed(touchstone)) == (1, [])
    assert "no such" in told.output


def test_a_hold_is_lifted_once(touchstone):
    key = begin(touchstone, "--everything").output.strip()
    assert touchstone("holds", "lift", key).exit_code == 0
    assert touchstone("holds", "lift", key).exit_code == 1
