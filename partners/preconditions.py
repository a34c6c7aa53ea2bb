"""Conditional writes (RFC 9110 section 13): a change only to the revision its author has seen."""

from __future__ import annotations

from msgspec import Struct

from partners.errors import PreconditionFailed, PreconditionRequired


class Conditions(Struct, frozen=True, kw_only=True):
    """What `If-Match` and `If-None-Match` said: entity tags without quotes, `*`, or nothing."""

    if_match: frozenset[str] = frozenset()
    if_none_match: frozenset[str] = frozenset()


def check_change(conditions: Conditions, revision: int, *, overwrites: bool) -> None:
    """Allow a change to `revision` (0: there is nothing yet) as far as the conditions do.

    Raises:
        PreconditionFailed: the conditions name another state than the present one.
        PreconditionRequired: it would overwrite something, and `If-Match` is missing.
    """
    if conditions.if_none_match and overwrites:
        raise PreconditionFailed("it exists already")
    if conditions.if_match:
        if revision and conditions.if_match & {"*", str(revision)}:
            return
        raise PreconditionFailed("it is not at the revision you name: read it again")
    if overwrites:
        raise PreconditionRequired("to change it, send If-Match with the ETag you have read")
