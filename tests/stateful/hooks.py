"""What schemathesis loads beside the contract: proofs for bound tokens, and bodies that lead somewhere.

`CAST` names the file that the test wrote: the keys that customs' tokens are bound to, and examples of the
bodies that operations take.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from pathlib import Path

import requests
import schemathesis
from schemathesis.wfc.escalation import restore_identity_assignments

from api.commands.proving import Prover

CAST = json.loads(Path(os.environ["CAST"]).read_text(encoding="utf-8"))
PROVERS = {token: Prover(key) for token, key in CAST["keys"].items()}
# Their values come from an earlier answer of another kind: no generator can make one up.
OPAQUE = ("If-Match", "If-None-Match", "Idempotency-Key", "DPoP", "Prefer")
LEAK = CAST.get("leak")
TURN = itertools.count()
NAMES = {}
ID = re.compile(r"[a-z]+_[0-9a-z]{26}")


@schemathesis.hook
def after_load_schema(context, schema):
    """Each operation is called as somebody who may; to find that out costs up to four refusals each."""
    named = {
        f"{method.upper()} {path}": operation["operationId"]
        for path, operations in schema.raw_schema["paths"].items()
        for method, operation in operations.items()
    }
    callers = CAST["callers"]
    known = {label: callers[name] for label, name in named.items() if name in callers}
    restore_identity_assignments(schema, known)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Leave out what only an answer can give; most bodies are the example, under a name of its own.

    Where no answer led to it, something is done to what is there; a change takes the state that it finds.
    """
    for name in OPAQUE:
        (case.headers or {}).pop(name, None)
    if case.query:
        case.query = {}  # a filter that nobody knows finds nothing that leads on
    key = (case.path_parameters or {}).get("key")
    noun = case.path.split("/")[2] if case.method == "POST" and key is not None else ""
    if noun in CAST["things"] and not ID.fullmatch(str(key)):
        case.path_parameters["key"] = CAST["things"][noun]
    if case.method in {"PUT", "PATCH"}:
        case.headers["If-Match"] = "*"
    example = CAST["examples"].get(case.operation.definition.raw.get("operationId"))
    if example is not None and next(TURN) % 4:
        case.body = dict(example)
        if "reference" in example:
            case.body["reference"] = NAMES.get(key, f"generated-{next(TURN)}")
        if "jwk" in example:
            case.body["jwk"] = {**example["jwk"], "kid": f"k-{next(TURN)}"}
        if "email" in example:  # another invitation to the same address takes the first one back
            case.body["email"] = f"guest-{next(TURN)}@partner.example"


@schemathesis.hook
def after_call(context, case, response):
    """Remember by which reference a thing is known."""
    said = response.json() if response.content[:1] == b"{" and b"\n{" not in response.content else {}
    if {"id", "reference"} <= said.keys():
        NAMES[said["id"]] = said["reference"]


class ProvingSession(requests.Session):
    """Sends a proof with each request whose token is bound to a key.

    With `leak`, a service is feigned that lets a stranger read what belongs to another: its paths, and
    the two tokens that are mixed up.
    """

    def send(self, request, **kwargs):
        scheme, _, token = str(request.headers.get("Authorization", "")).partition(" ")
        path = request.url.partition("?")[0]
        if scheme == "DPoP" and token in PROVERS:
            request.headers["DPoP"] = PROVERS[token].make_proof(request.method, path, token)
        if LEAK and token == LEAK["stranger"] and LEAK["path"] in path:
            request.headers["Authorization"] = f"Bearer {LEAK['owner']}"
        return super().send(request, **kwargs)


requests.Session = requests.sessions.Session = ProvingSession
