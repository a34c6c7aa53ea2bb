"""Revisiting: stored listings are screened anew when what is known beside their text has changed.

When a seller's flag is raised, lifted or changed, or its license is entered, ended or over, or what a person
approved of. The job is written in the transaction of the change, and begins when whoever wrote a listing with
advice from before has ended. Only changed advice is kept, and only changed verdicts make events.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from partners.planning import REVISITING
from partners.records.licensees import Account
from partners.records.listings import Listing, find_listings, list_of_sellers
from partners.records.standing import list_met_of
from partners.rounds import LeasedRound, Run, Stretch, stretch_of


class Revisiting(LeasedRound):
    """Any number of processes may run it: each job is leased, batch by batch."""

    kind = REVISITING

    def _next(self, connection: Connection, run: Run, limit: int) -> Stretch:
        return stretch_of(_list_concerned(connection, run.job.document, run.after, limit), limit)


def _list_concerned(connection: Connection, plan: dict[str, Any], after: str, limit: int) -> list[Listing]:
    """The next listings of some sellers, of one whose license under a mark changed, or a single one."""
    if "sellers" in plan:
        return list_of_sellers(connection, plan["sellers"], after, limit)
    if "listing" in plan:
        return [] if after else find_listings(connection, [plan["listing"]])
    account = Account(plan["marketplace"], plan["seller"])
    return list_met_of(connection, plan["trademark"], account, after, limit)
