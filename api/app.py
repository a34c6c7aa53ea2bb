"""The front door: a list of rooms, and the rules that hold in all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, cast

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler

from api.contract import (
    Contract,
    draw_contract,
    encode_contract,
    show_contract,
    show_reference,
    show_reference_file,
)
from api.doorstep import Doorstep
from api.etags import provide_conditions
from api.health import get_health, get_metrics, get_readiness
from api.house import House
from api.idempotency import provide_once
from api.limits import JOB_TIMES, Parameters, StrictRequest
from api.metrics import Metrics
from api.ndjson import provide_posted
from api.oauth import rooms as oauth_rooms
from api.pages.rooms import rooms as page_rooms
from api.paging import provide_paging
from api.problems import allow_header, answer_problem
from api.rates import Limiter
from api.rights import RIGHTS, Right
from api.security import Connection, Guard, provide_claims
from api.timekeeping import Timekeeper
from api.v1.audit import AuditController
from api.v1.cases import CaseController
from api.v1.clients import ClientController
from api.v1.data_subjects import DataSubjectController
from api.v1.deliveries import DeliveryController
from api.v1.event_types import EventTypeController
from api.v1.events import EventController
from api.v1.flags import FlagController
from api.v1.invitations import InvitationController
from api.v1.jobs import JobController
from api.v1.judgements import JudgementController
from api.v1.licensees import LicenseeController
from api.v1.listings import ListingController
from api.v1.matches import MatchController
from api.v1.notices import NoticeController
from api.v1.organization import OrganizationController
from api.v1.people import PeopleController
from api.v1.policies import PolicyController
from api.v1.screenings import ScreeningController
from api.v1.seizures import SeizureController
from api.v1.sellers import SellerController
from api.v1.trademarks import TrademarkController
from api.v1.webhook_endpoints import WebhookEndpointController
from api.v1.webhook_keys import WebhookKeyController, show_webhook_keys

ROOMS: Sequence[ControllerRouterHandler] = (
    get_health,
    get_readiness,
    get_metrics,
    oauth_rooms,
    page_rooms,
    OrganizationController,
    ClientController,
    PeopleController,
    InvitationController,
    AuditController,
    WebhookEndpointController,
    WebhookKeyController,
    show_webhook_keys,
    DeliveryController,
    EventController,
    EventTypeController,
    show_contract,
    show_reference,
    show_reference_file,
    TrademarkController,
    LicenseeController,
    ListingController,
    ScreeningController,
    PolicyController,
    MatchController,
    JudgementController,
    NoticeController,
    CaseController,
    SellerController,
    DataSubjectController,
    SeizureController,
    FlagController,
    JobController,
)


class Frame:
    """The rooms without a house: drawn once, furnished for any house, and one after the other for many."""

    def __init__(
        self,
        rooms: Sequence[ControllerRouterHandler] = ROOMS,
        rights: Mapping[str, Right] = RIGHTS,
        *,
        max_body_bytes: int,
    ) -> None:
        parameters = Parameters()
        self._rooms, self._rights = rooms, rights
        self._app = Litestar(
            route_handlers=rooms,
            guards=[_let_in],
            before_request=parameters.check,
            dependencies=_DEPENDENCIES,
            exception_handlers={Exception: answer_problem},
            request_class=StrictRequest,
            request_max_body_size=max_body_bytes,
            lifespan=[_threads],
            logging_config=None,
            openapi_config=None,
        )
        _check_rights(self._app, rights)
        parameters.learn(self._app)
        self._handler = self._app.asgi_handler
        self._methods = _list_methods(self._app)

    def furnish(self, house: House) -> Litestar:
        """The app of this house; the app of a house before it is this one from now on."""
        metrics, limiter = Metrics(house.registry), Limiter(house)

        @cache
        def contract() -> bytes:
            return encode_contract(describe(self._rooms, house.settings.base_url))

        in_it = {"house": house, "limiter": limiter, "metrics": metrics, "contract": contract}
        guard = Guard(house, limiter, self._rights)
        self._app.state = State(in_it | {"guard": guard}, deep_copy=False)
        timed = Timekeeper(self._handler, house.settings.request_seconds)
        self._app.asgi_handler = Doorstep(timed, metrics, self._methods, house.settings)
        return self._app


def create_app(
    house: House,
    rooms: Sequence[ControllerRouterHandler] = ROOMS,
    rights: Mapping[str, Right] = RIGHTS,
) -> Litestar:
    """Make the ASGI app.

    Raises:
        LookupError: a handler has no row in `api.rights`, so nobody could say who may call it.
    """
    return Frame(rooms, rights, max_body_bytes=house.settings.bulk_limit_bytes * JOB_TIMES).furnish(house)


def describe(rooms: Sequence[ControllerRouterHandler] = ROOMS, server: str = "/") -> dict[str, Any]:
    """Describe rooms as an OpenAPI document; no house is needed to draw its plan."""
    return draw_contract(rooms, _DEPENDENCIES, server)


async def _let_in(connection: Connection, handler: BaseRouteHandler) -> None:
    await connection.app.state.guard(connection, handler)


async def _provide_house(request: Request[Any, Any, Any]) -> House:
    return cast("House", request.app.state.house)


async def _provide_metrics(request: Request[Any, Any, Any]) -> Metrics:
    return cast("Metrics", request.app.state.metrics)


async def _provide_contract(request: Request[Any, Any, Any]) -> Contract:
    return cast("Contract", request.app.state.contract)


_DEPENDENCIES = {
    "house": Provide(_provide_house),
    "metrics": Provide(_provide_metrics),
    "contract": Provide(_provide_contract),
    "claims": Provide(provide_claims),
    "conditions": Provide(provide_conditions),
    "once": Provide(provide_once),
    "paging": Provide(provide_paging),
    "posted": Provide(provide_posted),
}


@asynccontextmanager
async def _threads(app: Litestar) -> AsyncIterator[None]:
    """The threads of the handlers: as many as the settings say, and the database's pool knows."""
    house: House = app.state.house
    pool = ThreadPoolExecutor(house.settings.threads, thread_name_prefix="handler")
    asyncio.get_running_loop().set_default_executor(pool)
    yield
    pool.shutdown(wait=True, cancel_futures=True)


def _list_methods(app: Litestar) -> dict[str, str]:
    """Each path's `Allow` header."""
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    return {route.path_format: allow_header(route.methods) for route in routes}


def _check_rights(app: Litestar, rights: Mapping[str, Right]) -> None:
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if "OPTIONS" not in handler.http_methods and str(handler.operation_id) not in rights:
                raise LookupError(f"{handler.operation_id} at {route.path} has no row in api.rights")
