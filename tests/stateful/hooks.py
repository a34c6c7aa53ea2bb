"""What schemathesis loads beside the contract: proofs for bound tokens, and bodies that lead somewhere.

`CAST` names the file that the test wrote: the keys that customs' tokens are bound to, and examples of the
bodies that operations take.
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import requests
import schemathesis

from api.commands.proving import Prover

CAST = json.loads(Path(os.environ["CAST"]).read_text(encoding="utf-8"))
PROVERS = {token: Prover(key) for token, key in CAST["keys"].items()}
# Their values come from an earlier answer of another kind: no generator can make one up.
OPAQUE = ("If-Match", "If-None-Match", "Idempotency-Key", "DPoP", "Prefer")
LEAK = CAST.get("leak")
TURN = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Leave out what only an answer can give; most bodies are the example, under a name of its own."""
    for name in OPAQUE:
        (case.headers or {}).pop(name, None)
    if case.query:
        case.query = {}  # a filter that nobody knows finds nothing that leads on
    example = CAST["examples"].get(case.operation.definition.raw.get("operationId"))
    if example is not None and next(TURN) % 4:
        case.body = dict(example)
        if "reference" in example and case.method == "POST":
            case.body["reference"] = f"generated-{next(TURN)}"
        if "email" in example:  # another invitation to the same address takes the first one back
            case.body["email"] = f"guest-{next(TURN)}@partner.example"


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
