"""`touchstone request`: one call to a running service, with a token taken by key."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

import click
import msgspec
from joserfc.errors import JoseError

from api.assertions import ASSERTION_TYPE
from api.commands.clients import KeyFile
from api.commands.proving import Prover, make_assertion
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
    given = {"Accept": "*/*"} | dict(_split_header(header) for header in headers)
    content = _read_body(body)
    if content is not None:
        given.setdefault("Content-Type", media_type)
    url = base + _checked(target)
    session = _Session(opener, base, key)
    status, answer = session.call(method.upper(), url, content, given)
    click.echo(f"HTTP {status} {http.client.responses.get(status, '')}".rstrip(), err=True)
    click.echo(_pretty(answer))
    if status >= 400:
        sys.exit(1)


def _read_key(path: Path) -> KeyFile:
    if path.stat().st_mode & 0o077:
        click.echo(f"Warning: others may read {path} (chmod 600)", err=True)
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except (msgspec.DecodeError, OSError):
        raise click.ClickException(f"{path} is not a file of `clients create --new-key`.") from None


class _Session:
    """A token, and a proof with each request: of the key of the file, to which the token is bound."""

    def __init__(self, opener: OpenerDirector, base: str, key: KeyFile) -> None:
        self._opener = opener
        self._base = base
        self._key = key
        try:
            self._prover = Prover(key.private_jwk)
        except (JoseError, ValueError, TypeError, KeyError):
            raise click.ClickException("The key file has no usable key.") from None

    def call(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Call with a token; once more where the service asks for a nonce."""
        token = self._take_token()
        given = {"Authorization": f"DPoP {token}", **headers}
        status, answer = 401, b""
        for _ in range(2):
            proof = self._prover.make_proof(method, url.partition("?")[0], token)
            sent = Request(url, content, given | {"DPoP": proof}, method=method)  # noqa: S310 - the opener took http and https only
            status, answer, nonce = _send(self._opener, sent)
            if status != 401 or nonce is None:
                break
            self._prover.nonce = nonce
        return status, answer

    def _take_token(self) -> str:
        url = f"{self._base}/oauth/token"
        status, answer = 400, b""
        for _ in range(2):
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": make_assertion(self._key, self._base),
            }
            headers = {"DPoP": self._prover.make_proof("POST", url)}
            status, answer, nonce = _send(self._opener, Request(url, urlencode(form).encode(), headers))  # noqa: S310 - the opener took http and https only
            if status != 400 or nonce is None:
                break
            self._prover.nonce = nonce
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


def _send(opener: OpenerDirector, request: Request) -> tuple[int, bytes, str | None]:
    """The answer's status and body, and the nonce it gives."""
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return answer.status, answer.read(), answer.headers.get("DPoP-Nonce")
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
