"""Bandit on our code: each of its findings is here with its reason, and no reason without a finding."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click

FLOORS = ("api", "matching", "openapi", "partners", "webhooks")
JUDGED = {
    ("B107", "api/pages/joining.py"): "a page without a link's token is shown as one with a used link",
    ("B303", "partners/one_time_codes.py"): "HMAC-SHA-1 is RFC 6238's, and what every app knows",
    ("B311", "webhooks/attempt.py"): "the jitter of a retry is no secret",
    ("B406", "api/sheet.py"): "escape and quoteattr write XML; nothing is parsed",
    ("B603", "api/demo/stage.py"): "it starts our own program with arguments of our own, without a shell",
    ("B608", "partners/among.py"): "both parts are statements that SQLAlchemy has compiled",
    ("B608", "partners/tenancy/kinds.py"): "conditions of policies, made of names in this code alone",
    ("B608", "partners/tenancy/reach.py"): "conditions of policies, made of names in this code alone",
}


def judge_code(root: Path) -> list[str]:
    """The findings that nobody has judged, and the judgements of findings that are gone."""
    command = ["-m", "bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", "--format", "json"]
    done = subprocess.run(
        [sys.executable, *command, *FLOORS], cwd=root, capture_output=True, text=True, check=False
    )
    report = json.loads(done.stdout)
    found = {(each["test_id"], each["filename"]): each for each in report["results"]}
    lines = report["metrics"]["_totals"]["loc"]
    click.echo(
        f"bandit: {lines} lines, {len(report['results'])} findings, each judged in tests/audit/code.py"
    )
    new = [
        f"{rule} {path}:{found[rule, path]['line_number']}: {found[rule, path]['issue_text']}"
        for rule, path in found.keys() - JUDGED.keys()
    ]
    stale = [
        f"{rule} {path} is judged, and not found any more" for rule, path in JUDGED.keys() - found.keys()
    ]
    unread = [f"bandit could not read {each['filename']}" for each in report["errors"]]
    return sorted(new + stale + unread)
