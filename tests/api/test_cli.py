"""The command itself: its table, and how it fails."""

from __future__ import annotations

from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from api.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_of_the_table_is_there_and_helps(name):
    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert CliRunner().invoke(main, [name, "--help"], env={"TOUCHSTONE_PORT": "8000"}).exit_code == 0


def test_help_names_every_command():
    said = CliRunner().invoke(main, ["--help"]).stdout
    assert all(f"  {name} " in said for name in COMMANDS)


def test_a_wrong_setting_is_one_sentence():
    done = CliRunner().invoke(main, ["doctor"], env={"TOUCHSTONE_PORT": "many"})
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: a setting TOUCHSTONE_")


def test_an_unknown_command_is_a_mistake():
    assert CliRunner().invoke(main, ["nonsense"]).exit_code == 2
