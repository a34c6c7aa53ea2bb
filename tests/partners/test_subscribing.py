"""Endpoints as their organization keeps them."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from partners.destinations import AddressRules
from partners.errors import Conflict, NotFound, PreconditionFailed, PreconditionRequired, RuleBroken
from partners.preconditions import Conditions
from partners.principal import Principal
from partners.records.audit import audit
from partners.records.endpoint_secrets import endpoint_secrets, secret_context
from partners.records.endpoints import get_endpoint
from partners.records.events import events
from partners.retelling import send_test
from partners.rotating import Rotation, rotate_secret
from partners.sealing import Desk
from partners.subscribing import Subscription, alter_endpoint, delete_endpoint, register_endpoint

SECRET = "whsec_" + "QUJD" * 11
URL = "https://hooks.example.com/in"
ANY = Conditions(if_match=frozenset(["*"]))


@pytest.fixture
def principal(partner):
    claims = partner("marketplace")
    return Principal(organization_id=claims.organization_id, kind=claims.kind, client_id=claims.client_id)


@pytest.fixture
def act(database, principal, keyring, now):
    """Run an act with the principal and a desk."""

    def run(work, rules=None, at=now):
        desk = Desk(keyring=keyring, rules=rules or AddressRules(), now=at)
        return database.acting("delivery", lambda c, _: work(c, principal, desk))

    return run


@pytest.fixture
def registered(act):
    wanted = Subscription(url=URL)
    return act(lambda c, who, desk: register_endpoint(c, who, wanted, SECRET, desk))


def change(act, endpoint, conditions=ANY, **wanted):
    return act(
        lambda c, who, desk: alter_endpoint(c, who, endpoint.id, Subscription(**wanted), conditions, desk)
    )


def test_a_secret_is_sealed_at_rest_and_bound_to_its_row(act, registered, keyring):
    (row,) = act(lambda c, *_: c.execute(select(endpoint_secrets)).all())
    assert b"whsec" not in bytes(row.ciphertext)
    assert keyring.open(bytes(row.ciphertext), secret_context(row.id)).decode() == SECRET


def test_a_private_address_that_the_operator_allows_is_its_own_consent(act):
    trial = AddressRules(allow_private=True, allow_http=True)
    wanted = Subscription(url="http://localhost:9000/in")
    made = act(lambda c, who, desk: register_endpoint(c, who, wanted, SECRET, desk), rules=trial)
    assert (made.status, made.verified_at) == ("enabled", made.created_at)


def test_a_private_address_is_refused_without_the_trial_setting(act):
    wanted = Subscription(url="https://10.0.0.1/in")
    with pytest.raises(RuleBroken, match="public address"):
        act(lambda c, who, desk: register_endpoint(c, who, wanted, SECRET, desk))


@pytest.mark.parametrize("asked", ["*", "case.opened", "case.*", "endpoint.disabled"])
def test_types_are_named_singly_by_noun_or_all(act, asked):
    wanted = Subscription(url=URL, event_types=[asked])
    made = act(lambda c, who, desk: register_endpoint(c, who, wanted, SECRET, desk))
    assert made.event_types == (asked,)


@pytest.mark.parametrize("asked", ["case.closed", "seizure.*", "nothing.*", "seizure.reported"])
def test_a_type_nobody_will_tell_this_partner_is_refused(act, asked):
    wanted = Subscription(url=URL, event_types=[asked])
    with pytest.raises(RuleBroken, match="no event"):
        act(lambda c, who, desk: register_endpoint(c, who, wanted, SECRET, desk))


def test_a_change_asks_for_the_revision_its_author_has_seen(act, registered):
    with pytest.raises(PreconditionRequired):
        change(act, registered, Conditions(), labels={"verdict": "alert"})
    with pytest.raises(PreconditionFailed):
        change(act, registered, Conditions(if_match=frozenset(["9"])), labels={"verdict": "alert"})
    changed = change(act, registered, Conditions(if_match=frozenset(["1"])), labels={"verdict": "alert"})
    assert (changed.revision, changed.labels, changed.url) == (2, {"verdict": "alert"}, URL)


def test_a_change_of_labels_leaves_a_pending_endpoint_asking(act, registered):
    changed = change(act, registered, labels={"verdict": "alert"})
    assert (changed.status, changed.challenge) == ("pending", registered.challenge)


def test_another_url_has_a_challenge_of_its_own(act, registered):
    changed = change(act, registered, url="https://other.example.com/")
    assert changed.status == "pending"
    assert changed.challenge != registered.challenge


@pytest.mark.parametrize("status", ["paused", "enabled"])
def test_a_pending_endpoint_can_be_neither_paused_nor_enabled(act, registered, status):
    with pytest.raises(Conflict, match="pending"):
        change(act, registered, status=status)


def test_a_pending_endpoint_cannot_be_tried_out(act, registered):
    with pytest.raises(Conflict, match="pending"):
        act(lambda c, who, desk: send_test(c, who, registered.id, desk.now))


def rotate(act, endpoint, hours, at):
    rotation = Rotation(secret=SECRET, overlap=timedelta(hours=hours))
    act(lambda c, who, desk: rotate_secret(c, who, endpoint.id, rotation, desk), at=at)


def test_no_more_than_three_secrets_sign_at_once_and_none_is_cut_short(act, registered, now):
    for minutes in (1, 2):
        rotate(act, registered, 24, now + timedelta(minutes=minutes))
    with pytest.raises(Conflict, match="three secrets"):
        rotate(act, registered, 24, now + timedelta(minutes=3))
    rows = act(lambda c, *_: c.execute(select(endpoint_secrets.c.expires_at)).all())
    assert len(rows) == 3
    assert sum(row.expires_at is None for row in rows) == 1


def test_when_one_has_ended_another_may_be_made_and_without_overlap_always(act, registered, now):
    for hours in (1, 2, 26):
        rotate(act, registered, 24, now + timedelta(hours=hours))
    rotate(act, registered, 0, now + timedelta(hours=27))
    rows = act(lambda c, *_: c.execute(select(endpoint_secrets.c.expires_at)).all())
    assert [row.expires_at for row in rows] == [None]


def test_a_later_rotation_makes_no_older_secret_live_longer(act, registered, now):
    for hours in (1, 100):
        rotation = Rotation(secret=SECRET, overlap=timedelta(hours=hours))
        act(lambda c, who, desk, to=rotation: rotate_secret(c, who, registered.id, to, desk))
    ends = act(lambda c, *_: c.scalars(select(endpoint_secrets.c.expires_at)).all())
    assert sorted(end - now for end in ends if end) == [timedelta(hours=1), timedelta(hours=100)]


def test_a_deleted_endpoint_is_found_no_more_and_leaves_no_secret(act, registered):
    act(lambda c, who, desk: delete_endpoint(c, who, registered.id, desk.now))
    with pytest.raises(NotFound):
        act(lambda c, who, _: get_endpoint(c, who, registered.id))
    assert act(lambda c, *_: c.execute(select(endpoint_secrets)).all()) == []


def test_changes_of_endpoints_and_keys_are_audited_without_the_secret(act, registered):
    rotation = Rotation(secret=SECRET, overlap=timedelta(hours=24))
    act(lambda c, who, desk: rotate_secret(c, who, registered.id, rotation, desk))
    rows = act(lambda c, *_: c.execute(select(audit).order_by(audit.c.id)).all())
    assert [row.act for row in rows] == ["endpoint.registered", "endpoint.secret_rotated"]
    assert SECRET not in str(rows)


def test_its_organization_is_told_when_it_is_made_changed_and_deleted(act, registered):
    change(act, registered, metadata={"team": "brands"}, rate_per_s=5.0)
    act(lambda c, who, _desk: delete_endpoint(c, who, registered.id, registered.created_at))
    told = act(lambda c, *_: c.execute(select(events).order_by(events.c.sequence)).all())
    found = [(row.type, msgspec.json.decode(row.body)["data"]) for row in told]
    types = [type_ for type_, _ in found]
    assert types == ["endpoint.verification", "endpoint.created", "endpoint.updated", "endpoint.deleted"]
    assert found[1][1]["url"] == URL
    assert found[2][1]["fields"] == ["metadata", "rate_per_s"]
