"""The contract as other people's linters read it: Spectral with the rules of OWASP, and Redocly."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "SCARF_ANALYTICS": "false"}
SPECTRAL = "@stoplight/spectral-cli/dist/index.js"
REDOCLY = "@redocly/cli/bin/cli.js"


@pytest.fixture
def lint(node, node_modules, tmp_path):
    """Run a linter on a document, with its rules beside the packages they come from."""

    def run(program, rules, document, *options):
        for name in (".spectral.yaml", "redocly.yaml"):
            shutil.copy(HERE / name, tmp_path)
        (tmp_path / "node_modules").symlink_to(node_modules)
        (tmp_path / "openapi.json").write_text(json.dumps(document))
        command = [node, str(node_modules / program), "lint", "openapi.json", *rules, *options]
        environment = QUIET | {"PATH": "", "HOME": str(tmp_path)}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    return run


@pytest.fixture
def document(project_root):
    return json.loads((project_root / "openapi" / "openapi.json").read_text())


def is_there(node_modules, program):
    """`make setup` has said so where no registry of npm was in reach."""
    return (node_modules / program).is_file()


def test_spectral_finds_nothing(lint, document, node_modules):
    if is_there(node_modules, SPECTRAL):
        done = lint(SPECTRAL, ["-r", ".spectral.yaml"], document, "--fail-severity", "hint")
        assert done.returncode == 0, done.stdout + done.stderr


def test_spectral_finds_a_text_without_an_end(lint, document, node_modules):
    """The rules that we aim elsewhere still find what they are for."""
    schema = document["components"]["schemas"]["ListingIn"]["properties"]["title"]
    schema.pop("maxLength")
    document["paths"]["/v1/listings"]["get"]["responses"]["429"].clear()
    if is_there(node_modules, SPECTRAL):
        done = lint(SPECTRAL, ["-r", ".spectral.yaml"], document)
        assert done.returncode == 1
        assert "api4:2023-string-limit" in done.stdout
        assert "api4:2023-rate-limit" in done.stdout


def test_redocly_finds_nothing(lint, document, node_modules):
    if is_there(node_modules, REDOCLY):
        done = lint(REDOCLY, ["--config", "redocly.yaml"], document)
        assert done.returncode == 0, done.stdout + done.stderr
