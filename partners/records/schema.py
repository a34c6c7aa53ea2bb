"""The whole schema: importing this module has defined every table."""

from __future__ import annotations

from partners.db import metadata
from partners.records import (
    answers,
    audit,
    audit_chains,
    buckets,
    cases,
    clients,
    endpoints,
    events,
    feeds,
    flags,
    holds,
    job_lines,
    jobs,
    keys,
    links,
    listings,
    matches,
    ordering,
    organizations,
    pacing,
    policies,
    screenings,
    seizures,
    sellers,
    stock,
    trademarks,
)

NOUNS = (
    answers,
    audit,
    audit_chains,
    buckets,
    cases,
    clients,
    endpoints,
    events,
    feeds,
    flags,
    holds,
    job_lines,
    jobs,
    keys,
    links,
    listings,
    matches,
    ordering,
    organizations,
    pacing,
    policies,
    screenings,
    seizures,
    sellers,
    stock,
    trademarks,
)

__all__ = ["NOUNS", "metadata"]
