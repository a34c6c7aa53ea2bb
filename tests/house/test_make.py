"""The targets of the contract are there, explained by `make help` and by the README; CI is the gate alone."""

import re

import pytest

CONTRACT = ("setup", "run", "test", "demo", "bench", "evaluate", "torture", "audit", "lock", "openapi")


@pytest.mark.parametrize("target", CONTRACT)
def test_target_is_explained_in_the_makefile(texts, target):
    assert re.search(rf"^{target}:.*## \w+", texts["Makefile"], re.MULTILINE)


@pytest.mark.parametrize("target", CONTRACT)
def test_target_is_named_in_the_readme(texts, target):
    assert f"make {target}" in texts["README.md"]


def test_ci_runs_the_gate_and_nothing_else(texts, root):
    commands = texts[".ci/run"].splitlines()
    assert commands[0] == "#!/usr/bin/env bash"
    assert commands[-1] == "make test"
    assert (root / ".ci/run").stat().st_mode & 0o111
