"""Schemathesis: the app in process answers what its contract says, whatever it is sent."""

from __future__ import annotations

from functools import cache

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from api.rights import RIGHTS, scopes_of
from partners.principal import KINDS
from tests.contract import CONTRACT

_EXAMPLES = 8
# What fits the schema may still break a rule of its fields (422), or meet a state that forbids it.
_CONFIG = {
    "generation": {"allow-x00": False},  # refused everywhere, and no schema can say so
    "checks": {
        "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 406, 413, 415, 422, 428]},
        "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 412, 422, 428, 503]},
    },
}
# Their values come from an earlier answer: no generator can make one up.
_OPAQUE = frozenset(["after", "If-Match", "If-None-Match"])


def _list_cases():
    """Each operation with data that fit; with data that do not, where it takes any."""
    for path in CONTRACT["paths"].values():
        for operation in path.values():
            yield operation["operationId"], GenerationMode.POSITIVE
            if operation.get("parameters") or operation.get("requestBody"):
                yield operation["operationId"], GenerationMode.NEGATIVE


@pytest.fixture
def tokens(partner, token):
    """A token of each kind of partner with all its scopes."""
    return {kind: token(partner(kind, scopes=scopes_of(kind))) for kind in KINDS}


class Stage:
    """The ASGI app whose turn it is: the contract is read once, and each test has an app of its own."""

    def __init__(self):
        self.app = None

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def stage():
    return Stage()


@pytest.fixture(scope="module")
def read_contract(stage):
    config = SchemathesisConfig.from_dict(_CONFIG)
    return cache(lambda: schemathesis.openapi.from_asgi("/openapi.json", stage, config=config))


@pytest.fixture
def contract(house, frame, stage, read_contract):
    stage.app = frame.furnish(house)
    return read_contract()


def _whole(value):
    """JSON Schema counts 1.0 among the integers; we refuse it where an integer is asked for."""
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _drop_opaque(case):
    for name in _OPAQUE:
        (case.query or {}).pop(name, None)
        (case.headers or {}).pop(name, None)


@pytest.mark.parametrize(("operation_id", "mode"), list(_list_cases()))
def test_an_operation_keeps_its_contract(contract, tokens, operation_id, mode):
    operation = contract.find_operation_by_id(operation_id)
    right = RIGHTS[operation_id]
    headers = tokens[min(right.kinds)] if right.scope else {}

    @settings(
        max_examples=_EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        if mode is GenerationMode.POSITIVE:
            _drop_opaque(case)
            case.body = _whole(case.body)
        case.call_and_validate(headers=headers)

    check()
