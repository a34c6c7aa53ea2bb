import io

import pytest
from rich.console import Console
from rich.text import Text

from api.demo.report import mark_spans, show_verdict

SCREENING = {
    "verdict": "review",
    "matches": [
        {
            "trademark": {"mark": "NIKE"},
            "found": {"field": "title", "text": "N1KE", "start": 2, "end": 6},
            "use": "origin",
            "score": 0.93,
            "reasons": [{"code": "mark_named", "text": "The title names NIKE, written N1KE.", "weight": 2.1}],
        }
    ],
}


@pytest.fixture
def screen():
    def make(**options):
        return Console(file=io.StringIO(), width=60, **options)

    return make


def test_in_plain_text_the_mark_stands_between_brackets(screen):
    console = screen()
    show_verdict(console, {"title": "👟 N1KE [new]"}, SCREENING)
    assert console.file.getvalue().splitlines() == [
        "review 👟 [N1KE] [new]",
        "       NIKE: use origin, named with probability 0.93",
        "       The title names NIKE, written N1KE.",
    ]


def test_in_a_terminal_the_mark_is_highlighted_and_the_title_unchanged():
    title = mark_spans("👟 N1KE new", SCREENING["matches"], is_plain=False)
    assert title.plain == "👟 N1KE new"
    assert [(span.start, span.end) for span in title.spans] == [(2, 6)]


def test_a_mark_in_another_field_leaves_the_title_alone():
    matches = [{"found": {"field": "brand", "text": "NIKE", "start": 0, "end": 4}}]
    assert mark_spans("Shoes", matches, is_plain=True).plain == "Shoes"


def test_no_line_is_wider_than_the_paper(screen):
    console = screen(force_terminal=True)
    show_verdict(console, {"title": "N1KE " + "very long title " * 20}, SCREENING)
    lines = Text.from_ansi(console.file.getvalue()).plain.splitlines()
    assert max(len(line) for line in lines) <= 60
