"""A reliability curve as a picture: what was confirmed of each score, the diagonal being what it promised."""

from __future__ import annotations

from typing import Final

from api.sheet import INK, MARGIN, SOFT, Sheet
from matching.reliability import Bin
from partners.records.calibrations import CalibrationVersion

SIDE: Final = 380
LEFTS: Final = (MARGIN + 40, MARGIN + 510)
DOTS: Final = "#c2571a"


def draw_reliability(row: CalibrationVersion) -> str:
    """Draw a table's reliability as an SVG document: estimates to the left, calibrated scores beside them."""
    sheet = Sheet()
    told = row.reliability
    sheet.text(MARGIN, sheet.y + 18, "How far scores hold", size=26, font_weight="300")
    sheet.text(MARGIN, sheet.y + 48, f"{word_table(row)}.", fill=SOFT)
    sheet.y += 84
    _draw_curve(sheet, LEFTS[0], f"Estimates, off by {told.error_of_estimates:.3f}", told.estimates)
    _draw_curve(sheet, LEFTS[1], f"Calibrated scores, off by {told.error_of_scores:.3f}", told.scores)
    sheet.y += SIDE + 80
    hint = "Dots: the share confirmed of what was judged; lines: 95 % bounds; diagonal: as was said."
    sheet.text(MARGIN, sheet.y, hint, size=13, fill=SOFT)
    sheet.y += 20
    summary = f"{word_table(row)}. Scores are off by {told.error_of_scores:.3f} on average."
    return sheet.finish("How far scores hold", summary)


def word_table(row: CalibrationVersion) -> str:
    """What a table is, in half a sentence."""
    made = f"{row.judgements} judgements of {row.organizations} organizations"
    return f"Table {row.version} of {row.fitted_at.date()}: {made}, estimates of policy {row.policy_version}"


def _draw_curve(sheet: Sheet, left: float, title: str, bins: tuple[Bin, ...]) -> None:
    top = sheet.y
    sheet.text(left, top, title, size=15, font_weight="600")
    for tenth in range(0, 11, 2):
        x, y = _place(left, top, tenth / 10, tenth / 10)
        sheet.line((x, top + 20, x, top + 20 + SIDE), dashes="2 4")
        sheet.line((left, y, left + SIDE, y), dashes="2 4")
        sheet.text(x, top + 38 + SIDE, f"{tenth / 10:g}", size=11, fill=SOFT, text_anchor="middle")
        sheet.text(left - 8, y + 4, f"{tenth / 10:g}", size=11, fill=SOFT, text_anchor="end")
    sheet.line((left, top + 20 + SIDE, left + SIDE, top + 20), color=INK)
    for each in bins:
        _draw_bin(sheet, left, top, each)


def _draw_bin(sheet: Sheet, left: float, top: float, each: Bin) -> None:
    x, y = _place(left, top, each.score, each.confirmed)
    _, low = _place(left, top, each.score, each.at_least)
    _, high = _place(left, top, each.score, each.at_most)
    sheet.line((x, low, x, high), color=DOTS)
    hint = f"Score {each.score:.2f}: {each.confirmed:.2f} confirmed of {each.judged} judged"
    hint += f", 95 % bounds {each.at_least:.2f} to {each.at_most:.2f}."
    sheet.dot(x, y, DOTS, hint)


def _place(left: float, top: float, score: float, share: float) -> tuple[float, float]:
    return left + score * SIDE, top + 20 + (1 - share) * SIDE
