"""`/v1/flags`: the risk of sellers, as customs pull it and as their marketplaces may read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeAlias

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import asdict

from api.etags import etag
from api.flags import FlagOut, show_flag
from api.house import House
from api.ndjson import Bulk, Outcome, Posted, Result
from api.paging import Page, Paging
from api.parties import PartyIn, PartyOut, read_party, show_party
from api.wire import ReasonOut, Reference, show_reason
from partners.errors import DomainError
from partners.inquiring import Answer, Candidate, Finding, Grounds, Inquiry, disclose, look_up
from partners.principal import Claims
from partners.records.flags import Flag, FlagLevel, SeenFlag, get_flag, list_flags, view_flags

LevelFilter = Annotated[
    FlagLevel | None, QueryParameter(name="level", description="only flags that are at this level now")
]
CountryFilter = Annotated[
    str | None,
    QueryParameter(
        name="country", pattern=r"^[A-Z]{2}$", max_length=2, description="only sellers from there"
    ),
]
Purpose = Annotated[
    str, Meta(min_length=1, max_length=400, description="why you ask; it is kept in the audit log")
]


class FlaggedSellerOut(Struct, frozen=True, kw_only=True):
    """Who is flagged, as customs know it: under one pseudonym on every marketplace."""

    pseudonym: str
    country: str | None
    marketplaces: int


class OwnSellerOut(Struct, frozen=True, kw_only=True):
    """Who is flagged, as its marketplace knows it: by its own references."""

    country: str | None
    references: list[str]


class CustomsFlagOut(FlagOut, frozen=True, kw_only=True, tag_field="seen_by", tag="customs"):
    """A flag as customs read it: with the number of seizures, and nothing that names the person."""

    seller: FlaggedSellerOut
    seizures: int


class MarketplaceFlagOut(FlagOut, frozen=True, kw_only=True, tag_field="seen_by", tag="marketplace"):
    """A flag on a seller of your own: it tells no number of seizures, nor who seized."""

    seller: OwnSellerOut


Shown: TypeAlias = CustomsFlagOut | MarketplaceFlagOut


class LookupIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who you ask about, why, and in which matter of your own."""

    party: PartyIn
    purpose: Purpose
    reference: Reference


class CandidateOut(Struct, frozen=True, kw_only=True):
    """Somebody who is probably the party: nothing personal, and the flag where one stands."""

    seller: FlaggedSellerOut
    score: float
    reasons: list[ReasonOut]
    flag: CustomsFlagOut | None


class LookupOut(Struct, frozen=True, kw_only=True):
    """`unknown`: we know nobody like that. `clear`: we do, and no flag stands."""

    reference: str
    answer: Answer
    candidates: list[CandidateOut]


class DisclosureIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why you need the person, and in which matter of your own."""

    purpose: Purpose
    reference: Reference


class DisclosedOut(PartyOut, frozen=True, kw_only=True):
    """One account of the flagged seller, in clear text."""

    marketplace: str
    reference: str


class DisclosureOut(Struct, frozen=True, kw_only=True):
    """The persons behind a flag."""

    flag: str
    sellers: list[DisclosedOut]


class FlagController(Controller):
    path = "/v1/flags"
    tags = ("flags",)

    @get(operation_id="list_flags", summary="Pull flags", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        level: LevelFilter = None,
        country: CountryFilter = None,
    ) -> Response[Page[Shown]]:
        """Pull the flags behind a cursor, oldest change first; come back with `next`.

        The feed has no gaps: a flag that changes takes a new place at its end, so whoever follows `next`
        misses none, whatever commits late. A marketplace pulls those of its own sellers.
        """
        with house.database.reading(claims) as (connection, principal):
            found = list_flags(
                connection,
                principal,
                after=int(paging.after or 0),
                limit=paging.limit,
                level=level,
                country=country,
            )
            seen = view_flags(connection, principal, found)
        return paging.answer_feed([_show(one) for one in seen], [str(one.flag.position) for one in seen])

    @get("/{key:str}", operation_id="get_flag", summary="Read a flag", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[Shown]:
        """Read one flag as it is now."""
        with house.database.reading(claims) as (connection, principal):
            flag = get_flag(connection, principal, key)
            [seen] = view_flags(connection, principal, [flag])
        return Response(_show(seen), headers={"ETag": etag(seen.flag.revision)})

    @post(
        "/lookup",
        operation_id="look_up_flags",
        summary="Look senders up",
        opt={"bulk": Bulk(LookupIn, LookupOut)},
        status_code=200,
        sync_to_thread=True,
    )
    def look_up(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], posted: NamedDependency[Posted]
    ) -> Response[LookupOut]:
        """Ask who a sender probably is, however its name is spelled; or a stream of senders.

        The answer is `unknown`, `clear` or `flagged`, with candidates, scores and reasons and nothing
        personal. Each question is in the audit log before it is answered.
        """
        return posted.answer(LookupIn, lambda asked: _look_up(house, claims, asked))

    @post(
        "/{key:str}/disclosures",
        operation_id="disclose_flag",
        summary="Disclose the persons behind a flag",
        status_code=200,
        sync_to_thread=True,
    )
    def disclose(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        key: FromPath[str],
        data: JSONBody[DisclosureIn],
    ) -> DisclosureOut:
        """Read the persons behind a standing flag in clear text.

        The disclosure is in the audit log, with its purpose and reference, or there is no answer.
        """
        grounds = Grounds(purpose=data.purpose, reference=data.reference)
        found = disclose(house.desk, claims, key, grounds, house.clock())
        return DisclosureOut(
            flag=key,
            sellers=[
                DisclosedOut(
                    marketplace=account.marketplace,
                    reference=account.reference,
                    **asdict(show_party(account.party)),
                )
                for account in found
            ],
        )


def _show(seen: SeenFlag) -> Shown:
    """What customs may read is known by the count of marketplaces, which nobody else gets."""
    if seen.marketplaces is not None:
        return _show_to_customs(seen.flag, seen.marketplaces)
    seller = OwnSellerOut(country=seen.flag.country, references=list(seen.references))
    return MarketplaceFlagOut(seller=seller, **asdict(show_flag(seen.flag)))


def _show_to_customs(flag: Flag, marketplaces: int) -> CustomsFlagOut:
    seller = FlaggedSellerOut(pseudonym=flag.pseudonym, country=flag.country, marketplaces=marketplaces)
    return CustomsFlagOut(seller=seller, seizures=flag.seizures, **asdict(show_flag(flag)))


def _look_up(house: House, claims: Claims, asked: Sequence[LookupIn]) -> list[Outcome[LookupOut]]:
    inquiries = [
        Inquiry(party=read_party(ask.party), purpose=ask.purpose, reference=ask.reference) for ask in asked
    ]
    found = look_up(house.desk, claims, inquiries, house.clock())
    return [
        finding if isinstance(finding, DomainError) else _answer(ask.reference, finding)
        for ask, finding in zip(asked, found, strict=True)
    ]


def _answer(reference: str, finding: Finding) -> Result[LookupOut]:
    candidates = [_show_candidate(candidate) for candidate in finding.candidates]
    return Result(
        status=200, body=LookupOut(reference=reference, answer=finding.answer, candidates=candidates)
    )


def _show_candidate(candidate: Candidate) -> CandidateOut:
    seller = FlaggedSellerOut(
        pseudonym=candidate.pseudonym, country=candidate.country, marketplaces=candidate.marketplaces
    )
    return CandidateOut(
        seller=seller,
        score=candidate.link.score,
        reasons=[show_reason(reason) for reason in candidate.link.reasons],
        flag=_show_to_customs(candidate.flag, candidate.marketplaces) if candidate.flag else None,
    )
