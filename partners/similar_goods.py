"""Similar goods: when goods are seized on a route for the first time, or no longer were, listings of such
goods on that route are to be advised on anew.

Verdicts ask whether goods like these were seized at all (`seizures_similar` of the policy is 1), so a kind of
goods and an origin make a job once, however many seizures follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from partners.planning import plan_round
from partners.records.reports import SeizureReport, document_of
from partners.records.seizures import origin_of
from partners.records.similar import find_seized, kinds_of
from partners.tracing import SIMILAR_DAYS

GOODS_REVISITING: Final = "goods_revisiting"
"""The kind of job that advises on them: see reconsidering.py."""


@contextmanager
def revisiting_goods(
    connection: Connection, seizure_id: str | None, report: SeizureReport | None, now: datetime
) -> Iterator[None]:
    """Around the writing of a seizure (`seizure_id` where one is replaced, `report` the new one), in its
    transaction: have listings advised on anew where it changes what was seized.
    """
    since = now.date() - timedelta(days=SIMILAR_DAYS)
    kinds = kinds_of(connection, seizure_id) if seizure_id else set()
    origin = origin_of(document_of(report)) if report else None
    if report and origin:
        kinds |= {(item.goods, origin) for item in report.items}
    before = find_seized(connection, kinds, since)
    yield
    changed = before ^ find_seized(connection, kinds, since)
    if changed:
        plan_round(connection, {"goods": sorted(changed)}, now, GOODS_REVISITING)
