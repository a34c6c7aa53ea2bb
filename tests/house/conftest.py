"""What the house tests read: the project's own files, as a fresh clone has them."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FLOORS = ("api", "openapi", "webhooks", "partners", "matching")
# What .gitignore names, so that no git is needed to tell our files from what was made here.
MADE_HERE = {".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text().split())}


def own_files(folder):
    for path in sorted(folder.iterdir()):
        if path.name in MADE_HERE or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from own_files(path)
        else:
            yield path


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def texts():
    """Every text file of the project: path from the root -> content."""
    found = {}
    for path in own_files(ROOT):
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", "replace")
    return found


@pytest.fixture(scope="session")
def sources(texts):
    """Every Python module of the five floors and of the tests: path from the root -> content."""
    return {
        path: text
        for path, text in texts.items()
        if path.endswith(".py") and path.split("/")[0] in (*FLOORS, "tests")
    }
