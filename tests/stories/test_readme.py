"""The README's main job is run as it stands: by curl where the machine has it, and by a sender of our own."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "@@ end of block"


@pytest.fixture
def blocks(project_root):
    """The fenced blocks of the section, in order: (kind, text)."""
    section = (project_root / "README.md").read_text().split("\n## The main job in curl\n")[1]
    found = FENCE.finditer(section.split("\n## ")[0])
    return [(block["kind"], block["text"]) for block in found]


@pytest.fixture
def folder(tmp_path, project_root, service):
    """Where a newcomer stands: the commands in .venv/bin, and our own curl where there is no other."""
    commands = {"touchstone": "-c 'from api.cli import main; main()'", "python": ""}
    if service.database_url.startswith("sqlite") or not shutil.which("curl"):
        commands["curl"] = str(Path(__file__).parent / "own_curl.py")
    for name, arguments in commands.items():
        path = tmp_path / ".venv" / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\nPYTHONPATH={project_root} exec {sys.executable} {arguments} "$@"\n')
        path.chmod(0o755)
    (tmp_path / "var").mkdir()
    return tmp_path


@pytest.fixture
def run(blocks, folder, service):
    """Run the section's commands in one bash, to the end; returns what each block printed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    places = {"localhost:8000": f"127.0.0.1:{service.port}", "9000": str(port)}

    def adapt(text):
        for ours, theirs in places.items():
            text = text.replace(ours, theirs)
        return text.replace("sleep 1", "sleep 4").replace(" &\n", " > received 2>&1 &\nRECEIVER=$!\n")

    receiver = next(text for kind, text in blocks if kind == "python")
    (folder / "var" / "receiver.py").write_text(adapt(receiver))
    script = "".join(f"{adapt(text)}echo\necho '{MARK}'\n" for kind, text in blocks if kind == "bash")
    waiting = "for _ in $(seq 300); do grep -q seller.flagged received && break; sleep 0.2; done\n"
    ending = "trap 'kill ${RECEIVER:-} 2> /dev/null || true' EXIT\n"
    done = subprocess.run(
        [shutil.which("bash"), "-euo", "pipefail", "-c", ending + script + waiting],
        cwd=folder,
        env=service.environment | {"PATH": f"{folder / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(MARK)


def documents(text):
    """Each JSON value in a text, whatever stands between them."""
    decoder, place, found = json.JSONDecoder(), 0, []
    while (start := text.find("{", place)) >= 0:
        value, place = decoder.raw_decode(text, start)
        found.append(value)
    return found


def is_shown(shown, real):
    """Whether a shortened answer says nothing that the real one does not."""
    if isinstance(shown, dict):
        return all(name in real and is_shown(value, real[name]) for name, value in shown.items())
    if isinstance(shown, list):
        return len(shown) <= len(real) and all(map(is_shown, shown, real))
    return shown == real


def test_the_readme_leads_to_a_verdict_a_webhook_a_takedown_and_a_flag(blocks, folder, run):
    answers = iter(run)
    answer = ""
    for kind, text in blocks:
        if kind == "bash":
            answer = next(answers)
        elif kind == "json":
            assert is_shown(json.loads(text), documents(answer)[-1]), answer
    received = (folder / "received").read_text()
    for told in ("match.found", "listing.screened", "takedown.requested", "case.decided", "seller.flagged"):
        assert f"verified: {told} " in received
