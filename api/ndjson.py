"""One object or a stream of them: the one way in which a bulk-capable POST takes its body.

`application/json` is one object, answered as itself. `application/x-ndjson` is one object a line,
answered 200 with one line per input line, in order: `{"line", "status", "reference", "result"}` or
`"problem"` in place of the result. Blank lines are skipped but counted; a bad line, the broken last one
too, is refused alone. Lines are handed on in batches, and a batch is answered once it is committed: an
acknowledged line is a kept line. A room offers it like this:

    @post(operation_id="create_thing", opt={"bulk": Bulk(ThingIn, ThingOut)}, sync_to_thread=True)
    def create(self, posted: NamedDependency[Posted], ...) -> Response[ThingOut]:
        def submit(things: list[ThingIn]) -> list[Outcome[ThingOut]]: ...
        return posted.answer(ThingIn, submit)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, cast

import msgspec
import structlog
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.response import Stream
from msgspec import UNSET, Struct, UnsetType

from api.decoding import decode
from api.deferring import BATCH, JOB_LINES, BulkOrder, defer_lines
from api.etags import provide_conditions
from api.house import House
from api.limits import JSON, NDJSON, check_media_type, prefers_async
from api.problems import UNREACHABLE, Problem, Refusal, problem_of
from api.rates import Limiter
from partners.errors import DomainError, Forbidden, NotReady, Unauthorized
from partners.principal import Claims

In = TypeVar("In", bound=Struct)
Out = TypeVar("Out")
log = structlog.get_logger("touchstone.ndjson")


class Bulk(Struct, frozen=True):
    """What a bulk-capable operation takes and answers; it stands in the handler's `opt` as "bulk"."""

    takes: type[Struct]
    answers: type[Struct]


class Result(Struct, Generic[Out], frozen=True, kw_only=True):
    """One object was taken: `status` 201 when it is new, else 200; `headers` of an answer to it alone."""

    status: int
    body: Out
    headers: Mapping[str, str] = {}


# A refused object is its domain error, returned, not raised.
Outcome: TypeAlias = Result[Out] | DomainError
Submit: TypeAlias = Callable[[list[In]], Sequence[Outcome[Out]]]
_FOR_ALL = (Unauthorized, Forbidden, NotReady, *UNREACHABLE)  # raised by `submit`, they hit every line alike


class LineOut(Struct, frozen=True, kw_only=True):
    """The answer to one line, counted from 1: either `result` or `problem`."""

    line: int
    status: int
    reference: str | None
    result: Any | UnsetType = UNSET
    problem: Problem | UnsetType = UNSET


class Posted(Struct, frozen=True, kw_only=True):
    """The dependency `posted`: a body within its limits, not yet decoded; its lines begin with `first`.

    A stream that is longer, and whose client prefers to come back for its answers, has a `defer`.
    """

    body: bytes
    is_stream: bool
    first: int = 1
    defer: Callable[[], Response[Any]] | None = None

    def answer(self, kind: type[In], submit: Submit[In, Out]) -> Response[Out]:
        """Decode, hand to `submit`, and answer one object as itself or a stream line by line.

        `submit` takes objects in order and returns as many outcomes, after their commit. What it raises
        is the answer to all of them.

        Raises:
            Refusal: the one object cannot be decoded.
            DomainError: the one object was refused, or the caller, or everything.
        """
        if self.defer:
            return self.defer()
        return self._answer_stream(kind, submit) if self.is_stream else self._answer_one(kind, submit)

    def _answer_one(self, kind: type[In], submit: Submit[In, Out]) -> Response[Out]:
        [outcome] = submit([decode(self.body, kind)])
        return answer_outcome(outcome)

    def _answer_stream(self, kind: type[In], submit: Submit[In, Out]) -> Response[Out]:
        batches = _batches(self.body, self.first)
        # the first batch goes before the status line, so that what hits all lines is the answer's own
        begun = _answer_batch(next(batches, []), kind, submit)
        rest = (_answer_late_batch(batch, kind, submit) for batch in batches)
        return cast("Response[Out]", Stream(_chain(begun, rest), status_code=200, media_type=NDJSON))


