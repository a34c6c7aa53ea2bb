"""Filing: a listing, its screening, its matches and the events that tell of them, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection

from matching.calibration import Calibration, score_by
from matching.model import VerdictName
from matching.policies import DEFAULT_POLICY, POLICIES
from matching.scoring import Policy, action_score, values_of, verdict_of
from partners.flagging import FLAG_DAYS, reassess_all
from partners.ids import new_id
from partners.principal import Claims, Principal
from partners.records.approvals import digest_of
from partners.records.calibrations import calibrations_named
from partners.records.listings import (
    Listing,
    delete_listing,
    get_listing,
    hold_by_id,
    to_fields,
    write_listings,
)
from partners.records.matches import (
    MatchRow,
    forget_judgements,
    hold_matches,
    withdraw_matches,
    write_matches,
)
from partners.records.policies import policies_named
from partners.records.screenings import (
    KeptMatch,
    Screening,
    add_screenings,
    find_screenings,
    get_kept_screening,
    says_the_same,
)
from partners.records.stock import note_changed
from partners.telling import Filing, Met, tell_news
from partners.tracing import Desk

_ORDER: Final[tuple[VerdictName, ...]] = ("clear", "review", "alert")


def file_listings(
    connection: Connection, filings: Sequence[Filing], now: datetime, flag_days: int = FLAG_DAYS
) -> list[Filing]:
    """Write listings with their screenings and matches, and tell what changed; returns what stands now.

    Advice that says what the listing's last one said is not kept again: then that one stands. A match
    that a person rejected stays clear as long as the listing's text is the one that was judged.
    """
    known = [filing.before for filing in filings if filing.before]
    held = hold_matches(connection, [listing.id for listing in known]) if known else {}
    former = find_screenings(connection, {listing.screening_id for listing in known}) if known else {}
    policies = _policies_of(connection, filings)
    versions = {filing.screening.calibration for filing in filings if filing.before}
    tables = calibrations_named(connection, [each for each in versions if each])
    settled = [_settle(filing, held.get(filing.listing.id, {}), policies, tables, now) for filing in filings]
    news: list[tuple[Filing, list[Met]]] = []
    standing: list[Filing] = []
    for filing, mets in settled:
        before = filing.before
        last = former.get(before.screening_id) if before else None
        if before and last and _is_old_news(filing, before, last):
            standing.append(Filing(before=before, listing=before, screening=last))
        else:
            standing.append(filing)
            news.append((filing, mets))
    _write(connection, news)
    _forget_judgements(connection, news, held)
    tell_news(connection, news, now)
    _reassess_sellers(connection, news, now, flag_days)
    return standing


def refile_listing(
    connection: Connection, listing_id: str, now: datetime, flag_days: int = FLAG_DAYS
) -> None:
    """Let a judgement count: sum up the listing's present screening anew, and tell what changed."""
    for listing in hold_by_id(connection, [listing_id]).values():
        if listing.deleted_at is not None:
            continue
        screening = get_kept_screening(connection, listing.screening_id)
        filing = Filing(before=listing, listing=listing, screening=replace(screening, screened_at=now))
        file_listings(connection, [filing], now, flag_days)


def remove_listing(
    desk: Desk, claims: Claims, key: str, now: datetime, allow: Callable[[int], None] | None = None
) -> None:
    """Take a listing out; its matches stand no longer, and what a person opened stays open.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """

    def work(connection: Connection, principal: Principal) -> None:
        listing = get_listing(connection, principal, key, lock=True)
        if allow:
            allow(listing.revision)
        delete_listing(connection, listing.id, now)
        note_changed(connection, [listing.id])
        withdraw_matches(connection, listing.id, now)
        if listing.seller_id and listing.screening.verdict == "alert":
            reassess_all(connection, [listing.seller_id], now, desk.flag_days)

    desk.database.acting("screening", work, claims)


def _is_old_news(filing: Filing, before: Listing, former: Screening) -> bool:
    if before.deleted_at is not None or before.revision != filing.listing.revision:
        return False
    return says_the_same(former, filing.screening)


def _policies_of(connection: Connection, filings: Sequence[Filing]) -> dict[str, Policy]:
    """The rights holders' own policies that spoke in these screenings, by version."""
    matches = (match for filing in filings for match in _kept(filing.screening))
    versions = {match.policy_version for match in matches if match.policy_version}
    return policies_named(connection, versions) if versions else {}


def _settle(
    filing: Filing,
    held: Mapping[str, MatchRow],
    policies: Mapping[str, Policy],
    tables: Mapping[int, Calibration],
    now: datetime,
) -> tuple[Filing, list[Met]]:
    """Give the screening and its matches their ids, and let judgements and former matches count."""
    shipped = POLICIES.get(filing.screening.policy_version, DEFAULT_POLICY)
    reworded = bool(held) and _is_reworded(filing)
    matches = []
    for match in _kept(filing.screening):
        row = held.get(match.trademark.id)
        policy = policies.get(match.policy_version or "", shipped)
        is_rejected = row is not None and _is_rejected(match, row) and not reworded
        matches.append(_settle_match(match, row, policy, is_rejected=is_rejected))
    table = tables.get(filing.screening.calibration or 0)
    screening = _summed_up(filing.screening, matches, shipped, table)
    listing = replace(filing.listing, screening_id=screening.id, verdict=screening.verdict)
    mets = [_meet(match, held.get(match.trademark.id), listing, now) for match in matches]
    found = {match.trademark.id for match in matches}
    gone = [row for key, row in held.items() if key not in found and row.withdrawn_at is None]
    mets += [Met(before=row, after=_withdrawn(row, now)) for row in gone]
    return Filing(before=filing.before, listing=listing, screening=screening), mets


