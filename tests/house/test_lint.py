"""Every lint rule we do not follow says why."""

import re

NOQA = re.compile(r"#\s*noqa\b(?P<rest>.*)|#\s*type:\s*ignore\b(?P<ignored>.*)", re.IGNORECASE)
# "import-untyped" is its own reason: the package has no types.
CODES_THEN_REASON = re.compile(
    r":\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*\s+[-#(]\s*\w|\[import-untyped\]|\[[\w,\- ]+\]\s*#\s*\w"
)


def test_each_ignored_rule_of_the_configuration_has_its_reason(texts):
    lint = texts["pyproject.toml"].split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pylint]")[0]
    ignored = [line for line in lint.split("\nignore = [")[1].splitlines() if re.search(r'"[A-Z]+\d*"', line)]
    assert ignored
    assert [line for line in ignored if not re.search(r"# \w+", line)] == []


def test_each_ignored_rule_of_a_line_has_its_reason(sources):
    bare = [
        f"{path}:{number}"
        for path, text in sources.items()
        if path != "tests/house/test_lint.py"
        for number, line in enumerate(text.splitlines(), 1)
        if (found := NOQA.search(line))
        and not CODES_THEN_REASON.match(found["rest"] or found["ignored"] or "")
    ]
    assert bare == []
