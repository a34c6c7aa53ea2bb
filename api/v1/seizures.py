"""`/v1/seizures`: what an administration took out of trade, and the sellers it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from api.etags import etag
from api.house import House
from api.idempotency import Once
from api.ndjson import Bulk, Outcome, Posted, Result, answer_outcome
from api.paging import Page, Paging
from api.reports import SeizureIn, SeizureOut, read_report, show_seizure
from api.wire import Allow, allow_by
from partners.errors import RuleBroken
from partners.ids import looks_like_id
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.links import ReportedSeizure, view_seizures
from partners.records.seizures import get_seizure, list_seizures, open_persons
from partners.reporting import Reported, delete_seizure, report_seizures

CaseFilter = Annotated[
    str | None,
    QueryParameter(
        name="seizure_case_reference", max_length=400, description="only the seizures of this case"
    ),
]


class SeizureController(Controller):
    path = "/v1/seizures"
    tags = ("seizures",)

    @post(
        operation_id="create_seizure",
        summary="Report seizures",
        opt={"bulk": Bulk(SeizureIn, SeizureOut)},
        sync_to_thread=True,
    )
    def create(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        posted: NamedDependency[Posted],
        once: NamedDependency[Once],
    ) -> Response[SeizureOut]:
        """Report a seizure, or a stream of them; a known reference is replaced.

        Consignor, declarant and the e-commerce reference are held against the sellers of all marketplaces
        at once: the answer names those it leads to, under their pseudonyms, with reasons. Their flags are
        raised in the same moment. A consignee is a buyer and is never traced.
        """
        return once.answer(
            lambda: posted.answer(
                SeizureIn, lambda seizures: _submit(house, claims, seizures, allow_by(conditions))
            )
        )

    @put("/{key:str}", operation_id="replace_seizure", summary="Replace a seizure", sync_to_thread=True)
    def replace(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[SeizureIn],
    ) -> Response[SeizureOut]:
        """Replace a seizure, or add it under the reference in the path; its links are drawn anew.

        `reference` in the body is the one in the path, or that of the seizure whose id the path names.
        """
        _check_reference(house, claims, key, data.reference)
        [outcome] = _submit(house, claims, [data], allow_by(conditions))
        return answer_outcome(outcome)

    @get("/{key:str}", operation_id="get_seizure", summary="Read a seizure", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[SeizureOut]:
        """Read one of your administration's seizures, with its persons and the sellers it leads to."""
        with house.database.reading(claims) as (connection, principal):
            seizure = get_seizure(connection, principal, key)
            [reported] = view_seizures(connection, principal, [seizure])
        return Response(_show(house, reported), headers={"ETag": etag(seizure.revision)})

    @get(operation_id="list_seizures", summary="List seizures", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
        seizure_case_reference: CaseFilter = None,
    ) -> Response[Page[SeizureOut]]:
        """List your administration's seizures in the order of their reporting."""
        with house.database.reading(claims) as (connection, principal):
            found = list_seizures(
                connection, principal, after=paging.after, limit=paging.limit, case=seizure_case_reference
            )
            reported = view_seizures(connection, principal, found)
        return paging.answer([_show(house, one) for one in reported], [seizure.id for seizure in found])

    @delete("/{key:str}", operation_id="delete_seizure", summary="Delete a seizure", sync_to_thread=True)
    def remove(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
    ) -> None:
        """Delete a seizure of your own: its persons are destroyed, and flags that rest on it follow."""
        delete_seizure(house.desk, claims, key, house.clock(), allow_by(conditions))
        house.wake()


def _check_reference(house: House, claims: Claims, key: str, reference: str) -> None:
    """The body names the seizure of the path.

    Raises:
        NotFound: the path has an id that is not one of the caller's seizures.
        RuleBroken: the body names another one.
    """
    named = key
    if looks_like_id(key):
        with house.database.reading(claims) as (connection, principal):
            named = get_seizure(connection, principal, key).reference
    if reference != named:
        raise RuleBroken([("/reference", "the body names another seizure than the path")])


def _submit(
    house: House, claims: Claims, seizures: Sequence[SeizureIn], allow: Allow | None = None
) -> list[Outcome[SeizureOut]]:
    reports = [read_report(seizure) for seizure in seizures]
    outcomes = report_seizures(house.desk, claims, reports, house.clock(), allow)
    house.wake()
    kept = [outcome.seizure for outcome in outcomes if isinstance(outcome, Reported)]
    with house.database.reading(claims) as (connection, principal):
        reported = iter(view_seizures(connection, principal, kept))
    return [
        _result(outcome, _show(house, next(reported))) if isinstance(outcome, Reported) else outcome
        for outcome in outcomes
    ]


def _result(kept: Reported, shown: SeizureOut) -> Result[SeizureOut]:
    return Result(
        status=201 if kept.outcome == "created" else 200,
        body=shown,
        headers={"ETag": etag(kept.seizure.revision)},
    )


def _show(house: House, reported: ReportedSeizure) -> SeizureOut:
    return show_seizure(reported, open_persons(house.keyring, reported.seizure))
