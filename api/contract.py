"""The contract as it is served: `/openapi.json`, and the interactive reference at `/docs`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, get_args, get_origin

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Schema
from litestar.params import FromPath
from litestar.plugins import OpenAPISchemaPlugin
from litestar.response import Stream
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler
from litestar.typing import FieldDefinition

from api.limits import StrictRequest
from api.ndjson import LineOut
from api.problems import Problem
from api.rights import RIGHTS, Right
from openapi.document import Cover, build_document
from openapi.operation import Operation
from openapi.reference import CONTENT_POLICY, Asset, load_assets
from partners.errors import NotFound

Contract = Callable[[], bytes]
_DESCRIPTION = """\
Touchstone joins what marketplaces sell, what rights holders own and what customs seize.

A verdict is advice with its reasons; only a person's decision takes something down. Unknown request
fields are refused, unknown response fields must be tolerated. What is not yours answers as what does
not exist.
"""


class _Structs(OpenAPISchemaPlugin):
    """Leaves structs to msgspec, which draws them whole; Litestar stumbles over their list defaults."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:  # noqa: ANN401 - a type annotation is any value
        return isinstance(value, type) and issubclass(value, msgspec.Struct)

    def to_openapi_schema(
        self,
        field_definition: FieldDefinition,
        schema_creator: object,  # noqa: ARG002 - Litestar passes it by name
    ) -> Schema:
        return Schema(title=field_definition.name)


def draw_contract(
    rooms: Sequence[ControllerRouterHandler],
    dependencies: Mapping[str, Provide],
    server: str,
    rights: Mapping[str, Right] = RIGHTS,
) -> dict[str, Any]:
    """Draw the OpenAPI document of rooms; the dependencies are looked at, never called."""
    app = Litestar(
        route_handlers=rooms,
        dependencies=dependencies,
        request_class=StrictRequest,
        plugins=[_Structs()],
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="Touchstone",
            version=version("touchstone"),
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin()],
        ),
    )
    cover = Cover(title="Touchstone", version=version("touchstone"), description=_DESCRIPTION, server=server)
    operations = list(_operations(app, rights))
    return build_document(app.openapi_schema.to_schema(), operations, cover, [Problem, LineOut])


def _operations(app: Litestar, rights: Mapping[str, Right]) -> Iterator[Operation]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            right = rights.get(str(handler.operation_id))
            if right and handler.resolve_include_in_schema():
                yield _describe(handler, route.path_format, right)


def _describe(handler: HTTPRouteHandler, path: str, right: Right) -> Operation:
    operation_id = str(handler.operation_id)
    bulk = handler.opt.get("bulk")
    body = handler.parsed_data_field
    (method,) = handler.http_methods - {"HEAD", "OPTIONS"}
    return Operation(
        operation_id=operation_id,
        method=method,
        path=path,
        status=handler.status_code,
        scope=right.scope,
        kinds=tuple(right.kinds),
        limits=right.limits,
        is_keyed="once" in handler.parsed_fn_signature.parameters,
        is_deprecated=right.deprecation is not None,
        takes=bulk.takes if bulk else body and body.annotation,
        answers=bulk.answers if bulk else _answered(handler.parsed_fn_signature.return_type.annotation),
        is_bulk=bool(bulk),
        is_conditional="conditions" in handler.parsed_fn_signature.parameters,
        may_create=bool(handler.opt.get("may_replace"))
        or (method == "PUT" and operation_id.startswith("replace_")),
        draws=handler.opt.get("draws", ""),
        may_be_gone=bool(handler.opt.get("may_be_gone")),
        role=right.role,
    )


def _answered(annotation: Any) -> Any:  # noqa: ANN401 - a type annotation is any value
    """The type of the body: what a Response holds, or nothing for streams, bytes and no answer."""
    if annotation in {None, type(None), bytes, str} or annotation is Stream:
        return None
    if get_origin(annotation) is Response:
        (held,) = get_args(annotation)
        return _answered(held)
    return annotation


@get(
    "/openapi.json", operation_id="get_contract", tags=["health"], summary="The contract", sync_to_thread=True
)
def show_contract(contract: NamedDependency[Contract]) -> Response[bytes]:
    """Answer this document."""
    return Response(contract(), media_type="application/json", headers={"Cache-Control": "max-age=300"})


@get(["/docs", "/docs/"], operation_id="get_reference", include_in_schema=False, sync_to_thread=True)
def show_reference(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer the interactive reference."""
    return _answer_asset(request, load_assets()[""])


@get("/docs/{name:str}", operation_id="get_reference_file", include_in_schema=False, sync_to_thread=True)
def show_reference_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Answer a file of the reference."""
    asset = load_assets().get(name)
    if asset is None:
        raise NotFound("no such file")
    return _answer_asset(request, asset)


def _answer_asset(request: Request[Any, Any, Any], asset: Asset) -> Response[bytes]:
    headers = {
        "Cache-Control": "max-age=86400",
        "Content-Security-Policy": CONTENT_POLICY,
        "Vary": "Accept-Encoding",
    }
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})


def encode_contract(document: Mapping[str, Any]) -> bytes:
    """The document's bytes as they are committed: indented, in a stable order."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
