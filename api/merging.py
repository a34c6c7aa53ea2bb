"""Merging: a JSON merge patch (RFC 7396) onto what a thing is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from api.decoding import place_of
from api.problems import Refusal

T = TypeVar("T", bound=Struct)


def merge_patch(target: Any, patch: Any) -> Any:  # noqa: ANN401 - any JSON values
    """Merge a patch into a JSON value (section 2): null removes, an object merges, all else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def apply_patch(document: Mapping[str, Any], patch: Struct, kind: type[T]) -> T:
    """Merge a decoded patch (what it does not name is unset) into a document, and read the whole anew.

    Raises:
        Refusal: 400, the whole is no longer of this kind: something required was removed, say.
    """
    merged = merge_patch(document, msgspec.to_builtins(patch))
    try:
        return msgspec.convert(merged, kind)
    except msgspec.ValidationError as error:
        raise Refusal(
            "invalid", "The patch leaves something that does not fit.", [place_of(str(error))]
        ) from None
