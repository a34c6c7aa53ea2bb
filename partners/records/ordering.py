"""The order of an endpoint that asked for one: what is told to it is numbered in the order of its commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, String, Table, bindparam, select, update

from partners.counting import count_up_all
from partners.db import metadata
from partners.records.endpoints import deliveries

# Apart from the pacing, which claims hold: these rows are held by whoever writes events.
endpoint_orders = Table(
    "endpoint_orders",
    metadata,
    Column("endpoint_id", String(40), ForeignKey("endpoints.id"), primary_key=True),
    Column("ordinal", BigInteger, nullable=False),
)

_UNDONE: Final = deliveries.c.state.in_(["due", "held"])


def take_places(connection: Connection, counts: Mapping[str, int]) -> dict[str, Iterator[int]]:
    """The next places in the queues of ordered endpoints, so many of each.

    Those who write events for an endpoint wait in line from here on.
    """
    rows = [{"endpoint_id": key, "ordinal": counts[key]} for key in sorted(counts)]
    last = count_up_all(connection, endpoint_orders, rows, "ordinal")
    return {key: iter(range(last[key,] - count + 1, last[key,] + 1)) for key, count in counts.items()}


def order_deliveries(connection: Connection, endpoint_id: str, *, is_ordered: bool) -> None:
    """Queue what is not delivered yet, or free it, when an endpoint changes its mind about order."""
    of_endpoint = (deliveries.c.endpoint_id == endpoint_id) & _UNDONE
    if not is_ordered:
        freed = update(deliveries).where(of_endpoint, deliveries.c.ordinal > 0)
        connection.execute(freed.values(ordinal=0))
        return
    waiting = select(deliveries.c.id).where(
        of_endpoint, deliveries.c.ordinal == 0, deliveries.c.trigger == "auto"
    )
    ids = connection.scalars(waiting.order_by(deliveries.c.id)).all()
    places = take_places(connection, {endpoint_id: len(ids)} if ids else {})
    rows = [{"delivery": key, "place": next(places[endpoint_id])} for key in ids]
    if rows:
        numbered = update(deliveries).where(deliveries.c.id == bindparam("delivery"))
        connection.execute(numbered.values(ordinal=bindparam("place")), rows)
