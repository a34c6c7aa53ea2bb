"""Revisiting: when a seller's flag is raised, lifted or changed, its stored listings are screened anew.

The job is written in the transaction that changes the flag, and begins when whoever wrote a listing with
advice from before has ended. Only changed advice is kept, and only changed verdicts make events.
"""

from __future__ import annotations

from sqlalchemy import Connection

from partners.flagging import REVISITING
from partners.records.jobs import has_due_job, lease_job
from partners.records.listings import list_of_sellers
from partners.rounds import Round, Run, Stretch, stretch_of


class Revisiting(Round):
    """Any number of processes may run it: each job is leased, batch by batch."""

    def _plan(self) -> bool:
        """Nothing: the flag's own transaction makes the job."""
        return False

    def _lease(self) -> Run | None:
        now = self._clock()
        with self._desk.database.surveying("retro_screening") as connection:
            if not has_due_job(connection, REVISITING, now):
                return None
        job = self._desk.database.acting("jobs", lambda c, _: lease_job(c, REVISITING, now))
        return Run(job=job, careful=self._careful(job)) if job else None

    def _next(self, connection: Connection, run: Run, limit: int) -> Stretch:
        sellers = run.job.document["sellers"]
        return stretch_of(list_of_sellers(connection, sellers, run.after, limit), limit)
