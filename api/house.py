"""The house: what every room may use, composed once at the front door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field

from partners.client_secrets import SecretChecker
from partners.db import Database
from partners.keyring import Keyring
from partners.outbound import Egress
from partners.registry import Registry
from partners.repeating import Repeats
from partners.settings import Settings
from partners.signing import Signer
from partners.tracing import Desk


class House(Struct, frozen=True, kw_only=True):
    """Rooms ask for it as `house: NamedDependency[House]`; it opens nothing by itself.

    Handlers open doors: `with house.database.reading(claims) as (connection, principal)`,
    `house.database.writing(claims, work)`, or call a flow of `partners`.
    """

    settings: Settings
    database: Database
    keyring: Keyring
    signer: Signer
    registry: Registry
    clock: Callable[[], datetime]
    wake: Callable[[], None]  # "there is new work": for delivery, sequencing and jobs
    secrets: SecretChecker = field(default_factory=SecretChecker)
    repeats: Repeats = field(default_factory=Repeats)
    egress: Egress = Egress()  # how calls to the outside leave

    @property
    def desk(self) -> Desk:
        """What the flows of tracing, screening and casework need of the house."""
        return Desk(self.database, self.keyring, self.settings.flag_days)
