"""A process that is killed just before its transaction commits, or just after."""

from __future__ import annotations

import os
import signal
from typing import Any

from partners.db import Database, utc_now
from partners.records.clients import admit
from partners.records.events import Fact, emit
from partners.records.organizations import add_organization


def write_and_die(url: str, organization: str, moment: str) -> None:
    """Change the domain and tell of it in one transaction; `moment` is before or after its commit."""
    database = Database(url, admit, pool_size=2)

    def work(connection: Any, _: Any) -> None:
        add_organization(connection, "customs", "Domain row", utc_now())
        data = {"reference": "A-1", "verdict": "review", "score": 0.5, "matches": 1}
        fact = Fact(type="listing.screened", subject="lst_1", path="/v1/listings/A-1", data=data)
        emit(connection, fact, [("marketplace", organization)], utc_now())
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)

    database.acting("flagging", work)
    os.kill(os.getpid(), signal.SIGKILL)
