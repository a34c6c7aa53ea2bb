"""A screening as a picture: each weight a step of a waterfall, from the bias down to the probability.

Plain SVG: no script, no style sheet, nothing fetched; colors differ in lightness too, and every number is
written beside its bar.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from api.sheet import CARD, LINE, MARGIN, SOFT, WIDTH, Sheet
from matching.explaining import Evidence, Sum
from partners.explaining import Candidate, Explanation, Remainder, word_score

CHART: Final = (330, 810)
"""Where bars may stand; names are to the left, weights to the right."""
ROW: Final = 26
UP, DOWN, TOTAL = "#c2571a", "#2f6db5", "#16212e"
PILLS: Final = {
    "clear": ("#d9efe0", "#14532d"),
    "review": ("#fdeac2", "#6b3e00"),
    "alert": ("#f9d5d0", "#7f1d1d"),
}
CHANCES: Final = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)


def draw_waterfall(explanation: Explanation) -> str:
    """Draw an explanation as an SVG document."""
    sheet = Sheet()
    _draw_head(sheet, explanation)
    for candidate in explanation.candidates:
        _draw_candidate(sheet, candidate)
    if not explanation.candidates and not explanation.passed_over.candidates:
        sheet.text(MARGIN, sheet.y + 12, "No mark was found in it: there is nothing to weigh.", fill=SOFT)
        sheet.y += 40
    _draw_rest(sheet, explanation.passed_over)
    return sheet.finish(f"Why the advice is {explanation.verdict}", _summary(explanation))


def _summary(explanation: Explanation) -> str:
    accounts = [(each.trademark.mark, each.account) for each in explanation.candidates]
    told = [
        f"{mark}: {account.verdict}, named with {_percent(account.named.probability)}. {account.because}"
        for mark, account in accounts
    ]
    return " ".join(told) or "No mark was found."


def _draw_head(sheet: Sheet, explanation: Explanation) -> None:
    sheet.text(MARGIN, sheet.y + 18, "Why the advice is …", size=26, font_weight="300")
    _draw_pill(sheet, sheet.y - 8, explanation.verdict, size=20)
    day = explanation.screened_at.date().isoformat()
    told = f"Listing {explanation.listing} · screened on {day} · policy {explanation.policy_version}"
    sheet.text(MARGIN, sheet.y + 48, _shortened(told, 110), fill=SOFT)
    if explanation.reproduced:
        told = "Recomputed from the stored evidence: bit for bit what was advised."
    elif explanation.policy_version != explanation.screened_with:
        told = f"Advised under policy {explanation.screened_with}: {explanation.advised}."
    else:
        told = f"The advice that was kept is {explanation.advised}."
    sheet.text(MARGIN, sheet.y + 68, told, size=13, fill=SOFT)
    sheet.text(MARGIN, sheet.y + 88, word_score(explanation), size=13, fill=SOFT)
    sheet.y += 112


def _draw_pill(sheet: Sheet, y: float, verdict: str, *, size: int = 14) -> None:
    """The verdict at the right edge: how wide other text is depends on the reader's fonts."""
    fill, ink = PILLS[verdict]
    width = size * 0.62 * len(verdict) + size * 2
    x = CHART[1] + 84 - width
    sheet.box((x, y, width, size * 1.7), fill, round_by=size)
    middle = {"text_anchor": "middle", "font_weight": "600"}
    sheet.text(x + width / 2, y + size * 1.2, verdict, size=size, fill=ink, **middle)


def _draw_candidate(sheet: Sheet, candidate: Candidate) -> None:
    top, place = sheet.y, len(sheet.parts)
    sheet.y += 38
    mark = _shortened(candidate.trademark.mark, 40)
    sheet.text(MARGIN + 20, sheet.y, mark, size=22, font_weight="700")
    _draw_pill(sheet, sheet.y - 18, candidate.account.verdict)
    span = candidate.found
    told = [
        f"“{_shortened(' '.join(span.text.split()), 40)}” in the {span.field}",
        candidate.use.replace("_", " "),
    ]
    told += [evasion.replace("_", " ") for evasion in candidate.evasions]
    sheet.text(MARGIN + 20, sheet.y + 24, _shortened(" · ".join(told), 110), fill=SOFT)
    sheet.text(MARGIN + 20, sheet.y + 46, candidate.account.because, font_weight="600")
    sheet.y += 70
    _draw_sum(sheet, "Is the mark named?", candidate.account.named)
    _draw_sum(sheet, "Would a reviewer act?", candidate.account.acted_on)
    height = sheet.y - top
    sheet.parts.insert(
        place,
        f'<rect x="{MARGIN - 12}" y="{top}" width="{WIDTH - 2 * MARGIN + 24}" height="{height:g}" rx="14"'
        f' fill="{CARD}" stroke="{LINE}"/>',
    )
    sheet.y += 20


