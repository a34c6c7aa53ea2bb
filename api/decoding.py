"""Decoding: bytes into exactly the struct that is asked for, or a problem that says where they differ.

Nothing is coerced: a string for a number is refused. Beyond what msgspec checks we refuse NUL
characters (PostgreSQL cannot keep them), nesting deeper than 64, strings beyond 20,000 characters and
documents of more than 20,000 values.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import cache
from typing import TypeVar, cast

import msgspec
import numpy as np

from api.problems import FieldError, Refusal

T = TypeVar("T")
MAX_DEPTH = 64
MAX_STRING = 20_000
MAX_VALUES = 20_000
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_NOT_BRACKETS = re.compile(rb"[^\[\]{}]+")
_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>\$.*)`)?", re.DOTALL)
_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(?P<name>.*)`", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<index>[^\]]*)\]")


def decode(body: bytes, kind: type[T]) -> T:
    """Decode one JSON document.

    Raises:
        Refusal: it is no JSON, or not of this kind; `errors` points at the place.
    """
    if not body.strip():
        raise Refusal("malformed", "The body is missing.")
    try:
        value = cast("T", _decoder(cast("Hashable", kind)).decode(body))
    except UnicodeDecodeError:
        raise Refusal("malformed", "The body is not valid UTF-8.") from None
    except RecursionError:
        raise Refusal("malformed", f"The body nests deeper than {MAX_DEPTH} levels.") from None
    except msgspec.ValidationError as error:
        raise Refusal("invalid", "The body does not fit.", [place_of(str(error))]) from None
    except msgspec.DecodeError as error:
        raise Refusal("malformed", f"The body is not valid JSON: {error}.") from None
    _check_text(body)
    return value


def place_of(message: str) -> FieldError:
    """Turn msgspec's message with its `$.items[0].x` into a JSON Pointer and a sentence."""
    if not (parts := _MESSAGE.fullmatch(message)):
        return FieldError(pointer="", detail=message)
    pointer = _pointer(parts["path"] or "$")
    if field := _FIELD.fullmatch(parts["what"]):
        pointer += f"/{_escape(field['name'])}"
    return FieldError(pointer=pointer, detail=parts["what"])


def _pointer(path: str) -> str:
    pointer = ""
    for step in _STEP.finditer(path):
        if step["index"] == "...":  # a key of a free mapping: msgspec does not say which
            break
        pointer += f"/{_escape(step['name'] or step['index'])}"
    return pointer


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[object]:
    return msgspec.json.Decoder(cast("type[object]", kind), strict=True)


def _check_text(body: bytes) -> None:
    """Look for what msgspec lets pass; the body is known to be valid JSON."""
    if b"\\u0000" in body and _NUL.search(body):
        raise Refusal("malformed", "The body has a NUL character in a string.")
    if len(body) > MAX_STRING:
        _check_strings(body)
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _check_depth(body)
    if body.count(b",") > MAX_VALUES and _STRING.sub(b"", body).count(b",") > MAX_VALUES:
        raise Refusal("invalid", f"The body has more than {MAX_VALUES} values.")


def _check_strings(body: bytes) -> None:
    for string in _STRING.finditer(body):
        long = string.end() - string.start() > MAX_STRING
        if long and len(msgspec.json.decode(string[0], type=str)) > MAX_STRING:
            raise Refusal("invalid", f"A string is longer than {MAX_STRING} characters.")


def _check_depth(body: bytes) -> None:
    brackets = np.frombuffer(_NOT_BRACKETS.sub(b"", _STRING.sub(b"", body)), dtype=np.uint8)
    steps = np.where((brackets == ord("[")) | (brackets == ord("{")), 1, -1)
    if len(steps) and steps.cumsum().max() > MAX_DEPTH:
        raise Refusal("malformed", f"The body nests deeper than {MAX_DEPTH} levels.")
