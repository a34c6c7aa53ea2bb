"""Recovery codes, the once they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from litestar import Response

from api.pages.html import draw_link, draw_text, show_page


def show_recovery_codes(codes: Sequence[str], then: str, leads_to: Sequence[str] = ()) -> Response[str]:
    listed = "".join(f"<li><code>{escape(code)}</code></li>" for code in codes)
    return show_page(
        "Recovery codes",
        draw_text("Keep these where you find them without your phone. Each is good once."),
        f"<ul>{listed}</ul>",
        draw_link(then, "I have kept them: go on"),
        leads_to=leads_to,
    )
