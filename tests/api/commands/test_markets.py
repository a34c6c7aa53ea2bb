"""`touchstone market`."""

import json


def test_a_marketplace_gets_a_budget_of_its_own(touchstone):
    made = json.loads(
        touchstone("clients", "create", "--kind", "marketplace", "--name", "Acme", "--json").output
    )
    told = touchstone("market", made["organization_id"], "--false-titles", "5")
    assert told.exit_code == 0
    assert "5 false titles of 1,000, 0.05 of titles disguised" in told.output


def test_only_a_marketplace_has_one(touchstone):
    made = json.loads(
        touchstone("clients", "create", "--kind", "rights_holder", "--name", "Acme", "--json").output
    )
    told = touchstone("market", made["organization_id"], "--false-titles", "5")
    assert told.exit_code == 1
    assert "no such marketplace" in told.output
