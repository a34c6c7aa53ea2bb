from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, event, select

from matching.model import Money, Party
from partners.enrolling import SellerDraft
from partners.errors import NotReady, RuleBroken, Unauthorized
from partners.records.clients import revoked_tokens
from partners.records.listings import ListingFields, get_listing, list_listings, listings
from partners.records.matches import MatchFilter, get_match, list_matches, matches
from partners.records.sellers import get_seller
from partners.registry import Registry
from partners.screening import Draft, Kept, Screener
from partners.tracing import Desk

REPLICA = Draft(
    reference="A-1", fields=ListingFields(title="Nike Air Max 1:1 replica shoes", ships_to=("DE",))
)
PLAIN = Draft(reference="A-2", fields=ListingFields(title="Wooden chair with four legs"))


def test_a_listing_is_kept_with_its_screening_its_match_and_its_events(
    screener, nike_mark, told, shop, owner, read
):
    [kept] = screener.keep(shop, [REPLICA])
    assert kept.outcome == "created"
    listing = read(shop, get_listing, key="A-1")
    [match] = listing.screening.matches
    assert (listing.screening.verdict, match.verdict, match.trademark.id) == ("alert", "alert", nike_mark.id)
    assert listing.screening.id.startswith("scr_")
    assert (match.found.text, match.found.start, match.found.end) == ("Nike", 0, 4)
    assert read(owner, get_match, key=match.id).trademark_reference == "EM-1"
    assert read(owner, get_match, key=match.id).listing_reference is None
    assert [type_ for type_, _ in told(shop)] == ["listing.screened", "match.found"]
    [(_, data)] = told(owner)
    assert (data["trademark_reference"], data["verdict"], data["path"]) == (
        "EM-1",
        "alert",
        f"/v1/matches/{match.id}",
    )
    assert "listing_reference" not in data


def test_a_clear_listing_tells_nobody(screener, nike_mark, told, shop, owner, read):
    screener.keep(shop, [PLAIN])
    assert read(shop, get_listing, key="A-2").screening.verdict == "clear"
    assert told(shop) == []


def test_the_same_listing_again_changes_nothing(screener, nike_mark, told, shop, owner, read):
    screener.keep(shop, [REPLICA])
    before = read(shop, get_listing, key="A-1")
    [again] = screener.keep(shop, [REPLICA])
    assert again == Kept(listing=before, outcome="equal")
    assert read(shop, get_listing, key="A-1") == before
    assert len(told(shop)) == 2


def test_a_replaced_listing_tells_only_what_is_new(screener, nike_mark, told, shop, owner, read):
    screener.keep(shop, [REPLICA])
    [kept] = screener.keep(shop, [replace(REPLICA, fields=ListingFields(title="Wooden chair"))])
    assert kept.outcome == "replaced"
    assert read(shop, get_listing, key="A-1").revision == 2
    assert [type_ for type_, _ in told(shop)[2:]] == [
        "listing.verdict_changed",
        "match.verdict_changed",
    ]
    type_, data = told(owner)[-1]
    assert (type_, data["verdict"], data["previous_verdict"]) == ("match.verdict_changed", "clear", "alert")
    assert read(owner, list_matches, after=None, limit=9) == []


def test_one_batch_may_name_a_reference_twice_and_the_later_line_holds(screener, shop, read):
    kept = screener.keep(shop, [PLAIN, replace(PLAIN, fields=ListingFields(title="Chair")), PLAIN])
    assert [one.outcome for one in kept] == ["created", "replaced", "replaced"]
    assert read(shop, get_listing, key="A-2").revision == 3


def test_a_line_that_breaks_a_rule_harms_no_other(screener, shop, read):
    bad = replace(PLAIN, reference="B", fields=ListingFields(title="x", ships_from="QQ"))
    refused, kept = screener.keep(shop, [bad, PLAIN])
    assert isinstance(refused, RuleBroken)
    assert refused.errors[0][0] == "/ships_from"
    assert kept.outcome == "created"


def test_nothing_is_kept_by_a_screening_alone(screener, nike_mark, shop, owner, read):
    [screening] = screener.screen(shop, [REPLICA])
    assert (screening.id, screening.verdict, screening.matches[0].id) == (None, "alert", None)
    assert not hasattr(screening.matches[0], "comparisons")
    assert read(shop, list_listings, after=None, limit=9) == []


def test_while_the_registry_is_loading_nothing_is_kept_and_nothing_is_clear(database, keyring, shop, now):
    screener = Screener(Desk(database, keyring), Registry(database, lambda: now), lambda: now)
    with pytest.raises(NotReady):
        screener.keep(shop, [PLAIN])
    with pytest.raises(NotReady):
        screener.screen(shop, [PLAIN])
    with database.surveying("screening") as connection:
        assert connection.execute(select(listings)).all() == []


def test_a_revoked_token_screens_nothing(screener, database, shop, now):
    row = {"token_id": shop.token_id, "expires_at": now}
    database.acting("access", lambda c, _: c.execute(revoked_tokens.insert().values(row)))
    with pytest.raises(Unauthorized):
        screener.screen(shop, [PLAIN])
    with pytest.raises(Unauthorized):
        screener.keep(shop, [PLAIN])


