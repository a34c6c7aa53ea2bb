from __future__ import annotations

import pytest

from api.app import describe


@pytest.fixture(scope="session")
def document():
    return describe()


@pytest.fixture(scope="session")
def operations(document):
    """Every operation by its id."""
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }
