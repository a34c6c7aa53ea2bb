"""What is installed is what was locked: pinned, by hash, from wherever the machine gets its packages."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = tuple(f"requirements/{name}.txt" for name in ("bootstrap", "runtime", "dev", "audit"))


def entries(text):
    """Each pinned requirement with its hashes."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    for line in filter(str.strip, joined.splitlines()):
        requirement, *hashes = line.split(" --hash=")
        yield Requirement(requirement.strip()), [found.strip() for found in hashes]


def pins(text):
    return {(canonicalize_name(entry.name), str(entry.specifier)) for entry, _ in entries(text)}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_one_version_with_hashes(texts, lock):
    for requirement, hashes in entries(texts[lock]):
        assert re.fullmatch(r"==[\w.+!]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", found) for found in hashes), requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address(texts, lock):
    assert "://" not in texts[lock]
    assert re.search(r"^--?(?!-?hash)\w", texts[lock], re.MULTILINE) is None


def test_compiled_packages_are_locked_for_every_platform(texts):
    """A lock made from a local wheel would hold one hash and install nowhere else."""
    numbers = {entry.name: len(hashes) for entry, hashes in entries(texts["requirements/runtime.txt"])}
    assert min(numbers[name] for name in ("aiohttp", "msgspec", "numpy", "rapidfuzz", "sqlalchemy")) > 20


def test_tests_run_on_the_versions_that_run_in_production(texts):
    assert pins(texts["requirements/runtime.txt"]) <= pins(texts["requirements/dev.txt"])


@pytest.mark.parametrize(("lock", "groups"), [("runtime", ("build",)), ("dev", ("build", "dev"))])
def test_lock_holds_what_the_project_asks_for(texts, lock, groups):
    project = tomllib.loads(texts["pyproject.toml"])
    wanted = [
        *project["project"]["dependencies"],
        *(name for g in groups for name in project["dependency-groups"][g]),
    ]
    locked = dict(pins(texts[f"requirements/{lock}.txt"]))
    for requirement in map(Requirement, wanted):
        version = locked[canonicalize_name(requirement.name)].removeprefix("==")
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement}: run `make lock`"
