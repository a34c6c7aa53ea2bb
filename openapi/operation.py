"""What the document has to know of an operation beyond what the framework draws."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Operation(Struct, frozen=True, kw_only=True):
    """One operation of the API: types are annotations, `scope` None is open to everybody,
    `draws` is the media type of a picture that it answers, too.
    """

    operation_id: str
    method: str
    path: str
    status: int
    scope: str | None
    takes: Any = None
    answers: Any = None
    is_bulk: bool = False
    is_conditional: bool = False
    may_create: bool = False
    is_keyed: bool = False  # takes an Idempotency-Key
    is_deprecated: bool = False
    kinds: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    draws: str = ""
    may_be_gone: bool = False
    role: str = "reader"  # the least of a person who may do it

    @property
    def names_a_thing(self) -> bool:
        return "{" in self.path
