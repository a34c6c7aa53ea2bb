"""The house: what every room may use, composed once at the front door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct, field

from partners.client_secrets import SecretChecker
from partners.db import Database
from partners.keyring import Keyring
from partners.mailing import Mailer
from partners.outbound import Egress
from partners.outside import Provider
from partners.registry import Registry
from partners.repeating import Repeats
from partners.settings import Settings
from partners.signing import Signer
from partners.signing_in import Lobby
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
    mailer: Mailer | None = None  # none: people get their links from each other
    provider: Provider | None = None  # where people sign in instead

    @property
    def lobby(self) -> Lobby:
        """What signing in needs of the house."""
        return Lobby(
            database=self.database,
            keyring=self.keyring,
            secrets=self.secrets,
            life=timedelta(hours=self.settings.session_hours),
            idle=timedelta(minutes=self.settings.session_idle_minutes),
        )

    @property
    def desk(self) -> Desk:
        """What the flows of tracing, screening and casework need of the house."""
        return Desk(self.database, self.keyring, self.settings.flag_days)
