"""The oracle: what each organization may see, kept in plain lists as things happen; it asks no database.

It knows every thing by who made it and by the rules of the contract alone: one's own; a match, its notice and
its case for both of its sides; a flag for customs and for the marketplaces of its sellers. Private words (a
reference, a name, a title) carry a token each, so that they are found again wherever they turn up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count

ID = re.compile(r"\b(?!org_service)[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}\b")
TOKEN = re.compile(r"zq[0-9]{6}zq")


@dataclass(frozen=True)
class Organization:
    """A partner, and the claims of a client of its own."""

    id: str
    kind: str
    claims: object


@dataclass
class Listing:
    id: str
    owner: str
    reference: str
    verdict: str
    seller: str | None
    matches: list[dict]
    is_deleted: bool = False


@dataclass
class Trademark:
    id: str
    owner: str
    reference: str
    mark: str
    office: str
    is_deleted: bool = False


@dataclass
class Seller:
    id: str
    owner: str
    reference: str
    person: int


@dataclass
class Seizure:
    id: str
    owner: str
    reference: str
    case: str
    person: int
    is_deleted: bool = False


@dataclass
class Match:
    """A listing that met a registration; `judgement` is the rights holder's."""

    id: str
    listing: Listing
    trademark: Trademark
    verdict: str
    judgement: str | None = None
    decision: str | None = None

    @property
    def is_alert(self) -> bool:
        return self.verdict == "alert"

    @property
    def sides(self) -> set[str]:
        return {self.listing.owner, self.trademark.owner}


@dataclass
class Oracle:
    organizations: dict[str, Organization] = field(default_factory=dict)
    listings: list[Listing] = field(default_factory=list)
    trademarks: list[Trademark] = field(default_factory=list)
    sellers: list[Seller] = field(default_factory=list)
    seizures: list[Seizure] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    endpoints: list[tuple[str, str]] = field(default_factory=list)
    jobs: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[tuple[str, str]] = field(default_factory=list)  # jobs that answer no lines
    policies: list[tuple[str, str]] = field(default_factory=list)
    licensees: list[tuple[str, Trademark, str]] = field(default_factory=list)  # id, mark, seller
    invitations: list[tuple[str, str]] = field(default_factory=list)
    people: list[tuple[str, str]] = field(default_factory=list)
    readers: dict[str, set[str]] = field(default_factory=dict)  # of a token, or of an id
    claimed: dict[str, str] = field(default_factory=dict)  # an id that only its first reader may see
    numbers: count = field(default_factory=lambda: count(1))

    def token(self, *readers: str) -> str:
        """A word that only these organizations may ever read."""
        made = f"zq{next(self.numbers):06d}zq"
        self.readers[made] = set(readers)
        return made

    def employ(self, owner: str) -> tuple[str, str, str]:
        """Somebody of an organization: its id, the organization, an address that only this may read."""
        person = f"per_{next(self.numbers):026d}"
        self.let(person, owner)
        self.people.append((person, owner))
        return person, owner, f"{self.token(owner)}@b.example"

    def found_with(self, rights_holder: str) -> set[str]:
        """The marketplaces where a mark of this rights holder was found."""
        return {each.listing.owner for each in self.matches if each.trademark.owner == rights_holder}

    def let(self, word: str, *readers: str) -> None:
        """Allow others to read a word, an id or what holds a token."""
        for one in [*TOKEN.findall(word), *ID.findall(word)]:
            self.readers.setdefault(one, set()).update(readers)

    def leaks(self, reader: str, text: str) -> list[str]:
        """The ids and private words in an answer that its reader may not see.

        An id that nobody told the oracle of (an event, a delivery, an audit entry) belongs to one
        organization alone: to the first that was shown it.
        """
        found = [word for word in TOKEN.findall(text) if reader not in self.readers.get(word, ())]
        for one in set(ID.findall(text)):
            readers = self.readers.get(one) or {self.claimed.setdefault(one, reader)}
            if reader not in readers:
                found.append(one)
        return found

    def foreign(self, reader: str, each: int = 2) -> dict[str, list[str]]:
        """So many ids of each noun that this organization may not see; the newest first."""
        known = [one for one in self.readers if "_" in one and reader not in self.readers[one]]
        known += [one for one, first in self.claimed.items() if first != reader]
        by_noun: dict[str, list[str]] = {}
        for one in reversed(known):
            by_noun.setdefault(one.split("_")[0], []).append(one)
        return {noun: ones[:each] for noun, ones in by_noun.items()}

    def persons(self) -> dict[int, list[Seller]]:
        """Who is flagged: sellers' persons that were seized, or that offer what is an alert."""
        flagged = {seizure.person for seizure in self.seizures}
        alerts = {(match.listing.owner, match.listing.seller) for match in self.matches if match.is_alert}
        flagged |= {each.person for each in self.sellers if (each.owner, each.reference) in alerts}
        accounts: dict[int, list[Seller]] = {}
        for each in self.sellers:
            if each.person in flagged:
                accounts.setdefault(each.person, []).append(each)
        return accounts
