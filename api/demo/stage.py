"""The stage: a service as a process of its own, with a database and keys of its own, and the command line."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import create_server

import msgspec
from msgspec import Struct

from api.commands.clients import KeyFile
from api.demo.caller import Caller, Secret
from partners.principal import Kind
from partners.settings import environment_with

_TOUCHSTONE = (sys.executable, "-c", "from api.cli import main; main()")
_STARTS_WITHIN = 60.0
_STOPS_WITHIN = 30.0
_LOG_SHOWN = 2000


class StageFailed(Exception):
    """The service or a command of it did not do its part; the message shows what it said."""


class Partner(Struct, frozen=True):
    """An organization on the stage, and the program that calls for it."""

    kind: Kind
    name: str
    organization_id: str
    caller: Caller


class _Credentials(Struct, frozen=True, kw_only=True):
    organization_id: str
    client_id: str
    client_secret: str = ""


class Stage:
    """One service on a free port of the loopback; all that it keeps lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "service.log"
        self.base_url = f"http://127.0.0.1:{_free_port()}"
        self._process: subprocess.Popen[bytes] | None = None
        self._partners: list[Partner] = []
        self._environment = environment_with(
            {
                "data_dir": str(folder / "data"),
                "port": self.base_url.rpartition(":")[2],
                "base_url": self.base_url,
                # the receivers of a trial are on this machine
                "webhooks_allow_http": "true",
                "webhooks_allow_private": "true",
            }
        )

    def start(self) -> float:
        """Start the service; returns the seconds until it answered.

        Raises:
            StageFailed: it does not answer in time.
        """
        began = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                [*_TOUCHSTONE, "serve"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while not self._answers("/healthz"):
            if self._process.poll() is not None or time.monotonic() - began > _STARTS_WITHIN:
                raise StageFailed(f"The service did not start:\n{self._last_words()}")
            time.sleep(0.1)
        return time.monotonic() - began

    def run(self, *arguments: str) -> str:
        """Run a `touchstone` command beside the service; returns what it printed.

        Raises:
            StageFailed: it failed.
        """
        done = self._run(arguments, stderr=subprocess.PIPE)
        if done.returncode:
            raise StageFailed(
                f"touchstone {arguments[0]} failed:\n{(done.stdout + done.stderr)[-_LOG_SHOWN:]}"
            )
        return done.stdout

    def import_marks(self, path: Path, organization_id: str) -> str:
        """Import a file of marks, the bar on our own standard error; returns the sum that the command tells.

        Raises:
            StageFailed: it told none. A refused row is no failure: the sum counts it.
        """
        done = self._run(("import", "trademarks", str(path), "--organization", organization_id), stderr=None)
        if not done.stdout.strip():
            raise StageFailed("touchstone import trademarks failed")
        return done.stdout.strip().splitlines()[-1]

    def _run(self, arguments: Sequence[str], stderr: int | None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own program, no shell
            [*_TOUCHSTONE, *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            check=False,
        )

    def admit(self, kind: Kind, name: str) -> Partner:
        """Make an organization with one client; customs come with a key, the others with a secret."""
        order = ["clients", "create", "--kind", kind, "--name", name, "--json"]
        key_file = self.folder / f"{kind}.key"
        if kind == "customs":
            order += ["--new-key", str(key_file)]
        made = msgspec.json.decode(self.run(*order), type=_Credentials)
        credentials: Secret | KeyFile = Secret(made.client_id, made.client_secret)
        if kind == "customs":
            credentials = msgspec.json.decode(key_file.read_bytes(), type=KeyFile)
        partner = Partner(kind, name, made.organization_id, Caller(self.base_url, credentials))
        self._partners.append(partner)
        return partner

    def registry_version(self) -> int:
        """How far the registry index of the service has come."""
        connection = HTTPConnection(self.base_url.removeprefix("http://"), timeout=30)
        try:
            connection.request("GET", "/readyz")
            return int(msgspec.json.decode(connection.getresponse().read())["registry_version"])
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop the service as an operator does; kill it if it does not obey."""
        for partner in self._partners:
            partner.caller.close()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self, path: str) -> bool:
        connection = HTTPConnection(self.base_url.removeprefix("http://"), timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _last_words(self) -> str:
        return self.log.read_text("utf-8", "replace")[-_LOG_SHOWN:]


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
