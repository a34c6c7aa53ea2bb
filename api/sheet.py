"""A sheet: the elements of an SVG document, drawn from top to bottom.

Plain SVG: no script, no style sheet, nothing fetched.
"""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

SVG: Final = "image/svg+xml"
WIDTH: Final = 960
MARGIN: Final = 40
INK, SOFT, LINE, PAPER, CARD = "#16212e", "#5a6675", "#d5dbe3", "#f4f6f9", "#ffffff"
UNPRINTABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Sheet:
    """The elements drawn so far, and how far down the pen is."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.y = MARGIN

    def text(self, x: float, y: float, told: str, *, size: int = 14, fill: str = INK, **more: str) -> None:
        named = "".join(f" {name.replace('_', '-')}={quoteattr(value)}" for name, value in more.items())
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}"{named}>{clean(told)}</text>'
        )

    def box(
        self, place: tuple[float, float, float, float], fill: str, *, round_by: int = 4, hint: str = ""
    ) -> None:
        x, y, width, height = place
        told = f"<title>{clean(hint)}</title>" if hint else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:g}" rx="{round_by}"'
            f' fill="{fill}">{told}</rect>'
        )

    def line(self, ends: tuple[float, float, float, float], *, dashes: str = "", color: str = LINE) -> None:
        x1, y1, x2, y2 = ends
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:g}" x2="{x2:.1f}" y2="{y2:g}" stroke="{color}"{dashed}/>'
        )

    def dot(self, x: float, y: float, fill: str, hint: str) -> None:
        told = f"<title>{clean(hint)}</title>"
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}">{told}</circle>')

    def finish(self, title: str, summary: str) -> str:
        """The document, with what is read aloud of it."""
        height = self.y + MARGIN // 2
        size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title summary"'
            ' font-family="system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif">'
        )
        told = f'<title id="title">{clean(title)}</title>', f'<desc id="summary">{clean(summary)}</desc>'
        paper = f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
        return "\n".join([head, *told, paper, *self.parts, "</svg>\n"])


def clean(text: str) -> str:
    """As text of an XML document: nothing in it is markup, and what XML cannot hold is replaced."""
    return escape(UNPRINTABLE.sub("\ufffd", text))
