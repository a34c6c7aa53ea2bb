from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from matching.model import Party
from partners.db import upsert
from partners.errors import RuleBroken, Unauthorized
from partners.inquiring import Grounds, Inquiry, disclose, look_up
from partners.records.audit import audit
from partners.records.clients import revoked_tokens

WHY = Grounds(purpose="control of a parcel", reference="OP-7")


@pytest.fixture
def flagged(partner, enroll, seize, seizure_report, bright, flags_of):
    """Customs, and a flag that their seizure raised."""
    customs = partner("customs")
    enroll(partner("marketplace", "MegaMart"), "S-9", bright)
    seize(customs, seizure_report())
    return customs, flags_of()[0]


@pytest.fixture
def audited(database):
    def count(act):
        with database.surveying("access") as connection:
            return connection.scalar(select(func.count()).select_from(audit).where(audit.c.act == act))

    return count


def test_no_audit_row_no_person(desk, flagged, audited, now):
    customs, flag = flagged
    unwritable = Grounds(purpose=object(), reference="OP-7")
    with pytest.raises((StatementError, TypeError)):
        disclose(desk, customs, flag.id, unwritable, now)
    assert audited("flag.disclosed") == 0


def test_a_disclosure_opens_every_account_of_the_seller(desk, flagged, enroll, partner, bright, now):
    customs, flag = flagged
    enroll(partner("marketplace", "B"), "77", bright)
    found = disclose(desk, customs, flag.id, WHY, now)
    assert [(account.marketplace, account.reference) for account in found] == [
        ("MegaMart", "S-9"),
        ("B", "77"),
    ]
    assert {account.party for account in found} == {bright}


def test_two_accounts_of_one_seller_are_one_candidate(desk, flagged, enroll, partner, bright, now):
    customs, flag = flagged
    enroll(partner("marketplace", "B"), "77", bright)
    [finding] = look_up(desk, customs, [Inquiry(party=bright, purpose="p", reference="r")], now)
    [candidate] = finding.candidates
    assert (candidate.pseudonym, candidate.marketplaces) == (flag.pseudonym, 2)
    assert candidate.flag.id == flag.id


def test_a_look_up_that_is_refused_leaves_no_trace(desk, flagged, audited, now):
    bad = Inquiry(party=Party(email="nobody"), purpose="p", reference="r")
    [refused] = look_up(desk, flagged[0], [bad], now)
    assert isinstance(refused, RuleBroken)
    assert audited("flag.looked_up") == 0


def test_a_revoked_token_looks_nobody_up(desk, flagged, audited, bright, now):
    customs, _ = flagged
    row = {"token_id": customs.token_id, "expires_at": now}
    desk.database.acting("access", lambda c, _: upsert(c, revoked_tokens, [row], ["token_id"]))
    with pytest.raises(Unauthorized):
        look_up(desk, customs, [Inquiry(party=bright, purpose="p", reference="r")], now)
    assert audited("flag.looked_up") == 0