def answer_outcome(outcome: Outcome[Out]) -> Response[Out]:
    """Answer what became of one object.

    Raises:
        DomainError: it was refused.
    """
    if isinstance(outcome, DomainError):
        raise outcome
    return Response(outcome.body, status_code=outcome.status, headers=dict(outcome.headers))


async def provide_posted(request: Request[Any, Any, Any], house: NamedDependency[House]) -> Posted:
    """Read the body.

    Raises:
        Refusal: 415 for another media type, 413 for too many bytes or lines, 429 for too many a second.
    """
    is_stream = check_media_type(request, {JSON, NDJSON}) == NDJSON
    body = await request.body()
    settings = house.settings
    if not is_stream:
        return Posted(body=body, is_stream=False)
    lines = body.rstrip(b"\r\n").count(b"\n") + 1
    claims: Claims | None = request.scope.get("auth")
    if lines <= settings.bulk_limit_lines and len(body) <= settings.bulk_limit_bytes:
        if claims:
            limiter: Limiter = request.app.state.limiter
            await limiter.take(request.scope, "lines", claims.actor, lines)
        return Posted(body=body, is_stream=True)
    if not prefers_async(request):
        raise Refusal("too-large", f"The body has more than {settings.bulk_limit_lines} lines.")
    if lines > JOB_LINES:
        raise Refusal("too-large", f"The body has more than {JOB_LINES} lines.")
    caller: Claims = request.auth
    headers = request.headers
    order = BulkOrder(
        operation=str(request.route_handler.operation_id),
        claims=caller,
        conditions=await provide_conditions(headers.get("if-match"), headers.get("if-none-match")),
    )
    return Posted(body=body, is_stream=True, defer=lambda: defer_lines(house, order, body))


_Line: TypeAlias = tuple[int, bytes]


class _Referenced(Struct):
    reference: str | None = None


def _batches(body: bytes, first: int) -> Iterator[list[_Line]]:
    batch: list[_Line] = []
    for number, line in enumerate(body.split(b"\n"), start=first):
        if line.strip():
            batch.append((number, line))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _answer_batch(batch: list[_Line], kind: type[In], submit: Submit[In, Out]) -> bytes:
    decoded = [_try_decode(line, kind) for _, line in batch]
    outcomes = iter(_submit([item for item in decoded if not isinstance(item, Refusal)], submit))
    return b"".join(
        _encode(number, _read_reference(line), problem_of(item))
        if isinstance(item, Refusal)
        else _encode(number, getattr(item, "reference", None), next(outcomes))
        for (number, line), item in zip(batch, decoded, strict=True)
    )


def _answer_late_batch(batch: list[_Line], kind: type[In], submit: Submit[In, Out]) -> bytes:
    """As `_answer_batch`, once the answer has begun: what hits all lines is told line by line."""
    try:
        return _answer_batch(batch, kind, submit)
    except _FOR_ALL as error:
        problem = problem_of(error)
        return b"".join(_encode(number, _read_reference(line), problem) for number, line in batch)


def _submit(items: list[In], submit: Submit[In, Out]) -> list[Result[Out] | Problem]:
    if not items:
        return []
    try:
        outcomes = submit(items)
    except _FOR_ALL:
        raise
    except Exception as error:  # one line's fault must not become another's
        if len(items) > 1:
            return [outcome for item in items for outcome in _submit([item], submit)]
        if not isinstance(error, DomainError):
            log.exception("line failed", exc_info=error)
        return [problem_of(error)]
    return [problem_of(item) if isinstance(item, DomainError) else item for item in outcomes]


def _try_decode(line: bytes, kind: type[In]) -> In | Refusal:
    try:
        return decode(line, kind)
    except Refusal as refusal:
        return refusal


def _read_reference(line: bytes) -> str | None:
    """The reference of a line that is no good otherwise, if one can be read."""
    try:
        reference = msgspec.json.decode(line, type=_Referenced).reference
    except (ValueError, RecursionError):
        return None
    return reference[:400] if reference else None


def _encode(number: int, reference: str | None, outcome: Result[Out] | Problem) -> bytes:
    line = LineOut(
        line=number,
        status=outcome.status,
        reference=reference,
        result=outcome.body if isinstance(outcome, Result) else UNSET,
        problem=outcome if isinstance(outcome, Problem) else UNSET,
    )
    return msgspec.json.encode(line) + b"\n"
