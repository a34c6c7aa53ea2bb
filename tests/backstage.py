"""Behind the doors: what a test prepares and looks at by itself, it does as the tables' owner.

On PostgreSQL an act may touch its own tables only. The flows under test are held to that; a test that puts a
row where no flow would put it, or counts what no flow counts, is not.
"""

from __future__ import annotations

import sys
from pathlib import Path

from partners.db import Database

TESTS = str(Path(__file__).parent)


class Backstage(Database):
    """A database whose transactions take no role: they are the owner's."""

    def _read_only(self, entry):
        return super()._read_only(None)

    def _commit(self, entry, work):
        return super()._commit(None, work)


class WatchedDatabase(Database):
    """The service's database; where the code of a test itself acts or surveys, it does so backstage."""

    def __init__(self, url, owner_url, admit, **options):
        super().__init__(url, admit, **options)
        self.backstage = Backstage(owner_url, admit, **options) if self.dialect == "postgresql" else None

    def surveying(self, act, claims=None):
        return self._for(sys._getframe(1)).surveying(act, claims)

    def acting(self, act, work, claims=None):
        return self._for(sys._getframe(1)).acting(act, work, claims)

    def close(self):
        super().close()
        if self.backstage:
            self.backstage.close()

    def _for(self, caller):
        """A step of a transaction that is open already stays in it."""
        is_a_test = caller.f_code.co_filename.startswith(TESTS)
        return self.backstage if self.backstage and is_a_test and not self._joined() else super()
