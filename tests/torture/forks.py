"""Processes of the tests, forked off one that has imported everything: real ones that cost no start.

Twenty workers that are killed would otherwise spend more on their imports than on their work.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["__main__", "tests.torture.worker", "tests.torture.killed_writer"])


def start(target: Callable[..., None], *arguments: Any, log: Path) -> BaseProcess:
    """Run a function of a module in a process of its own; what it says on standard error goes to `log`."""
    process = _context.Process(target=_run, args=(str(log), target, arguments), daemon=True)
    process.start()
    return process


def pipe() -> tuple[Any, Any]:
    """Two ends of a pipe: the one to hear with, and the one to give to the process."""
    return _context.Pipe(duplex=False)


def _run(log: str, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, 2)
    os.close(errors)
    target(*arguments)
