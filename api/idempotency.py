"""`Idempotency-Key`: a POST that creates is done once, however often it is sent (C3).

A room offers it by the dependency `once`:

    def create(self, once: NamedDependency[Once], ...) -> Response[ThingOut]:
        return once.answer(lambda: posted.answer(ThingIn, ...))

A request with a key is answered by `partners.repeating`: change and answer are one transaction. Without a
key nothing is different from before. A key belongs to a client and an operation; it names the method, the
path with its query, the media type and the bytes of the body. Answers of 2xx alone are kept: a refusal
changed nothing, and the key may be used again, with a corrected body too.

A stream (NDJSON) is not kept as a whole: it is committed and acknowledged batch by batch, so a broken one
has to go on where it broke off, and there each line's `reference` is its key already. A stream with a key
is taken, and the key makes no difference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar, cast

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import HeaderParameter
from msgspec import Struct

from api.house import House
from api.limits import JSON, NDJSON
from api.problems import FieldError, Refusal
from partners.repeating import Answer, Keyed, Memory, answer_once

T = TypeVar("T")
HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
# A structured-field string (RFC 8941) or, as many clients send it, the bare token or UUID.
_STRING = r'"([ !#-\[\]-~]|\\["\\]){1,255}"'
_BARE = r"[!#$%&'*+\-.^_`|~:/0-9A-Za-z]{1,255}"
_KEY = re.compile(f"{_STRING}|{_BARE}")
Key = Annotated[
    str | None,
    HeaderParameter(
        name=HEADER,
        description="of your choice, one per thing to be done once: sent again, it is answered again",
        pattern=f"^({_STRING}|{_BARE})$",
        max_length=512,
    ),
]


class Once(Struct, frozen=True, kw_only=True):
    """The dependency `once`: the request's key, if it has one, and what it takes to honor it."""

    house: House
    keyed: Keyed | None
    status: int

    def answer(self, run: Callable[[], Response[T] | T], *, shows_secret: bool = False) -> Response[T]:
        """Answer by `run`, or by what an equal request with the key was answered before.

        With `shows_secret` the answer is not kept, only that it was given.

        Raises:
            KeyReused: the key came with another request before (422).
            Conflict: the key is at work, or its answer held a secret (409).
        """
        if self.keyed is None:
            return self._complete(run())
        house = self.house
        memory = Memory(
            database=house.database,
            keyring=house.keyring,
            repeats=house.repeats,
            lasting=timedelta(hours=house.settings.idempotency_hours),
        )
        keyed = msgspec.structs.replace(self.keyed, shows_secret=shows_secret)
        now: datetime = house.clock()
        answer = answer_once(memory, keyed, lambda: _encode(self._complete(run())), now)
        house.wake()  # what `run` said before the commit was said too early
        headers = answer.headers | ({REPLAYED: "true"} if answer.is_repeated else {})
        made = Response(answer.body, status_code=answer.status, headers=headers, media_type=JSON)
        return cast("Response[T]", made)

    def _complete(self, made: Response[T] | T) -> Response[T]:
        response = made if isinstance(made, Response) else Response(made)
        if response.status_code is None:
            response.status_code = self.status
        return response


def _encode(response: Response[Any]) -> Answer:
    return Answer(
        status=cast("int", response.status_code),
        headers=dict(response.headers),
        body=msgspec.json.encode(response.content),
    )


async def provide_once(
    request: Request[Any, Any, Any], house: NamedDependency[House], idempotency_key: Key = None
) -> Once:
    """Read the key, and what it names.

    Raises:
        Refusal: 400, it is no key, or there are several.
    """
    handler: Any = request.route_handler
    keyed = None
    if idempotency_key is not None and request.content_type[0] != NDJSON:
        keyed = Keyed(
            claims=request.auth,
            operation=str(handler.operation_id),
            key=_read_key(request.headers.getall(HEADER.lower())),
            request=await _fingerprint(request),
        )
    return Once(house=house, keyed=keyed, status=handler.status_code)


def _read_key(values: list[str]) -> str:
    if len(values) != 1 or not _KEY.fullmatch(values[0]):
        places = [FieldError(pointer=f"/{HEADER}", detail="is not one string or token", source="header")]
        raise Refusal("invalid", "The key does not fit.", places)
    bare = values[0]
    return re.sub(r"\\(.)", r"\1", bare[1:-1]) if bare.startswith('"') else bare


async def _fingerprint(request: Request[Any, Any, Any]) -> str:
    scope = request.scope
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    body = await request.body()
    parts = (scope["method"].encode(), path, scope["query_string"], request.content_type[0].encode(), body)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).hexdigest()
