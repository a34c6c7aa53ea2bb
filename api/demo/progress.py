"""How far the demo is: on standard error, so that a piped report holds the report alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Watch:
    """Shows what is being done: a spinner or bar in a terminal, a line where there is none."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Show that something is being done whose length nobody knows."""
        if self._console.is_terminal:
            with self._console.status(what):
                yield
            return
        self.say(what)
        yield

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show a bar; what is yielded takes how many more are done."""
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        if not self._console.is_terminal:
            self.say(f"{what} ({total:,})")
        with Progress(
            *columns, console=self._console, transient=True, disable=not self._console.is_terminal
        ) as bar:
            task = bar.add_task(what, total=total)
            yield lambda more: bar.update(task, advance=more)

    def say(self, what: str) -> None:
        self._console.print(f"{what} …", style="dim")
