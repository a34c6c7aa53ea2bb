"""Rights: the one table of what every role may do with every table of ours, on PostgreSQL.

By table, and in it by role, a `Reach`: the kinds of partner on the reading and writing doors, the acts on the
acting door. `touchstone migrate` grants it, `doctor` and every start check it. Who is not named is denied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final, TypeAlias

from partners.entering import ACTS, Act
from partners.principal import KINDS, Kind
from partners.tenancy.acts import REACH_OF_ACTS
from partners.tenancy.kinds import REACH_OF_KINDS
from partners.tenancy.reach import Reach

Role: TypeAlias = Kind | Act
ROLES: Final[tuple[Role, ...]] = (*KINDS, *ACTS)
MAINTENANCE_POLICY: Final = "maintenance"
# Of migrations, and of no tenant: which revision the schema has.
WITHOUT_ROWS: Final = frozenset(["alembic_version"])


def _by_table() -> dict[str, dict[Role, Reach]]:
    found: defaultdict[str, dict[Role, Reach]] = defaultdict(dict)
    for kind, reaches in REACH_OF_KINDS.items():
        for table, reach in reaches.items():
            found[table][kind] = reach
    for act, acts_reaches in REACH_OF_ACTS.items():
        for table, reach in acts_reaches.items():
            found[table][act] = reach
    return dict(sorted(found.items()))


RIGHTS: Final[Mapping[str, Mapping[Role, Reach]]] = _by_table()
