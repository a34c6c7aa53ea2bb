"""The audience: everybody asks for everything, and each answer is held against what the oracle says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from urllib.parse import quote

from api.rights import RIGHTS
from tests.isolation.play import Leak, Play
from tests.isolation.views import views

NOUNS = {
    "cases": "case",
    "clients": "cli",
    "deliveries": "dlv",
    "events": "evt",
    "flags": "flag",
    "jobs": "job",
    "listings": "lst",
    "matches": "mch",
    "invitations": "inv",
    "notices": "ntc",
    "people": "per",
    "policies": "pol",
    "screenings": "scr",
    "seizures": "szr",
    "sellers": "slr",
    "trademarks": "tm",
    "webhook-endpoints": "end",
}
TIMED = re.compile(r'"(timestamp|[a-z_]+_at)":"[^"]+"')
# Of an answer: what tells one request from another, and nothing of what was asked for.
PASSING = {"x-request-id", "date", "ratelimit", "ratelimit-policy"}


class Audience(Play):
    """The play with those who look at it."""

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
        sign, after, limit = "&" if "?" in path else "?", "", 3 + next(self.requests) % 40
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
        if who.kind in RIGHTS["list_policies"].kinds:
            self._check_policies(who)
        if self.ask(who, "GET", "/v1/organization").json()["id"] != who.id:
            raise Leak("an organization is told to be another one")
        self.ask(who, "GET", "/v1/audit/head")
        for key, owner in self.oracle.jobs:
            wanted = 200 if owner == who.id else 404
            if self.ask(who, "GET", f"/v1/jobs/{key}/results").status_code != wanted:
                raise Leak(f"the results of the job {key} are {wanted} no longer")

    def _check_policies(self, who) -> None:
        """A rights holder's own, newest first; a marketplace may know those that its screenings went by."""
        drawn = [each["id"] for each in self.ask(who, "GET", "/v1/policies").json()["items"] if each["id"]]
        own = [key for key, owner in reversed(self.oracle.policies) if owner == who.id]
        if who.kind == "rights_holder" and drawn != own:
            raise Leak(f"{who.kind} sees the policies {drawn}, and should see {own}")

    def check_foreign(self, who, operations, *, each: int, strangest: int = 0) -> None:
        """Not yours is what does not exist: to the byte, whatever is asked of it and however.

        Every operation is tried on so many ids of its own noun, and on some of any other noun.
        """
        foreign = self.oracle.foreign(who.id, each)
        allowed = [operation for operation in operations if who.kind in RIGHTS[operation[2]].kinds]
        pairs = [
            (operation, key)
            for operation in allowed
            for key in foreign.get(NOUNS.get(operation[1].split("/")[2], ""), ())
        ]
        anything = [(operation, key) for operation in allowed for keys in foreign.values() for key in keys]
        pairs += Random(next(self.requests)).sample(anything, min(strangest, len(anything)))  # noqa: S311 - no secret
        for (method, path, _, body), key in pairs:
            missing = f"{key.split('_')[0]}_{'0' * 18}{next(self.requests):08d}"
            yours, nothing = (self._plainly(who, method, path, named, body) for named in (key, missing))
            if yours != nothing:
                raise Leak(f"{method} {path} tells {key} of somebody else: {yours}, not {nothing}")

    def check_borrowed(self, lender, borrower) -> None:
        """A cursor and an Idempotency-Key are worth nothing to somebody else, even of the same kind."""
        for path in ("/v1/audit", "/v1/events", "/v1/webhook-endpoints"):
            cursor = self.ask(lender, "GET", f"{path}?limit=1").json()["next"]
            if cursor and self.ask(borrower, "GET", f"{path}?limit=1&after={cursor}").status_code != 400:
                raise Leak(f"a cursor of {path} is taken from another organization")
        key, url = (
            f"key-{next(self.requests)}",
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
