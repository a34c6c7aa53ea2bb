"""Paging: lists come in pages, one after another by an opaque cursor.

A cursor is sealed under the service's keys and bound to the client, the operation and its filters:
changed, or used elsewhere, it is refused. It holds the key of the last row, so rows that arrive
meanwhile move nothing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from api.house import House
from api.problems import FieldError, Refusal
from partners.keyring import KeyRefused, Keyring

T = TypeVar("T")
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="most items of the page")]
After = Annotated[str | None, QueryParameter(max_length=2000, description="the `next` of the page before")]


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """One page: `next` is the cursor of the one after it, null at the end."""

    items: list[T]
    next: str | None = None


class Paging(Struct, frozen=True, kw_only=True):
    """Where a page begins (`after`: the key of the last row seen, or nothing) and how long it may be."""

    limit: int
    after: str | None
    keyring: Keyring
    context: str
    path: str
    filters: tuple[tuple[str, str], ...]

    def answer(self, items: list[T], keys: Sequence[str]) -> Response[Page[T]]:
        """Answer a page of a list: `keys` are the rows' own, in order; a full page has a next one."""
        return self._answer(items, keys[-1] if len(items) >= self.limit else None)

    def answer_feed(self, items: list[T], keys: Sequence[str]) -> Response[Page[T]]:
        """Answer a page of a feed: `next` is always there, to come back with; an empty page is its end."""
        return self._answer(items, keys[-1] if keys else self.after)

    def _answer(self, items: list[T], last: str | None) -> Response[Page[T]]:
        if last is None:
            return Response(Page(items=items))
        cursor = _seal(self.keyring, last, self.context)
        query = urlencode([*self.filters, ("limit", str(self.limit)), ("after", cursor)])
        link = f'<{self.path}?{query}>; rel="next"'
        return Response(Page(items=items, next=cursor), headers={"Link": link})


async def provide_paging(
    request: Request[Any, Any, Any],
    house: NamedDependency[House],
    limit: Limit = 50,
    after: After = None,
) -> Paging:
    """The dependency `paging`.

    Raises:
        Refusal: the cursor was changed, or belongs to another client, operation or filter (400).
    """
    raw: bytes = request.scope["query_string"]
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
    filters = tuple(sorted((name, value) for name, value in pairs if name not in {"limit", "after"}))
    raw_path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    path = raw_path.partition(b"?")[0].decode("latin-1")
    context = f"cursor {request.auth.actor} {path} {urlencode(filters)}"
    return Paging(
        limit=limit,
        after=None if after is None else _open(house.keyring, after, context),
        keyring=house.keyring,
        context=context,
        path=path,
        filters=filters,
    )


def _seal(keyring: Keyring, key: str, context: str) -> str:
    return base64.urlsafe_b64encode(keyring.seal(key.encode(), context)).rstrip(b"=").decode()


def _open(keyring: Keyring, cursor: str, context: str) -> str:
    try:
        sealed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
        return keyring.open(sealed, context).decode()
    except (KeyRefused, ValueError, binascii.Error) as error:
        detail = "is no cursor of yours for this list and these filters"
        raise Refusal(
            "invalid",
            "The cursor does not fit.",
            [FieldError(pointer="/after", detail=detail, source="query")],
        ) from error