def _draw_rest(sheet: Sheet, rest: Remainder) -> None:
    """The marks passed over, a line each: how likely, and why they are not shown."""
    sheet.text(MARGIN, sheet.y + 14, rest.told, size=13, fill=SOFT, font_weight="600")
    sheet.y += 32
    for each in rest.candidates:
        span, named = each.found, each.account.named
        told = f"{_shortened(each.trademark.mark, 30)} · “{_shortened(' '.join(span.text.split()), 30)}”"
        sheet.text(MARGIN, sheet.y + 12, told, size=13)
        hint = ", ".join(f"{part.code.replace('_', ' ')} {part.weight:+.2f}" for part in named.evidence[:5])
        sheet.text(CHART[1] + 84, sheet.y + 12, _percent(named.probability), size=13, text_anchor="end")
        sheet.text(MARGIN + 12, sheet.y + 30, _shortened(f"{each.because} {hint}", 118), size=12, fill=SOFT)
        sheet.y += 44


def _draw_sum(sheet: Sheet, question: str, part: Sum) -> None:
    steps = list(accumulate([part.bias, *(each.weight for each in part.evidence)]))
    scale = _Scale([0.0, *steps])
    sheet.y += 8
    sheet.text(MARGIN + 20, sheet.y + 14, question, size=15, font_weight="600")
    _draw_axis(sheet, scale, len(part.evidence) + 2)
    sheet.y += 24
    _draw_step(
        sheet,
        scale,
        (0.0, part.bias),
        Evidence(code="start", help="Where every sum starts.", value=0, weight=part.bias),
    )
    for begin, evidence in zip(steps, part.evidence, strict=False):
        _draw_step(sheet, scale, (begin, begin + evidence.weight), evidence)
    _draw_total(sheet, scale, part)
    sheet.y += 18


class _Scale:
    """Log-odds as places on the page."""

    def __init__(self, values: Sequence[float]) -> None:
        self.low, self.high = min(values) - 0.7, max(values) + 0.7

    def at(self, log_odds: float) -> float:
        left, right = CHART
        return left + (log_odds - self.low) / (self.high - self.low) * (right - left)

    def chances(self) -> list[tuple[float, float]]:
        """The round probabilities on the page, each with its place."""
        known = [(chance, math.log(chance / (1 - chance))) for chance in CHANCES]
        return [(chance, self.at(odds)) for chance, odds in known if self.low < odds < self.high]


def _draw_axis(sheet: Sheet, scale: _Scale, rows: int) -> None:
    for chance, x in scale.chances():
        sheet.line((x, sheet.y + 20, x, sheet.y + 24 + rows * ROW), dashes="" if chance == 0.5 else "2 4")
        sheet.text(x, sheet.y + 14, _percent(chance), size=11, fill=SOFT, text_anchor="middle")


def _draw_step(sheet: Sheet, scale: _Scale, ends: tuple[float, float], evidence: Evidence) -> None:
    begin, end = scale.at(ends[0]), scale.at(ends[1])
    y = sheet.y
    shown = f"{evidence.value:g}"
    told = evidence.code.replace("_", " ") + (f" = {shown}" if evidence.value not in {0.0, 1.0} else "")
    sheet.text(CHART[0] - 14, y + 17, told, size=13, text_anchor="end")
    color = UP if evidence.weight >= 0 else DOWN
    hint = f"{evidence.help} Value {shown}, weight {evidence.weight:+.2f}."
    sheet.box((min(begin, end), y + 4, max(abs(end - begin), 1.5), ROW - 8), color, hint=hint)
    sheet.line((end, y + ROW - 4, end, y + ROW + 4))
    sheet.text(
        CHART[1] + 84,
        y + 17,
        f"{evidence.weight:+.2f}",
        size=13,
        fill=color,
        text_anchor="end",
        font_weight="600",
    )
    sheet.y += ROW


def _draw_total(sheet: Sheet, scale: _Scale, part: Sum) -> None:
    x = scale.at(part.log_odds)
    y = sheet.y
    sheet.text(CHART[0] - 14, y + 18, "together", size=13, text_anchor="end", font_weight="600")
    sheet.parts.append(f'<circle cx="{x:.1f}" cy="{y + 13:g}" r="6" fill="{TOTAL}"/>')
    odds = {"text_anchor": "end", "font_weight": "700"}
    sheet.text(CHART[1] + 84, y + 19, _percent(part.probability), size=17, **odds)
    sheet.y += ROW


def _percent(chance: float) -> str:
    if 0 < chance < 0.001 or 0.999 < chance < 1:
        return "< 0.1 %" if chance < 0.5 else "> 99.9 %"
    return f"{100 * chance:.3g} %"


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
