"""`/v1/sellers`: a marketplace's traders; what is known of their risk comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from api.etags import etag
from api.house import House
from api.idempotency import Once
from api.ndjson import Bulk, Outcome, Posted, Result, answer_outcome
from api.paging import Page, Paging
from api.parties import PartyOut, SellerIn, read_party, show_party
from api.wire import Allow, ReasonOut, allow_by, show_reason
from matching.model import Party, Risk, RiskLevel
from partners.enrolling import Enrolled, SellerDraft, delete_seller, enroll_sellers
from partners.errors import RuleBroken
from partners.ids import looks_like_id
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.parties import open_party
from partners.records.sellers import Seller, get_seller, list_sellers, seal_context
from partners.standings import own_risks_of


class RiskOut(Struct, frozen=True, kw_only=True):
    """The risk by the flag that stands; "unknown" where none does. Seizures are told in bands."""

    level: RiskLevel
    score: float
    reasons: list[ReasonOut]


class SellerOut(PartyOut, frozen=True, kw_only=True):
    """A seller of your own, and what is known of its risk across marketplaces and customs."""

    id: str
    reference: str
    revision: int
    risk: RiskOut
    created_at: datetime
    updated_at: datetime


class SellerController(Controller):
    path = "/v1/sellers"
    tags = ("sellers",)

    @post(
        operation_id="create_seller",
        summary="Submit sellers",
        opt={"bulk": Bulk(SellerIn, SellerOut)},
        sync_to_thread=True,
    )
    def create(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        posted: NamedDependency[Posted],
        once: NamedDependency[Once],
    ) -> Response[SellerOut]:
        """Submit a seller, or a stream of them; a known reference is replaced.

        Each is recognized across marketplaces and held against reported seizures at once, so the answer
        has its `risk`. What identifies a person is stored encrypted and shown to nobody else, but to
        customs on a recorded disclosure of a flag.
        """
        return once.answer(
            lambda: posted.answer(
                SellerIn, lambda sellers: _submit(house, claims, sellers, allow_by(conditions))
            )
        )

    @put("/{key:str}", operation_id="replace_seller", summary="Replace a seller", sync_to_thread=True)
    def replace(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[SellerIn],
    ) -> Response[SellerOut]:
        """Replace a seller, or add it under the reference in the path.

        `reference` in the body is the one in the path, or that of the seller whose id the path names.
        """
        _check_reference(house, claims, key, data.reference)
        [outcome] = _submit(house, claims, [data], allow_by(conditions))
        return answer_outcome(outcome)

    @get("/{key:str}", operation_id="get_seller", summary="Read a seller", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[SellerOut]:
        """Read one of your sellers, with its present risk."""
        with house.database.reading(claims) as (connection, principal):
            seller = get_seller(connection, principal, key)
            risk = own_risks_of(connection, principal, [seller.id])[seller.id]
        return Response(_open(house, seller, risk), headers={"ETag": etag(seller.revision)})

    @get(operation_id="list_sellers", summary="List sellers", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
    ) -> Response[Page[SellerOut]]:
        """List your sellers in the order of their making."""
        with house.database.reading(claims) as (connection, principal):
            found = list_sellers(connection, principal, after=paging.after, limit=paging.limit)
            risks = own_risks_of(connection, principal, [seller.id for seller in found])
        shown = [_open(house, seller, risks[seller.id]) for seller in found]
        return paging.answer(shown, [seller.id for seller in found])

    @delete("/{key:str}", operation_id="delete_seller", summary="Delete a seller", sync_to_thread=True)
    def remove(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
    ) -> None:
        """Delete a seller of your own; its listings stay.

        Its person is erased at once, unless a seizure leads to it: then it is kept, encrypted and
        hidden, until its flag is lifted or expires.
        """
        delete_seller(house.desk, claims, key, house.clock(), allow_by(conditions))
        house.wake()


def _check_reference(house: House, claims: Claims, key: str, reference: str) -> None:
    """The body names the seller of the path.

    Raises:
        NotFound: the path has an id that is not one of the caller's sellers.
        RuleBroken: the body names another one.
    """
    named = key
    if looks_like_id(key):
        with house.database.reading(claims) as (connection, principal):
            named = get_seller(connection, principal, key).reference
    if reference != named:
        raise RuleBroken([("/reference", "the body names another seller than the path")])


def _submit(
    house: House, claims: Claims, sellers: Sequence[SellerIn], allow: Allow | None = None
) -> list[Outcome[SellerOut]]:
    drafts = [SellerDraft(reference=seller.reference, party=read_party(seller)) for seller in sellers]
    outcomes = enroll_sellers(house.desk, claims, drafts, house.clock(), allow)
    house.wake()
    kept = [outcome.seller.id for outcome in outcomes if isinstance(outcome, Enrolled)]
    with house.database.reading(claims) as (connection, principal):
        risks = own_risks_of(connection, principal, kept)
    return [
        _result(outcome, risks[outcome.seller.id]) if isinstance(outcome, Enrolled) else outcome
        for outcome in outcomes
    ]


def _result(kept: Enrolled, risk: Risk) -> Result[SellerOut]:
    return Result(
        status=201 if kept.outcome == "created" else 200,
        body=_show(kept.seller, kept.party, risk),
        headers={"ETag": etag(kept.seller.revision)},
    )


def _open(house: House, seller: Seller, risk: Risk) -> SellerOut:
    return _show(seller, open_party(house.keyring, seller.party, seal_context(seller.id)), risk)


def _show(seller: Seller, party: Party, risk: Risk) -> SellerOut:
    return SellerOut(
        id=seller.id,
        reference=seller.reference,
        revision=seller.revision,
        risk=RiskOut(
            level=risk.level, score=risk.score, reasons=[show_reason(reason) for reason in risk.reasons]
        ),
        created_at=seller.created_at,
        updated_at=seller.updated_at,
        **msgspec.structs.asdict(show_party(party)),
    )
