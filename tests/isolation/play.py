"""The play: organizations do things over HTTP, and the oracle is told what they were."""

from __future__ import annotations

import itertools
import json

from api.rights import scopes_of
from partners.records.people import Identity, Person, add_person, seal_identity
from partners.sequencing import Sequencer
from tests.isolation.oracle import Listing, Match, Oracle, Organization, Seizure, Seller, Trademark

MARKS = [a + b + c for a in ("VELOR", "QUINT", "BRAZT") for b in ("IQA", "OMUS") for c in ("", "NEX", "DUR")]


class Leak(AssertionError):
    """Somebody saw, or did not see, what the oracle says otherwise of."""


class Play:
    """One database, its service, and all organizations that ever were in it."""

    def __init__(self, house, client, partner, token):
        self.house, self.client, self._partner, self._token = house, client, partner, token
        self.oracle = Oracle()
        self.requests = itertools.count(1)

    def organization(self, kind: str) -> Organization:
        name = self.oracle.token()
        claims = self._partner(kind, name=f"{kind} {name}", scopes=scopes_of(kind))
        made = Organization(claims.organization_id, kind, claims)
        self.oracle.let(f"{made.id} {claims.client_id} {name}", made.id)
        self.oracle.organizations[made.id] = made
        return made

    def ask(self, who, method, path, body=None, **headers):
        """One request; whatever its answer is, it holds nothing that is not the reader's."""
        given = self._token(who.claims) | {name.replace("_", "-"): text for name, text in headers.items()}
        content = {"content": body} if isinstance(body, bytes) else {"json": body} if body else {}
        answer = self.client.request(method, path, headers=given, **content)
        if answer.status_code >= 500:
            raise Leak(f"{method} {path} answers {answer.status_code}: {answer.text}")
        told = f"{answer.text} {dict(answer.headers)}"
        asked = f"{path} {json.dumps(body, default=repr)}"
        leaks = [word for word in self.oracle.leaks(who.id, told) if word not in asked]
        if leaks:
            raise Leak(f"{who.kind} is shown {leaks} by {method} {path}: {answer.text[:500]}")
        return answer

    def do(self, who, method, path, body, status=(200, 201), **headers):
        """A request whose new ids are its maker's."""
        answer = self._token(who.claims) | {name.replace("_", "-"): text for name, text in headers.items()}
        made = self.client.request(method, path, json=body, headers=answer)
        if made.status_code not in status:
            raise Leak(f"{method} {path} answers {made.status_code}: {made.text}")
        return made.json()

    # what happens

    def register(self, who, number: int) -> None:
        mark = f"{MARKS[number % len(MARKS)]}{'' if number < len(MARKS) else number}"
        reference = f"TM {self.oracle.token(who.id)}"
        office = ("EM", "FR")[number % 2]
        fields = {"reference": reference, "mark": mark, "office": office, "goods": self.oracle.token(who.id)}
        made = self.do(who, "POST", "/v1/trademarks", fields)
        self.oracle.let(made["id"], who.id)
        known = [each for each in self.oracle.trademarks if each.id == made["id"]]
        if not known:
            self.oracle.trademarks.append(Trademark(made["id"], who.id, reference, mark, office))
        self.settle()

    def license(self, who, shop: Organization, number: int) -> None:
        """The rights holder knows the marketplace by its name, and calls the seller what it likes."""
        own = [each for each in self.oracle.trademarks if each.owner == who.id and not each.is_deleted]
        if not own:
            return
        trademark = own[number % len(own)]
        name = self.do(shop, "GET", "/v1/organization", None)["name"]
        self.oracle.let(name, who.id)
        fields = {"marketplace": name, "seller": f"S {self.oracle.token(who.id)}"}
        made = self.do(who, "POST", f"/v1/trademarks/{trademark.id}/licensees", fields)
        self.oracle.let(made["id"], who.id)
        self.oracle.licensees.append((made["id"], trademark, fields["seller"]))

    def settle(self) -> None:
        """What the workers would do: places in the feeds, and marks that can be searched."""
        while Sequencer(self.house.database).place():
            pass
        self.house.registry.refresh()
        self._share_flags()

    def enroll(self, who, person: int) -> Seller:
        reference = f"S {self.oracle.token(who.id)}"
        fields = self._party(person, who.id) | {"reference": reference}
        made = self.do(who, "POST", "/v1/sellers", fields)
        self.oracle.let(made["id"], who.id)
        seller = Seller(made["id"], who.id, reference, person)
        self.oracle.sellers.append(seller)
        return seller

    def _party(self, person: int, reader: str) -> dict:
        """A person as it is known to whoever trades with it, or seizes from it."""
        word = f"zq9{person:05d}zq"
        self.oracle.readers.setdefault(word, set()).add(reader)
        return {
            "legal_name": f"{word.upper()[2:8]} Harbor {word} Trading Ltd",
            "email": f"sales@{word}.example",
            "address": {"lines": [f"{person} {word} Road"], "city": "Shenzhen", "country": "CN"},
        }

    def submit(self, who, marks: list[Trademark], seller: Seller | None) -> None:
        reference, title = self.oracle.token(who.id), self.oracle.token(who.id)
        named = " ".join(f"replica {each.mark}" for each in marks) or "wooden chair"
        fields = {
            "reference": f"L {reference}",
            "title": f"{named} 1:1 {title}" if marks else f"{named} {title}",
            "description": self.oracle.token(who.id),
            "seller": seller.reference if seller else None,
        }
        made = self.do(who, "POST", "/v1/listings", {key: value for key, value in fields.items() if value})
        found = made["screening"]["matches"]
        listing = Listing(
            made["id"], who.id, fields["reference"], made["screening"]["verdict"], fields["seller"], found
        )
        self.oracle.listings.append(listing)
        self.oracle.let(listing.id, who.id)
        self.oracle.let(made["screening"]["id"], who.id)
        by_id = {each.id: each for each in self.oracle.trademarks}
        if not {each.id for each in marks} <= {each["trademark"]["id"] for each in found}:
            raise Leak(f"the marks of {fields['title']} were not found: {found}")
        for each in found:
            match = Match(each["id"], listing, by_id[each["trademark"]["id"]], each["verdict"])
            self.oracle.matches.append(match)
            self.oracle.let(f"{match.id} {listing.id} {match.trademark.id} {title}", *match.sides)

    def judge(self, match: Match, judgement: str) -> None:
        who = self.oracle.organizations[match.trademark.owner]
        reason = self.oracle.token(*match.sides)
        body = {"judgement": judgement, "reason": reason}
        self.do(who, "PUT", f"/v1/matches/{match.id}/judgement", body)
        match.judgement = judgement
        if judgement != "confirmed":
            return
        # a notice says who files it, and of which listing
        notifier = self.do(who, "GET", "/v1/organization", None)["name"]
        self.oracle.let(f"{notifier} {match.listing.reference}", *match.sides)
        for noun in ("notices", "cases"):
            for item in self._all(who, f"/v1/{noun}"):
                if item["match"] == match.id:
                    self.oracle.let(item["id"], *match.sides)

    def decide(self, match: Match) -> None:
        who = self.oracle.organizations[match.listing.owner]
        [case] = [each for each in self._all(who, "/v1/cases") if each["match"] == match.id]
        statement = self.oracle.token(*match.sides)
        decision = {"decision": "removed", "grounds": "counterfeit", "statement": statement}
        self.do(who, "PUT", f"/v1/cases/{case['id']}/decision", decision)
        match.decision = "removed"

    def seize(self, who, person: int) -> None:
        token, case = self.oracle.token(who.id), self.oracle.token(who.id)
        fields = {
            "reference": f"SZ {token}",
            "seizure_case_reference": f"C {case}",
            "seized_on": "2026-11-20",
            "administration": "FR",
            "channel": "mail",
            "consignor": self._party(person, who.id),
            "consignee": {"legal_name": f"Buyer {self.oracle.token(who.id)}"},
            "items": [{"commodity": "footwear", "quantity": {"value": 3, "unit": "pieces"}}],
        }
        made = self.do(who, "POST", "/v1/seizures", fields)
        self.oracle.let(made["id"], who.id)
        seizure = Seizure(made["id"], who.id, fields["reference"], fields["seizure_case_reference"], person)
        self.oracle.seizures.append(seizure)
        self.settle()

    def _share_flags(self) -> None:
        """Flags are customs' and of the marketplaces of their sellers; their pseudonyms customs' alone."""
        customs = [each.id for each in self.oracle.organizations.values() if each.kind == "customs"]
        for person in self.oracle.persons().values():
            owners = {seller.owner for seller in person}
            for owner in owners:
                who = self.oracle.organizations[owner]
                mine = {seller.reference for seller in person if seller.owner == owner}
                for flag in self._all(who, "/v1/flags"):
                    if mine & set(flag["seller"]["references"]):
                        self.oracle.let(flag["id"], *owners, *customs)

    def subscribe(self, who) -> None:
        url = f"https://{self.oracle.token(who.id)}.example/"
        made = self.do(who, "POST", "/v1/webhook-endpoints", {"url": url, "signatures": ["v1", "v1a"]})
        self.oracle.let(made["id"], who.id)
        self.oracle.endpoints.append((made["id"], who.id))

    def draw(self, who, letters: int) -> None:
        """A rights holder's own line: marketplaces where its marks were found may know of it."""
        drawn = self.do(who, "PUT", "/v1/policies/own", {"overrides": {"letters_of_alert": letters}})
        self.oracle.let(drawn["id"], who.id, *self.oracle.found_with(who.id))
        self.oracle.policies.append((drawn["id"], who.id))
        newest = self._all(who, "/v1/jobs")[0]["id"]  # which advises its matches anew
        self.oracle.let(newest, who.id)
        self.oracle.tasks.append((newest, who.id))

    def invite(self, who) -> None:
        made = self.do(
            who,
            "POST",
            "/v1/invitations",
            {"email": f"{self.oracle.token(who.id)}@a.example", "role": "reader"},
        )
        self.oracle.let(made["id"], who.id)
        self.oracle.invitations.append((made["id"], who.id))

    def employ(self, who) -> None:
        """Somebody who came by an invitation, as the flow of joining leaves it in the database."""
        person = self.oracle.employ(who.id)
        self.house.database.acting(
            "access", lambda connection, _: add_person(connection, self.house.keyring, self._person(*person))
        )

    def _person(self, person_id: str, owner: str, email: str) -> Person:
        document = seal_identity(self.house.keyring, person_id, Identity(email=email))
        now = self.house.clock()
        return Person(id=person_id, organization_id=owner, role="reader", document=document, created_at=now)

    def defer(self, who) -> None:
        """A stream that is worked through later: an export of its own."""
        lines = b'{"reference": "X", "title": "x"}\n' * 2  # more than this service answers at once
        headers = {"Content-Type": "application/x-ndjson", "Prefer": "respond-async"}
        given = self._token(who.claims) | headers
        made = self.client.request("POST", "/v1/listings", content=lines, headers=given)
        if made.status_code != 202:
            raise Leak(f"a stream is not deferred: {made.text}")
        self.oracle.let(made.json()["id"], who.id)
        self.oracle.jobs.append((made.json()["id"], who.id))

    def withdraw(self, who, noun: str, thing) -> None:
        self.do_nothing_else(who, f"/v1/{noun}/{thing.id}")
        thing.is_deleted = True

    def do_nothing_else(self, who, path: str) -> None:
        answer = self.ask(who, "DELETE", path)
        if answer.status_code != 204:
            raise Leak(f"DELETE {path} answers {answer.status_code}: {answer.text}")

    def _all(self, who, path: str) -> list[dict]:
        return self.do(who, "GET", f"{path}{'&' if '?' in path else '?'}limit=200", None)["items"]
