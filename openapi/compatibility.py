"""Compatibility: what in a new contract document would break a program written against an older one.

Within `/v1` the contract may only grow. Breaking is: an operation, an answer or a field of an answer that is
gone; a parameter or a field of a request that is gone, newly required, of another type, or takes less than
before. New values of a list in an answer may come: programs must tolerate them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_LOWER = ("maxLength", "maxItems", "maxProperties", "maximum")  # a request breaks when these shrink
_RAISED = ("minLength", "minItems", "minimum")  # and when these grow
Document = Mapping[str, Any]


def list_breaks(old: Document, new: Document) -> list[str]:
    """Each break of a promise that `old` made, as a sentence."""
    return list(dict.fromkeys(_compare(old, new)))


def _compare(old: Document, new: Document) -> Iterator[str]:
    for path, methods in old["paths"].items():
        for method, before in methods.items():
            place = f"{method.upper()} {path}"
            after = new["paths"].get(path, {}).get(method)
            if after is None:
                yield f"{place}: is gone"
                continue
            walk = _Walk(old, new)
            yield from _compare_parameters(place, before, after, walk)
            yield from _compare_bodies(place, before, after, walk)


def _compare_parameters(place: str, before: Document, after: Document, walk: _Walk) -> Iterator[str]:
    known = {(each["in"], each["name"]): each for each in before.get("parameters", [])}
    given = {(each["in"], each["name"]): each for each in after.get("parameters", [])}
    for key, parameter in known.items():
        if key not in given:
            yield f"{place}: the parameter {key[1]} is gone"
        else:
            yield from walk.request(f"{place} {key[1]}", parameter["schema"], given[key]["schema"])
    for key, parameter in given.items():
        if parameter.get("required") and not known.get(key, {}).get("required"):
            yield f"{place}: the parameter {key[1]} is required now"


def _compare_bodies(place: str, before: Document, after: Document, walk: _Walk) -> Iterator[str]:
    for media_type, content in before.get("requestBody", {}).get("content", {}).items():
        taken = after.get("requestBody", {}).get("content", {}).get(media_type)
        if taken is None:
            yield f"{place}: takes no {media_type} any more"
        else:
            yield from walk.request(place, content["schema"], taken["schema"])
    for status, answer in before["responses"].items():
        if not status.startswith("2"):
            continue
        for media_type, content in answer.get("content", {}).items():
            given = after["responses"].get(status, {}).get("content", {}).get(media_type)
            if given is None:
                yield f"{place}: answers no {status} {media_type} any more"
            else:
                yield from walk.answer(f"{place} {status}", content["schema"], given["schema"])


class _Walk:
    """Walks two schemas side by side, through their references."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old = old
        self._new = new
        self._seen: set[tuple[str, str, str]] = set()

    def request(self, place: str, before: Document, after: Document) -> Iterator[str]:
        """What was sent must still be taken."""
        for old, new, at in self._pairs("request", place, before, after):
            yield from _narrowed(at, old, new)
            for name in old.get("properties", {}).keys() - new.get("properties", {}).keys():
                yield f"{at}: takes no {name} any more"
            for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
                yield f"{at}: {name} is required now"

    def answer(self, place: str, before: Document, after: Document) -> Iterator[str]:
        """What was read must still be there."""
        for old, new, at in self._pairs("answer", place, before, after):
            for name in sorted(old.get("properties", {}).keys() - new.get("properties", {}).keys()):
                yield f"{at}: answers no {name} any more"
            for name in sorted(set(old.get("required", ())) - set(new.get("required", ()))):
                if name in new.get("properties", {}):
                    yield f"{at}: {name} may be missing now"
            if new.get("type") != old.get("type"):
                yield f"{at}: answers {new.get('type')} instead of {old.get('type')}"

    def _pairs(
        self, role: str, place: str, before: Document, after: Document
    ) -> Iterator[tuple[Document, Document, str]]:
        key = (role, before.get("$ref", ""), after.get("$ref", ""))
        if key[1] and key in self._seen:
            return
        self._seen.add(key)
        old, new = _resolve(self._old, before), _resolve(self._new, after)
        yield old, new, place
        for name, part in old.get("properties", {}).items():
            if name in new.get("properties", {}):
                yield from self._pairs(role, f"{place}/{name}", part, new["properties"][name])
        if "items" in old and "items" in new:
            yield from self._pairs(role, f"{place}/*", old["items"], new["items"])
        choices = {_kind(self._new, choice): choice for choice in new.get("anyOf", ())}
        for choice in old.get("anyOf", ()):
            if same := choices.get(_kind(self._old, choice)):
                yield from self._pairs(role, place, choice, same)


def _narrowed(place: str, old: Document, new: Document) -> Iterator[str]:
    if new.get("type") != old.get("type") and "anyOf" not in new:
        yield f"{place}: takes {new.get('type')} instead of {old.get('type')}"
    if missing := set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
        yield f"{place}: takes {', '.join(sorted(map(str, missing)))} no more"
    for bound in _LOWER:
        if bound in new and new[bound] < old.get(bound, float("inf")):
            yield f"{place}: {bound} is {new[bound]} now"
    for bound in _RAISED:
        if bound in new and new[bound] > old.get(bound, float("-inf")):
            yield f"{place}: {bound} is {new[bound]} now"
    if new.get("pattern") != old.get("pattern") and "pattern" in new:
        yield f"{place}: has another pattern"


def _kind(document: Document, schema: Document) -> str:
    return str(schema.get("$ref") or _resolve(document, schema).get("type"))


def _resolve(document: Document, schema: Document) -> Document:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Document = document["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found