def test_an_unknown_seller_reference_makes_a_seller_of_whom_only_that_is_known(screener, shop, read):
    screener.keep(shop, [replace(PLAIN, seller="S-9"), replace(REPLICA, seller="S-9")])
    seller = read(shop, get_seller, key="S-9")
    listing = read(shop, get_listing, key="A-2")
    assert (listing.seller, listing.screening.seller.risk) == ("S-9", "unknown")
    assert len(read(shop, list_listings, after=None, limit=9, seller=seller.id)) == 2


def test_a_seller_may_come_with_its_listing(screener, shop, read):
    party = Party(legal_name="Shoe Trading Ltd", email="shoes@example.com")
    screener.keep(shop, [replace(PLAIN, seller=SellerDraft(reference="S-9", party=party))])
    assert read(shop, get_seller, key="S-9").revision == 1
    assert read(shop, get_listing, key="A-2").seller == "S-9"


def test_a_price_keeps_its_decimals(screener, shop, read):
    price = Money(Decimal("129.90"), "EUR")
    screener.keep(shop, [replace(PLAIN, fields=ListingFields(title="Chair", price=price))])
    assert read(shop, get_listing, key="A-2").fields.price == price


def test_a_plain_mention_is_kept_as_clear_and_listed_only_when_asked_for(
    screener, nike_mark, shop, owner, read
):
    screener.keep(shop, [Draft(reference="A-3", fields=ListingFields(title="Nike Air Max running shoes"))])
    assert read(owner, list_matches, after=None, limit=9) == []
    [match] = read(owner, list_matches, after=None, limit=9, asked=MatchFilter(verdict="clear"))
    assert (match.mark, match.verdict) == ("NIKE", "clear")


def test_a_rejected_match_stays_clear_as_long_as_its_text_is_the_same(
    screener, nike_mark, database, shop, owner, read
):
    screener.keep(shop, [REPLICA])
    database.acting("casework", lambda c, _: c.execute(matches.update().values(judgement="rejected")))
    longer = ListingFields(title="Nike Air Max 1:1 replica shoes, new")
    screener.keep(shop, [replace(REPLICA, fields=longer)])
    assert read(shop, get_listing, key="A-1").screening.verdict == "clear"
    disguised = ListingFields(title="N1KE Air Max 1:1 replica shoes")
    screener.keep(shop, [replace(REPLICA, fields=disguised)])
    assert read(shop, get_listing, key="A-1").screening.verdict == "alert"
    [match] = read(owner, list_matches, after=None, limit=9)
    assert match.judgement is None


def test_neither_side_sees_the_matches_of_others(screener, nike_mark, shop, owner, partner, read):
    screener.keep(shop, [REPLICA])
    for stranger in (partner("marketplace", "B"), partner("rights_holder", "C"), partner("customs", "D")):
        assert read(stranger, list_matches, after=None, limit=9) == []


def test_each_of_many_writers_at_once_is_answered_with_its_own_revision(screener, nike_mark, shop):
    drafts = [replace(REPLICA, fields=ListingFields(title=f"Nike replica {number}")) for number in range(12)]
    with ThreadPoolExecutor(len(drafts)) as pool:
        kept = [one for [one] in pool.map(lambda draft: screener.keep(shop, [draft]), drafts)]
    assert sorted(one.listing.revision for one in kept) == list(range(1, 13))
    assert [one.listing.fields for one in kept] == [draft.fields for draft in drafts]
    assert sorted(one.outcome for one in kept) == ["created", *["replaced"] * 11]


def test_the_answer_is_what_is_read_afterwards(screener, nike_mark, shop, read):
    [created] = screener.keep(shop, [replace(REPLICA, seller="S-9")])
    assert created.listing == read(shop, get_listing, key="A-1")
    [replaced] = screener.keep(shop, [REPLICA])
    assert replaced.listing == read(shop, get_listing, key="A-1")


def test_a_batch_of_alerts_is_written_a_few_at_a_time_in_few_statements(
    screener, nike_mark, shop, told, owner
):
    batch = [replace(REPLICA, reference=f"A-{number}", seller=f"S-{number}") for number in range(250)]
    statements, written = [], []

    def note(_connection, _cursor, statement, parameters, _context, is_many):
        statements.append(statement)
        if statement.startswith("INSERT INTO listings"):
            rows = json.loads(parameters["rows"]) if "rows" in parameters else [parameters]
            written.append(len(parameters) if is_many else len(rows))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        screener.keep(shop, batch)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert written == [125, 125]  # each in a transaction of its own, which no other writer waits long for
    assert len(statements) <= 100
    types = [type_ for type_, _ in told(shop)]
    assert {each: types.count(each) for each in set(types)} == {
        "listing.screened": 250,
        "match.found": 250,
        "seller.flagged": 250,
    }
    assert len(told(owner)) == 250
