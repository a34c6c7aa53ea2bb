"""Reminding: a link to choose a new password goes to an address, if it is somebody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from partners.inviting import start_reset
from partners.mailing import Mailer
from partners.records.organizations import get_organization
from partners.records.people import email_index, find_person, normalize_email, open_identity
from partners.signing_in import Lobby, principal_of
from partners.throttling import Attempt, TooSoon, begin_attempt

_TEXT = """\
Somebody, probably you, asked for a new password at Touchstone.

To choose one, open this link within an hour:

{link}

If it was not you, there is nothing to do: the old password stays good.
"""


def remind(
    lobby: Lobby, mailer: Mailer, base_url: str, attempt: Attempt, clock: Callable[[], datetime]
) -> None:
    """Have a link mailed; all of the work is done behind the answer, so its time tells nothing."""
    email = normalize_email(attempt.account)
    counted = Attempt(account=f"reminder of {email}", source=attempt.source)

    def write() -> tuple[str, str, str] | None:
        now = clock()
        try:
            begin_attempt(lobby.database, lobby.keyring, counted, now)
        except TooSoon:
            return None
        with lobby.database.surveying("access") as connection:
            person = find_person(connection, email_index(lobby.keyring, email))
            if person is None or person.suspended_at or person.password_hash is None:
                return None
            kind = get_organization(connection, person.organization_id).kind
        token = lobby.database.acting(
            "access",
            lambda connection, _: start_reset(
                connection, principal_of(person, kind), person, now, removes_factors=False
            ),
        )
        address = open_identity(lobby.keyring, person).email
        text = _TEXT.format(link=f"{base_url}/reset?token={token!s}")
        return address, "A new password for Touchstone", text

    mailer.send(write)
