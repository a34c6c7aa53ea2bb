"""The thirty-five fault cases and the tests that hold each; as a plugin, it ends a run with their results.

`pytest -p tests.torture.cases` adds a line for each case: how many of its tests passed, on both databases
where one is involved. Paths are below `tests`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

_CRASHES, _DISKS = "torture/test_crashes.py", "torture/test_disks.py"
_NEIGHBORS, _ORDER, _SEMANTICS = (
    "torture/test_neighbours.py",
    "torture/test_order.py",
    "torture/test_semantics.py",
)
_HOSTILE, _REBINDING, _TLS = (
    "webhooks/guard/test_hostile_answers.py",
    "webhooks/guard/test_rebinding.py",
    "webhooks/guard/test_tls.py",
)

CASES: dict[int, tuple[str, dict[str, str]]] = {
    1: ("kill -9 of workers", {_CRASHES: "three_kills twenty_kills"}),
    2: (
        "kill -9 around the commit",
        {_CRASHES: "killed_around", "stories/test_kill_9.py": "no_acknowledged"},
    ),
    3: ("the database goes and comes", {_CRASHES: "restart_of started_again locked_for"}),
    4: ("SIGTERM", {_CRASHES: "sigterm"}),
    5: ("disk full", {_DISKS: "full_disk"}),
    6: ("frozen past its lease", {_CRASHES: "frozen"}),
    7: ("black hole with a backlog", {_NEIGHBORS: "black_hole"}),
    8: ("slow drips", {_NEIGHBORS: "slow_drips"}),
    9: ("tar-pit name server", {_NEIGHBORS: "name_server", _REBINDING: "names_that_never_answer"}),
    10: ("backlog over many endpoints", {_NEIGHBORS: "backlog_over"}),
    11: ("flood of one tenant", {_NEIGHBORS: "flood"}),
    12: ("hostile answers", {_HOSTILE: "hostile endless gzip 100_continue 204 what_follows"}),
    13: ("410 Gone", {"webhooks/test_dispatch.py": "410", "webhooks/test_failing_endpoints.py": "410"}),
    14: ("redirects to the inside", {_HOSTILE: "redirect"}),
    15: (
        "Retry-After",
        {"webhooks/test_schedule.py": "retry_after receiver_may", "webhooks/test_settlement.py": "429"},
    ),
    16: ("TLS failures", {_TLS: "certificate tls_older server_is_asked"}),
    17: (
        "addresses in every spelling",
        {
            "partners/test_destinations.py": "inside public spelling",
            "partners/test_second_opinion.py": "public refuse",
        },
    ),
    18: (
        "rebinding names",
        {
            _REBINDING: "turns_inside one_bad ipv6 alias outlives",
            "webhooks/test_endpoint_life.py": "another_url",
            "webhooks/test_midflight.py": "old_host",
        },
    ),
    19: ("proxies of the environment", {_REBINDING: "proxies", "partners/test_outbound.py": "proxies"}),
    20: ("reference vectors", {"webhooks/test_signing.py": "vector verifies"}),
    21: (
        "the bytes signed are the bytes sent",
        {"webhooks/test_wire.py": "bytes", "webhooks/test_signing.py": "bytes"},
    ),
    22: ("rotation", {_SEMANTICS: "rotation", "webhooks/test_rotation.py": "overlap rotations revoked"}),
    23: ("a sender's wrong clock", {_ORDER: "clock_is_wrong", "webhooks/test_wire.py": "clock_is_wrong"}),
    24: ("ids that could be read otherwise", {"webhooks/test_signing.py": "read_as", _SEMANTICS: "an_id"}),
    25: ("the same request fifty times at once", {"api/test_idempotency.py": "fifty repeated another_body"}),
    26: ("order, and sequences without it", {_ORDER: "ordered_endpoint sequences"}),
    27: (
        "the schedule by a clock that jumps",
        {"webhooks/test_schedule.py": "step jitter", "webhooks/test_clocks.py": "schedule jump"},
    ),
    28: ("resend during a retry", {_SEMANTICS: "resend", "webhooks/test_endpoint_life.py": "resend"}),
    29: (
        "recover three days",
        {_SEMANTICS: "three_days", "partners/test_retelling.py": "recover three_days"},
    ),
    30: (
        "changes in mid-flight",
        {_SEMANTICS: "mid_flight", "webhooks/test_midflight.py": "meanwhile while"},
    ),
    31: ("purge while pending", {_SEMANTICS: "purge", "partners/test_upkeep.py": "purged hold"}),
    32: ("nothing of another tenant", {"api/test_isolation.py": "somebody nobody"}),
    33: ("secrets show nowhere", {"webhooks/test_secrecy.py": "secret", "api/test_logs.py": "canary hidden"}),
    34: ("clocks apart", {_ORDER: "clocks_thirty"}),
    35: ("the release before beside this one", {_SEMANTICS: "release_before"}),
}

_results: dict[int, Counter[str]] = {number: Counter() for number in CASES}


def cases_of(path: str, name: str) -> list[int]:
    """The cases that a test holds: its file's path below `tests`, and its name."""
    return [
        number
        for number, (_, files) in CASES.items()
        if any(word in name for word in files.get(path, "").split())
    ]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when != "call" and not report.failed:
        return
    path, _, name = report.nodeid.partition("::")
    for number in cases_of(path.removeprefix("tests/"), name):
        _results[number][report.outcome] += 1


def pytest_terminal_summary(config: Any) -> None:
    table = Table("case", "what", "passed", "failed", title="The fault cases")
    for number, (title, _) in CASES.items():
        seen = _results[number]
        table.add_row(str(number), title, str(seen["passed"]), str(seen["failed"]))
    Console(width=110).print(table)
