"""`/v1/policies`: the lines between clear, review and alert; rights holders may draw their own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from api.deferring import JobOut, show_job
from api.etags import etag
from api.house import House
from api.idempotency import Once
from matching.model import Use, VerdictName
from matching.overriding import Overrides, draw_lines
from matching.policies import DEFAULT_POLICY, POLICIES
from matching.thresholds import Thresholds
from partners.drawing import OWN, draw_policy, try_policy
from partners.errors import Conflict
from partners.preconditions import Conditions
from partners.principal import Claims
from partners.records.policies import PolicyVersion, get_version, list_versions
from partners.shadowing import DAYS
from partners.tracing import Desk

Share = Annotated[float, Meta(ge=0, le=1)]
Number = Annotated[int, Meta(ge=0, le=1000)]
Status = Literal["shipped", "present", "former"]


class OverridesIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lines to be drawn otherwise for your own marks; what is left out stays as it ships.

    `uses_reviewed` are kinds of use that are reviewed by themselves; `strong_cue` and `weak_cue` are what a
    word of imitation beside your mark asks for.
    """

    doubtful: Share | UnsetType = UNSET
    named: Share | UnsetType = UNSET
    disguise: Share | UnsetType = UNSET
    letters_of_alert: Number | UnsetType = UNSET
    letters_of_disguise: Number | UnsetType = UNSET
    price_deviations: Annotated[float, Meta(ge=0, le=1000)] | UnsetType = UNSET
    signals_of_review: Number | UnsetType = UNSET
    signals_of_alert: Number | UnsetType = UNSET
    letters_shown: Number | UnsetType = UNSET
    hidden_share: Share | UnsetType = UNSET
    uses_reviewed: Annotated[list[Literal["comparison", "bundle"]], Meta(max_length=2)] | UnsetType = UNSET
    strong_cue: Literal["review", "alert"] | UnsetType = UNSET
    weak_cue: Literal["clear", "review"] | UnsetType = UNSET

    def read(self) -> Overrides:
        """As the flow takes them."""
        given = {name: value for name, value in structs.asdict(self).items() if value is not UNSET}
        if "uses_reviewed" in given:
            given["uses_reviewed"] = tuple(sorted(set(given["uses_reviewed"])))
        return Overrides(**given)


class PolicyIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Your policy as a whole: with no overrides it is the one that ships."""

    overrides: OverridesIn = OverridesIn()


class ShadowIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be tried on the last days: further lines drawn otherwise than by the policy in the path."""

    overrides: OverridesIn = OverridesIn()
    days: Annotated[int, Meta(ge=1, le=365)] = DAYS


class LinesOut(Struct, frozen=True, kw_only=True):
    """Where the lines are drawn; probabilities are of the text naming the mark."""

    shown: float
    doubtful: float
    named: float
    disguise: float
    letters_of_alert: int
    letters_of_disguise: int
    price_deviations: float
    signals_of_review: int
    signals_of_alert: int
    letters_shown: int
    hidden_share: float
    uses_reviewed: list[Use]
    strong_cue: VerdictName
    weak_cue: VerdictName


class PolicyOut(Struct, frozen=True, kw_only=True):
    """A version of a policy; it never changes. `id` and `revision` are null for those that ship."""

    id: str | None
    version: str
    based_on: str
    status: Status
    revision: int | None
    overrides: dict[str, Any]
    lines: LinesOut
    created_at: datetime | None
    created_by: str | None


class PoliciesOut(Struct, frozen=True, kw_only=True):
    """Versions, your own first, the newest before older ones."""

    items: list[PolicyOut]


