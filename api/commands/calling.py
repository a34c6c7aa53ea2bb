"""`touchstone request`: one call to a running service, with a token taken by key."""

from __future__ import annotations

import http.client
import secrets
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

import click
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from api.assertions import ASSERTION_TYPE
from api.commands.clients import KeyFile
from api.public_url import is_this_machine

_SECONDS = 120
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@click.command("request")
@click.option("--key", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--base-url", envvar="TOUCHSTONE_BASE_URL", help="Of the service; else the key file says it.")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Repeatable.")
@click.option("--type", "media_type", default="application/json", show_default=True, help="Of the body.")
@click.argument("method", type=click.Choice(_METHODS, case_sensitive=False))
@click.argument("target", metavar="PATH")
@click.argument("body", required=False)
def call(  # noqa: PLR0913, PLR0917 - one parameter per option, as click has it
    path: Path,
    base_url: str | None,
    headers: tuple[str, ...],
    media_type: str,
    method: str,
    target: str,
    body: str | None,
) -> None:
    """Send one request: BODY is JSON itself, @FILE, or - for standard input.

    The status goes to standard error, the answer to standard output; the exit code is 1 from 400 on.
    """
    key = _read_key(path)
    base = (base_url or key.base_url).rstrip("/")
    opener = _opener(base)
    given = {"Authorization": f"Bearer {_take_token(opener, base, key)}", "Accept": "*/*"}
    given |= dict(_split_header(header) for header in headers)
    content = _read_body(body)
    if content is not None:
        given.setdefault("Content-Type", media_type)
    status, answer = _send(opener, Request(base + _checked(target), content, given, method=method.upper()))  # noqa: S310 - the opener took http and https only
    click.echo(f"HTTP {status} {http.client.responses.get(status, '')}".rstrip(), err=True)
    click.echo(_pretty(answer))
    if status >= 400:
        sys.exit(1)


def make_assertion(key: KeyFile, issuer: str) -> str:
    """Make a client assertion that is good for a minute, once (RFC 7523)."""
    now = int(time.time())
    claims = {
        "iss": key.client_id,
        "sub": key.client_id,
        "aud": issuer,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + 60,
    }
    private = ECKey.import_key(key.private_jwk)
    return jwt.encode({"alg": "ES256", "kid": private.kid}, claims, private, algorithms=["ES256"])


def _read_key(path: Path) -> KeyFile:
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except (msgspec.DecodeError, OSError):
        raise click.ClickException(f"{path} is not a file of `clients create --new-key`.") from None


def _take_token(opener: OpenerDirector, base: str, key: KeyFile) -> str:
    try:
        assertion = make_assertion(key, base)
    except (JoseError, ValueError, TypeError, KeyError):
        raise click.ClickException("The key file has no usable key.") from None
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    sent = Request(f"{base}/oauth/token", urlencode(form).encode())  # noqa: S310 - the opener took http and https only
    status, answer = _send(opener, sent)
    if status != 200:
        shown = answer.decode(errors="replace").strip()
        raise click.ClickException(f"No token: HTTP {status} {shown}")
    token: str = msgspec.json.decode(answer)["access_token"]
    return token


def _opener(base: str) -> OpenerDirector:
    """Follow no redirect, a token is sent to the address that was named; and no proxy on this machine."""
    url = urlsplit(base)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise click.ClickException(f"{base} is not an http or https URL.")
    opener = OpenerDirector()
    for handler in (
        HTTPHandler(),
        HTTPSHandler(),
        *([] if is_this_machine(url.hostname) else [ProxyHandler()]),
    ):
        opener.add_handler(handler)
    return opener


def _send(opener: OpenerDirector, request: Request) -> tuple[int, bytes]:
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return answer.status, answer.read()
    except (URLError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise click.ClickException(f"The service does not answer: {reason}") from None


def _checked(target: str) -> str:
    if not target.startswith("/") or not target.isascii() or not target.isprintable() or " " in target:
        raise click.UsageError("PATH begins with / and is percent-encoded.")
    return target


def _split_header(header: str) -> tuple[str, str]:
    name, colon, value = header.partition(":")
    if not colon or not header.isprintable():
        raise click.UsageError("A header is 'NAME: VALUE'.")
    return name.strip(), value.strip()


def _read_body(body: str | None) -> bytes | None:
    if body is None:
        return None
    if body == "-":
        return sys.stdin.buffer.read()
    if not body.startswith("@"):
        return body.encode()
    try:
        return Path(body[1:]).read_bytes()
    except OSError as error:
        raise click.ClickException(f"{body[1:]} cannot be read: {error.strerror}") from None


def _pretty(answer: bytes) -> str:
    try:
        return msgspec.json.format(answer.decode(), indent=2)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return answer.decode(errors="replace")
