"""A partner's program: it takes tokens, calls the service over HTTP, and notes how long each call took."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct

from api.assertions import ASSERTION_TYPE
from api.commands.clients import KeyFile
from api.commands.proving import Prover, make_assertion

_SECONDS = 120
_TRIES = 40
_REFRESH_SECONDS = 30  # a token is taken anew this long before it ends
_FORM = "application/x-www-form-urlencoded"


class CallFailed(Exception):
    """The service refused a call, or did not answer."""


class Secret(Struct, frozen=True):
    """What a client with a secret proves itself by."""

    client_id: str
    client_secret: str


class Answer(Struct, frozen=True):
    """An answer: its status, its headers by lower-case name, its bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> object:
        return msgspec.json.decode(self.content)


class Caller:
    """Calls one service for one client; one connection, kept open."""

    def __init__(self, base_url: str, credentials: Secret | KeyFile) -> None:
        self._base_url = base_url
        self._host = urlsplit(base_url).netloc
        self._credentials = credentials
        # with a key of its own a partner gets tokens that are bound to it, and proves it with each call
        self._prover = Prover(credentials.private_jwk) if isinstance(credentials, KeyFile) else None
        self._connection: HTTPConnection | None = None
        self._token = ""
        self._token_ends = 0.0
        self.waits = 0  # times that the service asked us to slow down

    def get(self, path: str) -> dict[str, Any]:
        return self.ask("GET", path)

    def delete(self, path: str) -> None:
        self._call("DELETE", path, None, {})

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, Any]:
        """Call and return the JSON object of the answer; header names are written with underscores.

        Raises:
            CallFailed: the status is 400 or above.
        """
        return msgspec.convert(self._ask(method, path, body, headers)[0].json(), dict[str, Any])

    def time(self, method: str, path: str, body: object) -> tuple[dict[str, Any], float]:
        """Like `ask`, with the seconds that the answered call took."""
        answer, seconds = self._ask(method, path, body, {})
        return msgspec.convert(answer.json(), dict[str, Any]), seconds

    def stream(self, path: str, items: Iterable[object]) -> list[dict[str, Any]]:
        """Post a stream of objects (NDJSON); returns the answer's lines in order.

        Raises:
            CallFailed: the stream was refused as a whole.
        """
        body = b"".join(msgspec.json.encode(item) + b"\n" for item in items)
        answer, _ = self._call("POST", path, body, {"content-type": "application/x-ndjson"})
        return [
            msgspec.json.decode(line, type=dict[str, Any])
            for line in answer.content.split(b"\n")
            if line.strip()
        ]

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> tuple[Answer, float]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            return self._call(method, path, None, given)
        return self._call(
            method, path, msgspec.json.encode(body), {"content-type": "application/json"} | given
        )

    def _call(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[Answer, float]:
        """Call, and call again after the time that the service asks for (429, 503)."""
        for _ in range(_TRIES):
            given = dict(headers) | self._authorize(method, path)
            began = time.perf_counter()
            answer = self._send(method, path, body, given)
            seconds = time.perf_counter() - began
            if answer.status not in {429, 503}:
                break
            self.waits += 1
            time.sleep(min(10.0, float(answer.headers.get("retry-after", "1"))))
        if answer.status >= 400:
            raise CallFailed(
                f"{method} {path}: HTTP {answer.status} {answer.content.decode(errors='replace')}"
            )
        return answer, seconds

    def _authorize(self, method: str, path: str) -> dict[str, str]:
        token = self._take_token()
        if self._prover is None:
            return {"authorization": f"Bearer {token}"}
        url = self._base_url + path.partition("?")[0]
        return {"authorization": f"DPoP {token}", "dpop": self._prover.make_proof(method, url, token)}

    def _take_token(self) -> str:
        if time.monotonic() > self._token_ends - _REFRESH_SECONDS:
            answer = self._send("POST", "/oauth/token", *self._token_request())
            if answer.status != 200:
                raise CallFailed(f"no token: HTTP {answer.status} {answer.content.decode(errors='replace')}")
            granted = msgspec.convert(answer.json(), dict[str, Any])
            self._token = str(granted["access_token"])
            self._token_ends = time.monotonic() + float(str(granted["expires_in"]))
        return self._token

    def _token_request(self) -> tuple[bytes, dict[str, str]]:
        form = {"grant_type": "client_credentials"}
        headers = {"content-type": _FORM}
        if isinstance(self._credentials, Secret):
            pair = f"{self._credentials.client_id}:{self._credentials.client_secret}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form["client_assertion_type"] = ASSERTION_TYPE
            form["client_assertion"] = make_assertion(self._credentials, self._base_url)
        if self._prover:
            headers["dpop"] = self._prover.make_proof("POST", f"{self._base_url}/oauth/token")
        return urlencode(form).encode(), headers

    def _send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            return self._exchange(method, path, body, headers)
        except (HTTPException, OSError):
            self.close()  # the service ends idle connections: a new one decides
        try:
            return self._exchange(method, path, body, headers)
        except (HTTPException, OSError) as error:
            raise CallFailed(f"{method} {path}: {type(error).__name__}: {error}") from None

    def _exchange(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        kind = HTTPSConnection if self._base_url.startswith("https:") else HTTPConnection
        self._connection = self._connection or kind(self._host, timeout=_SECONDS)
        self._connection.request(method, path, body, dict(headers))
        response = self._connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