class PolicyController(Controller):
    path = "/v1/policies"
    tags = ("policies",)

    @get(operation_id="list_policies", summary="List policies", sync_to_thread=True)
    def list(self, house: NamedDependency[House], claims: NamedDependency[Claims]) -> PoliciesOut:
        """List the versions of policies: a rights holder's own, and those that ship."""
        with house.database.reading(claims) as (connection, principal):
            own = list_versions(connection, principal)
        items = [_show(version, "present" if place == 0 else "former") for place, version in enumerate(own)]
        return PoliciesOut(
            items=items + [_show_shipped(version) for version in sorted(POLICIES, reverse=True)]
        )

    @get("/{key:str}", operation_id="get_policy", summary="Read a policy", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Response[PolicyOut]:
        """Read a version by its name or its id, or your present policy as `own`.

        As long as you have drawn no line yourself, `own` is the policy that ships.
        """
        if key in POLICIES:
            return Response(_show_shipped(key))
        with house.database.reading(claims) as (connection, principal):
            own = list_versions(connection, principal)
            found = own[0] if own and key == OWN else None
            if found is None and key != OWN:
                found = get_version(connection, principal, key)
        if found is None:
            return Response(_show_shipped(DEFAULT_POLICY.version))
        status: Status = "present" if found == own[0] else "former"
        return Response(_show(found, status), headers={"ETag": etag(found.revision)})

    @put("/{key:str}", operation_id="draw_policy", summary="Draw your own lines", sync_to_thread=True)
    def draw(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        conditions: NamedDependency[Conditions],
        key: FromPath[str],
        data: JSONBody[PolicyIn],
    ) -> Response[PolicyOut]:
        """Draw lines for your own marks; `key` is `own`, for a version never changes.

        This makes a new version; changing an earlier one of yours needs `If-Match`. What was advised on your
        marks is advised anew from its stored evidence, the first hundred listings at once, the rest by a job.
        No policy reaches other rights holders' marks, and none takes anything down.
        """
        if key != OWN:
            raise Conflict("a version of a policy never changes: draw a new one as `own`")
        desk = _desk(house)
        version = draw_policy(desk, claims, data.overrides.read(), conditions, house.clock())
        house.wake()
        return Response(_show(version, "present"), headers={"ETag": etag(version.revision)})

    @post(
        "/{key:str}/shadow",
        operation_id="try_policy",
        summary="Try a policy",
        status_code=202,
        sync_to_thread=True,
    )
    def shadow(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        once: NamedDependency[Once],
        key: FromPath[str],
        data: JSONBody[ShadowIn],
    ) -> Response[JobOut]:
        """Ask what a policy would have advised on your marks in the last days; nothing changes by it.

        `key` is a version, or `own`; `overrides` are drawn on top of it. The answer is a job whose `report`
        has the matches by verdict, as advised and as they would have been, with examples. It is counted from
        the stored evidence of kept screenings.
        """

        def run() -> Response[JobOut]:
            job = try_policy(_desk(house), claims, key, data.overrides.read(), data.days, house.clock())
            house.wake()
            return Response(show_job(job), headers={"Location": f"/v1/jobs/{job.id}"})

        return once.answer(run)


def _desk(house: House) -> Desk:
    return Desk(house.database, house.keyring, house.settings.flag_days)


def _show(version: PolicyVersion, status: Status) -> PolicyOut:
    return PolicyOut(
        id=version.id,
        version=version.version,
        based_on=version.based_on,
        status=status,
        revision=version.revision,
        overrides=version.overrides,
        lines=_show_lines(draw_lines(version.drawn, POLICIES[version.based_on].thresholds)),
        created_at=version.created_at,
        created_by=version.created_by,
    )


def _show_shipped(version: str) -> PolicyOut:
    return PolicyOut(
        id=None,
        version=version,
        based_on=version,
        status="shipped",
        revision=None,
        overrides={},
        lines=_show_lines(POLICIES[version].thresholds),
        created_at=None,
        created_by=None,
    )


def _show_lines(lines: Thresholds) -> LinesOut:
    shown = {name: getattr(lines, name) for name in LinesOut.__struct_fields__}
    return LinesOut(**shown | {"uses_reviewed": list(lines.uses_reviewed)})
