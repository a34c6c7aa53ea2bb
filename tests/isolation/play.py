"""The play: organizations do things over HTTP, and the oracle is told what they were.

Then everybody asks for everything, and each answer is held against what the oracle says.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from api.rights import RIGHTS, scopes_of
from partners.sequencing import Sequencer
from tests.isolation.oracle import Listing, Match, Oracle, Organization, Seizure, Seller, Trademark
from tests.isolation.views import views

MARKS = [a + b + c for a in ("VELOR", "QUINT", "BRAZT") for b in ("IQA", "OMUS") for c in ("", "NEX", "DUR")]
TIMED = re.compile(r'"(timestamp|[a-z_]+_at)":"[^"]+"')
# Of an answer: what tells one request from another, and nothing of what was asked for.
PASSING = {"x-request-id", "date", "ratelimit", "ratelimit-policy"}


class Leak(AssertionError):
    """Somebody saw, or did not see, what the oracle says otherwise of."""


class Play:
    """One database, its service, and all organizations that ever were in it."""

    def __init__(self, house, client, partner, token):
        self.house, self.client, self._partner, self._token = house, client, partner, token
        self.oracle = Oracle()
        self._requests = itertools.count(1)
        self._marks = itertools.count()

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

    def settle(self) -> None:
        """What the workers would do: places in the feeds, and marks that can be searched."""
        while Sequencer(self.house.database).place():
            pass
        self.house.registry.refresh()

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
        self._share_flags()

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

    # what everybody sees

    def check(self, who) -> None:
        """Every list, page by page; every thing in it; what is told; and nothing of others."""
        for view in views(self.oracle, who):
            items = list(self._pages(who, view.path))
            seen = [view.read(item) for item in items]
            wanted = view.items
            if not view.is_ordered:
                seen, wanted = sorted(seen), sorted(wanted)
            if seen != wanted:
                raise Leak(f"{who.kind} sees {seen} in {view.path}, and should see {wanted}")
        self._check_told(who)

    def _pages(self, who, path: str) -> Iterator[dict]:
        sign, after, limit = "&" if "?" in path else "?", "", 3 + next(self._requests) % 40
        is_feed = path.startswith(("/v1/flags", "/v1/events"))
        while True:
            page = self.ask(who, "GET", f"{path}{sign}limit={limit}{after}").json()
            yield from page["items"]
            if page["next"] is None or (is_feed and not page["items"]):
                return
            after = f"&after={page['next']}"

    def _check_told(self, who) -> None:
        """Events, deliveries, the audit log, the organization and its heads: no subject of anybody else."""
        for path in ("/v1/events", "/v1/deliveries", "/v1/audit"):
            for item in self._pages(who, path):
                if path != "/v1/audit":
                    self.ask(who, "GET", f"{path}/{item['id']}")
        if self.ask(who, "GET", "/v1/organization").json()["id"] != who.id:
            raise Leak("an organization is told to be another one")
        self.ask(who, "GET", "/v1/audit/head")
        for key, owner in self.oracle.jobs:
            wanted = 200 if owner == who.id else 404
            if self.ask(who, "GET", f"/v1/jobs/{key}/results").status_code != wanted:
                raise Leak(f"the results of the job {key} are {wanted} no longer")

    def check_foreign(self, who, operations) -> None:
        """Not yours is what does not exist: to the byte, whatever is asked of it and however."""
        for key in self.oracle.foreign(who.id):
            missing = f"{key.split('_')[0]}_{'0' * 18}{next(self._requests):08d}"
            for method, path, operation_id, body in operations:
                if who.kind not in RIGHTS[operation_id].kinds:
                    continue
                answers = [self._plainly(who, method, path, named, body) for named in (key, missing)]
                if answers[0] != answers[1]:
                    raise Leak(
                        f"{method} {path} tells {key} of somebody else from what is not there: {answers}"
                    )

    def check_borrowed(self, lender, borrower) -> None:
        """A cursor and an Idempotency-Key are worth nothing to somebody else, even of the same kind."""
        for path in ("/v1/audit", "/v1/events", "/v1/webhook-endpoints"):
            cursor = self.ask(lender, "GET", f"{path}?limit=1").json()["next"]
            if cursor and self.ask(borrower, "GET", f"{path}?limit=1&after={cursor}").status_code != 400:
                raise Leak(f"a cursor of {path} is taken from another organization")
        key, url = (
            f"key-{next(self._requests)}",
            f"https://{self.oracle.token(lender.id, borrower.id)}.example/",
        )
        body = {"url": url, "signatures": ["v1a"]}
        statuses, made = [], []
        for who in (lender, borrower, lender, borrower):
            answer = self.ask(who, "POST", "/v1/webhook-endpoints", body, Idempotency_Key=key)
            statuses.append(answer.status_code)
            made += [(answer.json()["id"], who.id)] if answer.status_code == 201 else []
        # its own is not told again, for it held a secret; somebody else's was never there
        if statuses != [201, 201, 409, 409]:
            raise Leak(f"an Idempotency-Key is shared between organizations: {statuses}")
        for endpoint, who_id in made:
            self.oracle.let(endpoint, who_id)
            self.oracle.endpoints.append((endpoint, who_id))

    def _plainly(self, who, method, path, key, body) -> tuple:
        headers = {} if method in {"GET", "POST"} else {"If-Match": '"1"'}
        if method == "POST":
            headers = {"Idempotency-Key": f"of-{method}-{path}".replace("/", ".")}
        answer = self.ask(who, method, path.replace("{key}", quote(key)), body, **headers)
        kept = {name: text for name, text in answer.headers.items() if name not in PASSING}
        request = answer.headers.get("x-request-id", "\0")
        return answer.status_code, TIMED.sub("", answer.text.replace(key, "KEY").replace(request, "")), kept
