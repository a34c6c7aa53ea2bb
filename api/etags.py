"""Entity tags: strong ones, of a row's revision and of what was shown (RFC 9110).

`"3-9f2c..."` is the third revision of what its owner sent, with a digest of the answer: a listing that is
screened anew is at the same revision and reads otherwise. `If-Match` goes by the revision alone, for what
others add is nothing that a change could overwrite; `If-None-Match` on a GET goes by the whole.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

from litestar.params import HeaderParameter

from api.problems import Refusal
from partners.errors import PreconditionFailed, PreconditionRequired
from partners.preconditions import Conditions

_TAGS = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e]*"\s*(?:,\s*(?:W/)?"[\x21\x23-\x7e]*"\s*)*')
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description='the ETag you have read, as in `"3"`', max_length=1000),
]
IfNoneMatch = Annotated[
    str | None,
    HeaderParameter(name="If-None-Match", description="`*`: only if there is none yet", max_length=1000),
]


def etag(revision: int) -> str:
    """The entity tag of a revision; the doorstep adds the digest of the answer (`tag_of_answer`)."""
    return f'"{revision}"'


def tag_of_answer(tag: bytes, body: bytes) -> bytes:
    """The whole tag of an answer, from that of its revision."""
    return tag[:-1] + b"-" + hashlib.sha256(body).hexdigest()[:16].encode() + b'"'


def is_known(header: bytes, tag: bytes) -> bool:
    """Whether `If-None-Match` names a tag, or any; what cannot be read names none."""
    text = header.decode("latin-1")
    return text.strip() == "*" or tag.decode("latin-1")[1:-1] in {each for _, each in _TAG.findall(text)}


def check_if_match(header: str | None, revision: int, *, required: bool = False) -> None:
    """Allow a change to `revision` as far as `If-Match` does.

    Raises:
        PreconditionFailed: it names another revision.
        PreconditionRequired: it is required, and missing.
        Refusal: it cannot be read (400).
    """
    if header is None:
        if required:
            raise PreconditionRequired("to change it, send If-Match with the ETag you have read")
        return
    tags = _read_tags(header)
    if not tags & {"*", str(revision)}:
        raise PreconditionFailed("it is not at the revision you name: read it again")


async def provide_conditions(if_match: IfMatch = None, if_none_match: IfNoneMatch = None) -> Conditions:
    """The dependency `conditions`: both headers, as the flows of `partners` take them."""
    return Conditions(
        if_match=_read_tags(if_match) if if_match is not None else frozenset(),
        if_none_match=_read_tags(if_none_match) if if_none_match is not None else frozenset(),
    )


def _read_tags(header: str) -> frozenset[str]:
    """The revisions that tags name; a weak one stays marked, for it never equals a strong one."""
    if header.strip() == "*":
        return frozenset(["*"])
    if not _TAGS.fullmatch(header):
        raise Refusal("malformed", 'A condition is `*` or entity tags, as in `"3"`.')
    return frozenset((weak + tag.partition("-")[0]).replace("*", "") for weak, tag in _TAG.findall(header))
