"""A real service in a process of its own, to be asked, killed, restarted."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import msgspec

from api.assertions import ASSERTION_TYPE
from api.commands.clients import KeyFile
from api.commands.proving import Prover, make_assertion
from api.rights import scopes_of
from partners.access import ClientOrder, create_client
from partners.client_keys import new_private_key, read_public_keys
from partners.db import Database, utc_now
from partners.records.clients import admit

ROOT = Path(__file__).parent.parent.parent
RUN = [sys.executable, "-c", "from api.cli import main; main(prog_name='touchstone')"]
OPENER = build_opener(ProxyHandler({}))
START_SECONDS, STOP_SECONDS = 120, 20  # many machines of builders are loaded: a start is work of seconds


@dataclass
class Credentials:
    """Of one client: a secret, or a key kept in a file that `touchstone request --key` takes."""

    organization_id: str
    client_id: str
    client_secret: str | None = None
    key_file: Path | None = None
    taken: tuple[float, str] = (0.0, "")

    @property
    def key(self) -> KeyFile | None:
        return msgspec.json.decode(self.key_file.read_bytes(), type=KeyFile) if self.key_file else None


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        """The answer to NDJSON, line by line."""
        return [json.loads(line) for line in self.body.splitlines() if line.strip()]


@dataclass
class Service:
    """`touchstone serve` as a process; everything it writes lies under `folder`."""

    database_url: str
    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    owner_url: str = ""
    process: subprocess.Popen[bytes] | None = None
    spawned: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.database_url, "DATA_DIR": str(self.folder), "BASE_URL": self.base_url}
        own["MIGRATION_DATABASE_URL"] = self.owner_url if self.database_url else ""
        given = {"PORT": str(self.port)} | own | self.settings
        named = {f"TOUCHSTONE_{name}": value for name, value in given.items() if value}
        return {"PATH": os.defpath, "HOME": str(self.folder), "PYTHONUNBUFFERED": "1"} | named

    def start(self, *arguments: str) -> Service:
        """Start, and return when the service is ready."""
        with (self.folder / "out").open("ab") as out, (self.folder / "err").open("ab") as err:
            self.process = subprocess.Popen(
                [*RUN, "serve", *arguments], cwd=ROOT, env=self.environment, stdout=out, stderr=err
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the service did not start:\n{self.read('out')}\n{self.read('err')}")
            time.sleep(0.05)
        return self

    def is_ready(self) -> bool:
        try:
            return self.call("GET", "/readyz").status == 200
        except (URLError, OSError):
            return False

    def stop(self) -> int:
        """Ask the process to stop, as an orchestrator would; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> Service:
        """Start again on the same data, after `stop` or `kill`."""
        return self.start()

    def end(self) -> None:
        """Leave no process behind."""
        for process in [self.process, *self.spawned]:
            if process and process.poll() is None:
                process.kill()
                process.wait()

    def read(self, name: str) -> str:
        """What the process wrote up to now: "out" or "err"."""
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run another `touchstone` command with the same settings."""
        return subprocess.run(
            [*RUN, *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start another `touchstone` command with the same settings; it ends with the story."""
        with (self.folder / "err").open("ab") as err:
            process = subprocess.Popen(
                [*RUN, *arguments], cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=err
            )
        self.spawned.append(process)
        return process

    def create_client(
        self,
        kind: str,
        name: str = "Acme",
        scopes: tuple[str, ...] = (),
        key: dict[str, str] | None = None,
    ) -> Credentials:
        """Make an organization with a client: customs with a key, others with a secret or the key given."""
        private = key or (new_private_key("k1") if kind == "customs" else {})
        public = {name: value for name, value in private.items() if name != "d"}
        order = ClientOrder(
            kind=kind,
            name=name,
            scopes=scopes,
            allowed=scopes_of(kind),
            jwks=read_public_keys(public) if private else (),
        )
        url = self.database_url or f"sqlite+pysqlite:///{self.folder / 'touchstone.db'}"
        database = Database(url, admit, 1)
        try:
            made = create_client(database, order, utc_now())
        finally:
            database.close()
        secret = str(made.client_secret) if made.client_secret else None
        credentials = Credentials(made.organization_id, made.client_id, secret)
        if private:
            kept = KeyFile(base_url=self.base_url, client_id=made.client_id, private_jwk=private)
            credentials.key_file = self.folder / f"{made.client_id}.json"
            credentials.key_file.write_bytes(msgspec.json.encode(kept))
            credentials.key_file.chmod(0o600)
        return credentials

    def token(self, credentials: Credentials) -> str:
        """An access token, taken anew when the last one is four minutes old."""
        taken_at, token = credentials.taken
        if time.monotonic() - taken_at > 240 or not token:
            form, headers = {"grant_type": "client_credentials"}, {}
            if key := credentials.key:
                form["client_assertion_type"] = ASSERTION_TYPE
                form["client_assertion"] = make_assertion(key, self.base_url)
                url = f"{self.base_url}/oauth/token"
                headers["DPoP"] = Prover(key.private_jwk).make_proof("POST", url)
            else:
                pair = f"{credentials.client_id}:{credentials.client_secret}"
                headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
            answer = self.call("POST", "/oauth/token", urlencode(form).encode(), headers=headers)
            assert answer.status == 200, answer.body
            token = answer.json["access_token"]
            credentials.taken = (time.monotonic(), token)
        return token

    def authorize(self, by: Credentials, method: str, path: str) -> dict[str, str]:
        """The headers of one request: a bearer token, or a bound one with its proof."""
        token = self.token(by)
        if not by.key:
            return {"Authorization": f"Bearer {token}"}
        url = self.base_url + path.partition("?")[0]
        proof = Prover(by.key.private_jwk).make_proof(method, url, token)
        return {"Authorization": f"DPoP {token}", "DPoP": proof}

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        by: Credentials | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request; a body that is not bytes is sent as JSON, a list of them as NDJSON."""
        given = dict(headers or {})
        if by:
            given |= self.authorize(by, method, path)
        if isinstance(body, list):
            given.setdefault("Content-Type", "application/x-ndjson")
            body = b"".join(msgspec.json.encode(line) + b"\n" for line in body)
        elif body is not None and not isinstance(body, bytes):
            given.setdefault("Content-Type", "application/json")
            body = msgspec.json.encode(body)
        request = Request(self.base_url + path, body, given, method=method)  # noqa: S310 - loopback
        try:
            with OPENER.open(request, timeout=60) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read())
        except OSError as error:
            self._note_end(error)
            raise

    def _note_end(self, error: OSError) -> None:
        """Say with what code the process ended and what it wrote last, where that is why nobody answers."""
        if self.process and self.process.poll() is not None:
            error.add_note(f"the service ended with {self.process.returncode}:\n{self.read('err')[-2000:]}")
