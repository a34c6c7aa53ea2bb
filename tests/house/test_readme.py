"""The README's tables say what the code says; whoever changes one is sent to the other."""

import re
import tomllib

import msgspec
import pytest

from api.cli import COMMANDS
from api.problems import KINDS
from partners.principal import KINDS as KINDS_OF_PARTNER
from partners.records.event_types import EVENT_TYPES
from partners.settings import PREFIX, Settings


@pytest.fixture(scope="module")
def table(texts):
    """The rows of the first table under a heading, each a list of its cells."""

    def read(heading):
        section = texts["README.md"].split(f"\n## {heading}\n")[1].split("\n## ")[0]
        lines = [line for line in section.splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]

    return read


def as_shown(value):
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value not in {"", ()} else ""


def test_every_setting_is_described_with_its_default(table):
    described = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]
    assert table("Settings") == [
        [f"`{PREFIX}{name.upper()}`", as_shown(getattr(Settings(), name)), field["description"]]
        for name, field in described.items()
    ]


def test_every_event_is_named_with_who_hears_of_it(table):
    def hearers(event_type):
        everyone = len(event_type.fields) == len(KINDS_OF_PARTNER)
        return "all" if everyone else ", ".join(kind.replace("_", " ") for kind in event_type.fields)

    assert table("Events") == [
        [f"`{name}`", event_type.summary, hearers(event_type)] for name, event_type in EVENT_TYPES.items()
    ]


def test_every_type_of_error_is_named(table):
    assert table("Errors") == [
        [f"`/problems/{slug}`", str(status), title] for slug, (status, title) in KINDS.items()
    ]


def test_conflicts_with_a_type_of_their_own_are_named(texts, sources):
    raised = {
        slug
        for path, text in sources.items()
        if path.startswith("partners/")
        for slug in re.findall(r'Conflict\([^()]*, "([a-z-]+)"[,)]', text)
    }
    told = texts["README.md"].split("Some conflicts have a type of their own")[1].split("\n\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", told)) == raised


def test_every_command_is_named(table):
    assert table("Commands") == [[f"`touchstone {name}`", does] for name, (_, does) in COMMANDS.items()]


def test_the_worked_table_is_the_test_data(table, texts):
    cases = tomllib.loads(texts["tests/matching/cases/worked.toml"])
    marks = {mark["id"]: mark["text"] for mark in cases["mark"]}

    def row(case):
        expect = case["expect"]
        return [
            case["name"],
            case["offer"]["title"].replace("\u200b", r"\u200b"),
            marks[expect["mark"]],
            expect["verdict"],
            expect.get("use", ""),
            ", ".join(expect.get("evasions", [])),
            "{:g} to {:g}".format(*expect["score"]) if "score" in expect else "",
        ]

    assert len(cases["case"]) >= 12
    assert table("Verdicts, worked") == [row(case) for case in cases["case"]]


def test_every_floor_is_on_the_plan(table, texts):
    [floors] = [
        contract["layers"]
        for contract in tomllib.loads(texts["pyproject.toml"])["tool"]["importlinter"]["contracts"]
        if contract["name"].startswith("five floors")
    ]
    assert [row[0].strip("`") for row in table("Floor plan")] == floors


def test_limits_are_those_of_the_settings(texts):
    limits = texts["README.md"].split("\nLimits: ")[1].split("\n\n")[0]
    given = Settings()
    assert f"{given.body_limit_bytes // 1_000_000} MB a JSON body" in limits
    assert f"{given.bulk_limit_bytes // 1_000_000} MB and {given.bulk_limit_lines:,} lines" in limits


@pytest.mark.parametrize("path", ["LICENSE", "NOTICE"])
def test_what_the_readme_points_to_is_there(texts, path):
    assert path in texts["README.md"]
    assert texts[path]
