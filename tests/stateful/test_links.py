"""Every link of the contract leads somewhere: each is followed once, from an answer that the service gave."""

from __future__ import annotations

import base64
import json
from collections import deque
from urllib.parse import quote, urlencode

import pytest

from api.rights import RIGHTS
from tests.contract import CONTRACT

KINDS = {"shop": "marketplace", "brand": "rights_holder", "office": "customs", "keeper": "operator"}
FORM = "application/x-www-form-urlencoded"
LAST = ("delete_", "revoke_", "rotate_client_secret")  # what they are done to does not lead on
NEW = "new-1"
# It needs an endpoint at a public address that shows us the challenge.
ELSEWHERE = {("verify_webhook_endpoint", "200", "get_webhook_endpoint")}


class Walk:
    """Goes from answer to answer, and remembers which links it has followed and where they led."""

    def __init__(self, service, cast, bodies):
        self.service, self.cast, self.bodies = service, cast, bodies
        self.operations = {
            operation["operationId"]: (method.upper(), path, operation)
            for path, methods in CONTRACT["paths"].items()
            for method, operation in methods.items()
        }
        self.followed, self.broken, self.gone, self.waiting = set(), {}, set(), deque()
        self.licensee = ""

    def links(self):
        """All of them: (operation, status, target)."""
        return {
            (name, status, target)
            for name, (_, _, operation) in self.operations.items()
            for status, answer in operation["responses"].items()
            for target in answer.get("links", {})
        }

    def call(self, name, who, key="", reference=None, prefer=""):
        """Call an operation with the body of its example."""
        method, path, operation = self.operations[name]
        is_change = method in {"PUT", "PATCH", "DELETE"} and key not in {NEW, "own"}
        headers = {"If-Match": "*"} if is_change else {}
        content = operation.get("requestBody", {}).get("content", {})
        body = None
        if FORM in content:
            body, headers = self.form(name)
        elif prefer:
            body, headers = [self.bodies[name]] * 4, headers | {"Prefer": prefer}
        elif content:
            body = dict(self.bodies.get(name, {}))
            if reference is not None and "reference" in body:
                body["reference"] = reference
        target = (
            path.replace("{key}", quote(key, safe=""))
            .replace("{kid}", "k9")
            .replace("{licensee}", self.licensee)
        )
        return self.service.call(method, target, body, by=self.cast.get(who), headers=headers)

    def caller_of(self, name, before=None):
        """Who calls an operation: whoever had the answer before, if he may; nobody where anybody may."""
        if not RIGHTS[name].scope:
            return None
        allowed = [each for each in self.cast if KINDS[each.removeprefix("other-")] in RIGHTS[name].kinds]
        return before if before in allowed else allowed[0]

    def form(self, name):
        shop = self.cast["shop"]
        pair = f"{shop.client_id}:{shop.client_secret}".encode()
        fields = {"grant_type": "client_credentials"}
        if name != "issue_token":
            fields = {"token": self.service.token(shop) if name == "introspect_token" else "none"}
        return urlencode(fields).encode(), {
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "Content-Type": FORM,
        }

    def visit(self, name, key="", before=None, **how):
        """Call an operation and queue the links of its answer."""
        who = self.caller_of(name, before)
        answer = self.call(name, who, key, **how)
        described = self.operations[name][2]["responses"].get(str(answer.status), {})
        is_one = answer.body[:1] == b"{" and b"\n{" not in answer.body  # not a stream
        said = json.loads(answer.body) if is_one else {}
        for target, link in described.get("links", {}).items():
            found = self.resolve(link, key, said)
            if found is not None and (name, str(answer.status), target) not in self.followed:
                self.waiting.append((name, str(answer.status), target, found, who, said.get("reference")))
        return answer

    def resolve(self, link, key, said):
        """The key that a link hands on; "" where it hands on none, None where it has none to hand on."""
        expression = link.get("parameters", {}).get("key", "")
        if not expression or expression == "$request.path.key":
            return key
        for step in expression.removeprefix("$response.body#/").split("/"):
            if isinstance(said, list):
                said = said[int(step)] if int(step) < len(said) else None
            else:
                said = (said or {}).get(step)
        return said

    def is_over(self, name, target, key, status):
        """Whether an answer above 300 says only that the thing was deleted, or that it is settled."""
        return (
            name.startswith("delete_")
            or (status == 404 and {key, target} & self.gone)
            or status in {409, 410, 422}
        )

    def go(self):
        """Follow what waits; what ends a thing's life comes last."""
        held = deque()
        while self.waiting or held:
            name, status, target, key, who, reference = (self.waiting or held).popleft()
            link = (name, status, target)
            if link in self.followed:
                continue
            if target.startswith(LAST) and self.waiting:
                held.append((name, status, target, key, who, reference))
                continue
            self.followed.add(link)
            answer = self.visit(target, key, who, reference=reference)
            if answer.status >= 300 and not self.is_over(name, target, key, answer.status):
                self.broken[link] = f"{key} {answer.status} {answer.json}"
            if target.startswith("delete_"):
                self.gone |= {key, target}  # by its id, or by its reference


@pytest.mark.timeout(400)
def test_every_link_of_every_answer_leads_somewhere(service, cast, bodies, colleague):
    walk = Walk(service, cast, bodies)
    starts = [name for name, (_, path, _) in walk.operations.items() if "{" not in path]
    for name in starts:
        walk.visit(name, reference="new-2")
    for name in [name for name in starts if name.startswith("create_") or name == "look_up_flags"]:
        if name == "create_invitation":
            continue  # another one takes the first back
        walk.visit(name, reference="new-2")  # it is known by now: 200
    for name, (_, _, operation) in walk.operations.items():
        if "202" in operation["responses"] and "application/x-ndjson" in operation.get("requestBody", {}).get(
            "content", {}
        ):
            walk.visit(name, prefer="respond-async")
    for name in (name for name in walk.operations if name.startswith("replace_")):
        walk.visit(name, NEW, reference=NEW)
    walk.visit("draw_policy", "own")
    assert service.call("POST", "/v1/sellers", {"reference": "nobody"}, by=cast["shop"]).status == 201
    walk.visit("erase_seller", "nobody")  # no seizure leads to it
    walk.visit("add_client_key", cast["shop"].client_id)
    walk.visit("delete_client_key", cast["shop"].client_id)
    walk.bodies["add_licensee"] = {"marketplace": cast["shop"].organization_id, "seller": "S-9"}
    [mark] = service.call("GET", "/v1/trademarks?limit=1", by=cast["brand"]).json["items"]
    for _ in ("new", "known"):
        walk.licensee = walk.visit("add_licensee", mark["id"]).json["id"]
    walk.visit("delete_licensee", mark["id"])
    [endpoint] = service.call("GET", "/v1/webhook-endpoints?limit=1", by=cast["shop"]).json["items"]
    for name in ("recover_webhook_endpoint", "rotate_webhook_secret", "test_webhook_endpoint"):
        walk.visit(name, endpoint["id"])
    walk.go()
    assert not walk.broken, "\n".join(f"{link} {why}" for link, why in walk.broken.items())
    missing = walk.links() - walk.followed - ELSEWHERE
    assert not missing, "\n".join(sorted(map(str, missing)))
