"""Schemathesis goes from answer to answer by the links of the contract, as two partners of each kind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(600)
HERE = Path(__file__).parent
RUN = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
SEED = "4"
PUBLIC = r"^/(healthz|readyz|metrics|openapi|\.well-known|oauth)"
LINKS = re.compile(r"API Links: +(\d+) covered / (\d+) selected / (\d+) total")


def explore(service, script, folder, *options):
    """Run the command line; returns its exit code and what it said."""
    shutil.copy(HERE / "schemathesis.toml", folder)
    command = [*RUN, "run", f"{service.base_url}/openapi.json", "--seed", SEED, "--no-color", *options]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | script
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(HERE.parent.parent), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    return done.returncode, "\n".join(line[:400] for line in (done.stdout + done.stderr).splitlines())


def test_nobody_reads_what_is_not_his(service, script, tmp_path):
    code, said = explore(service, script, tmp_path, "--exclude-path-regex", PUBLIC)
    assert code == 0, said
    assert "\u2705 Stateful" in said, said  # and not: not applicable
    covered, selected, _ = map(int, LINKS.search(said).groups())
    assert covered > 60, said
    assert selected > 160, said


def test_it_would_see_one_who_does(service, script, tmp_path):
    """The same run against a service that feigns a leak: a stranger reads the listings of another."""
    path = tmp_path / "cast.json"
    cast = json.loads(path.read_text())
    tokens = cast["tokens"]
    leak = {"stranger": tokens["other-shop"], "owner": tokens["shop"], "path": "/v1/listings/"}
    path.write_text(json.dumps(cast | {"leak": leak}))
    code, said = explore(
        service, script, tmp_path, "--include-path-regex", "^/v1/listings", "--max-failures", "1"
    )
    assert code == 1, said
    assert "ST402" in said, said