def _kept(screening: Screening) -> list[KeptMatch]:
    return [match for match in screening.matches if isinstance(match, KeptMatch)]


def _is_rejected(match: KeptMatch, row: MatchRow) -> bool:
    return row.judgement == "rejected" and row.found.text == match.found.text


def _settle_match(match: KeptMatch, row: MatchRow | None, policy: Policy, *, is_rejected: bool) -> KeptMatch:
    if row is None:
        return replace(match, id=new_id("mch"))
    if is_rejected:
        return replace(match, id=row.id, verdict="clear", is_rejected=True)
    # from the evidence, for the stored verdict may be that of a rejection since taken back
    verdict = verdict_of(values_of(match.comparisons), match.use, policy)
    return replace(match, id=row.id, verdict=verdict, is_rejected=False)


def _summed_up(
    screening: Screening, matches: list[KeptMatch], shipped: Policy, table: Calibration | None
) -> Screening:
    """The screening with its matches as they are now; what was rejected counts no more."""
    verdict, score = screening.verdict, screening.score
    if [match.verdict for match in matches] != [match.verdict for match in screening.matches]:
        verdict = max((match.verdict for match in matches), key=_ORDER.index, default="clear")
        actions = (action_score(values_of(m.comparisons), m.verdict, shipped) for m in matches)
        score = score_by(table, max(actions, default=0.0), screening.policy_version).score
    return replace(screening, id=new_id("scr"), verdict=verdict, score=score, matches=tuple(matches))


def _meet(match: KeptMatch, row: MatchRow | None, listing: Listing, now: datetime) -> Met:
    fresh = MatchRow(
        id=match.id or "",
        listing_id=listing.id,
        trademark_id=match.trademark.id,
        marketplace_id=listing.organization_id,
        rights_holder_id=match.rights_holder_id,
        revision=row.revision + 1 if row else 1,
        verdict=match.verdict,
        score=match.score,
        similarity=match.similarity,
        use=match.use,
        evasions=match.evasions,
        found=match.found,
        also_found=match.also_found,
        reasons=match.reasons,
        comparisons=match.comparisons,
        created_at=row.created_at if row else now,
        updated_at=now,
        judgement=row.judgement if row else None,
    )
    if row is None:
        return Met(before=None, after=fresh)
    same = replace(fresh, revision=row.revision, updated_at=row.updated_at)
    return Met(before=row, after=row if same == row else fresh)


def _withdrawn(row: MatchRow, now: datetime) -> MatchRow:
    return replace(row, revision=row.revision + 1, verdict="clear", updated_at=now, withdrawn_at=now)


def _write(connection: Connection, news: Sequence[tuple[Filing, list[Met]]]) -> None:
    filings = [filing for filing, _ in news]
    write_listings(
        connection,
        [filing.listing for filing in filings if filing.before is None],
        [filing.listing for filing in filings if filing.before is not None],
    )
    note_changed(connection, [filing.listing.id for filing in filings if _is_another_text(filing)])
    by_marketplace: dict[str, list[tuple[str, int, Screening]]] = {}
    for filing in filings:
        kept = by_marketplace.setdefault(filing.listing.organization_id, [])
        kept.append((filing.listing.id, filing.listing.revision, filing.screening))
    for marketplace, kept in by_marketplace.items():
        add_screenings(connection, marketplace, kept)
    mets = [met for _, each in news for met in each]
    added = [met.after for met in mets if met.before is None]
    changed = [met.after for met in mets if met.before is not None and met.after is not met.before]
    write_matches(connection, added, changed)


def _is_another_text(filing: Filing) -> bool:
    """Whether the listing was written, and not only screened anew."""
    before = filing.before
    return before is None or before.revision != filing.listing.revision


def _is_reworded(filing: Filing) -> bool:
    """Whether the listing says something else than when its matches were judged, if they were."""
    before = filing.before
    if before is None or before.document == filing.listing.document:
        return False
    return digest_of(to_fields(before.document)) != digest_of(to_fields(filing.listing.document))


def _forget_judgements(
    connection: Connection,
    news: Sequence[tuple[Filing, list[Met]]],
    held: Mapping[str, Mapping[str, MatchRow]],
) -> None:
    """Let no judgement outlive the text it was about, of what is found no longer neither."""
    forgotten = []
    for filing, mets in news:
        rows = held.get(filing.listing.id, {})
        judged = [row for row in rows.values() if row.judgement in {"rejected", "unsure"}]
        reworded = bool(judged) and _is_reworded(filing)
        found = {met.after.id: met.after.found.text for met in mets}
        forgotten += [
            row.id for row in judged if reworded or found.get(row.id, row.found.text) != row.found.text
        ]
    forget_judgements(connection, forgotten)


def _reassess_sellers(
    connection: Connection, news: Sequence[tuple[Filing, list[Met]]], now: datetime, flag_days: int
) -> None:
    """Alerts are part of a seller's history: bring its flag up to it."""
    sellers = {filing.listing.seller_id for filing, mets in news if any(map(_changes_alerts, mets))}
    if known := [seller for seller in sellers if seller]:
        reassess_all(connection, sorted(known), now, flag_days)


def _changes_alerts(met: Met) -> bool:
    was_alert = met.before is not None and _is_standing_alert(met.before)
    return was_alert != _is_standing_alert(met.after)


def _is_standing_alert(match: MatchRow) -> bool:
    return match.verdict == "alert" and match.withdrawn_at is None
