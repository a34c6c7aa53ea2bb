"""`/v1/jobs`: what goes on by itself, how far it is, and the answers to long streams."""

from __future__ import annotations

from collections.abc import Iterator

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from api.deferring import JobOut, show_job
from api.house import House
from api.limits import NDJSON
from api.paging import Page, Paging
from partners.principal import Claims
from partners.records.job_lines import get_job, list_jobs, read_answers
from partners.records.jobs import Job


class JobController(Controller):
    path = "/v1/jobs"
    tags = ("jobs",)

    @get(operation_id="list_jobs", summary="List jobs", sync_to_thread=True)
    def list(
        self,
        house: NamedDependency[House],
        claims: NamedDependency[Claims],
        paging: NamedDependency[Paging],
    ) -> Response[Page[JobOut]]:
        """List your jobs, the newest first. An operator sees the service's own, too."""
        with house.database.reading(claims) as (connection, principal):
            found = list_jobs(connection, principal, after=paging.after, limit=paging.limit)
        return paging.answer([show_job(job) for job in found], [job.id for job in found])

    @get("/{key:str}", operation_id="get_job", summary="Read a job", sync_to_thread=True)
    def show(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> JobOut:
        """Read one of your jobs: its state, and how many of its lines are done."""
        with house.database.reading(claims) as (connection, principal):
            return show_job(get_job(connection, principal, key))

    @get(
        "/{key:str}/results",
        operation_id="read_job_results",
        summary="Read the answers of a job",
        sync_to_thread=True,
    )
    def results(
        self, house: NamedDependency[House], claims: NamedDependency[Claims], key: FromPath[str]
    ) -> Stream:
        """Read the answers to a long stream as NDJSON, as if it had been answered at once.

        While the job is running these are the answers there are so far, from the first line on.
        """
        with house.database.reading(claims) as (connection, principal):
            job = get_job(connection, principal, key)
        return Stream(_read_all(house, claims, job), media_type=NDJSON)


def _read_all(house: House, claims: Claims, job: Job) -> Iterator[bytes]:
    last = 0
    while True:
        with house.database.reading(claims) as (connection, principal):
            found = read_answers(connection, principal, house.keyring, job, last)
        if not found:
            return
        for last, answer in found:  # noqa: B007 - the last one is where the next reading begins
            yield answer
