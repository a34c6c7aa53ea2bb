"""`/v1/cases`: takedown cases, and the marketplace's decision on each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import Controller, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from api.etags import etag
from api.house import House
from api.paging import Page, Paging
from partners.casework import Ruling, decide
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.cases import Case, Decision, Grounds, State, get_case, list_cases

Statement = Annotated[
    str,
    Meta(min_length=1, max_length=5000, description="the facts, as the seller is told them (DSA Art. 17)"),
]


class DecisionIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision: `removed` or `restricted` on infringing grounds, `kept` on lawful ones."""

    decision: Decision
    grounds: Grounds
    statement: Statement


class CaseOut(Struct, frozen=True, kw_only=True):
    """A takedown case; its ETag is its `revision`."""

    id: str
    notice: str
    match: str
    listing: str
    trademark: str
    state: State
    revision: int
    opened_at: datetime
    decision: Decision | None = None
    grounds: Grounds | None = None
    statement: str | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None


class CaseController(Controller):
    path = "/v1/cases"
    tags = ("cases",)

    @get(operation_id="list_cases", summary="List cases", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        in_state: Annotated[
            State | None, QueryParameter(name="state", description="only cases in this state")
        ] = None,
    ) -> Response[Page[CaseOut]]:
        """List the cases you have to decide, or that your notices opened, oldest first."""
        with house.database.reading(claims) as (connection, principal):
            cases = list_cases(connection, principal, after=paging.after, limit=paging.limit, state=in_state)
        return paging.answer([_show(case) for case in cases], [case.id for case in cases])

    @get("/{key:str}", operation_id="get_case", summary="Read a case", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[CaseOut]:
        """Read a case that you have to decide, or that your notice opened."""
        with house.database.reading(claims) as (connection, principal):
            return _answer(get_case(connection, principal, key))

    @put("/{key:str}/decision", operation_id="decide_case", summary="Decide a case", sync_to_thread=True)
    def decide(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[DecisionIn],
    ) -> Response[CaseOut]:
        """Decide a case on one of your listings, which closes it; both sides are told.

        The decision is yours alone: a score is advice, and a notice a request. A first decision needs no
        condition, a changed one needs `If-Match` with the case's ETag.
        """
        ruling = Ruling(decision=data.decision, grounds=data.grounds, statement=data.statement)
        case = decide(house.desk, claims, key, ruling, conditions, house.clock())
        house.wake()
        return _answer(case)


def _answer(case: Case) -> Response[CaseOut]:
    return Response(_show(case), headers={"ETag": etag(case.revision)})


def _show(case: Case) -> CaseOut:
    return CaseOut(
        id=case.id,
        notice=case.notice_id,
        match=case.match_id,
        listing=case.listing_id,
        trademark=case.trademark_id,
        state=case.state,
        revision=case.revision,
        opened_at=case.opened_at,
        decision=case.decision,
        grounds=case.grounds,
        statement=case.statement,
        decided_at=case.decided_at,
        closed_at=case.closed_at,
    )
