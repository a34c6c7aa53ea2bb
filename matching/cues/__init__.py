"""The words that tell what a mark is used for, a file for each family of languages. Tables only: the rules
are in usage.py.
"""

from __future__ import annotations

from typing import Final

from matching.cues.east_asian import CHINESE, JAPANESE, KOREAN
from matching.cues.germanic import DUTCH, ENGLISH, GERMAN, SWEDISH
from matching.cues.goods import FASHION_GOODS
from matching.cues.romance import FRENCH, ITALIAN, PORTUGUESE, SPANISH
from matching.cues.slavic import POLISH, RUSSIAN
from matching.cues.southeast_asian import INDONESIAN, THAI, VIETNAMESE
from matching.cues.table import Cues
from matching.cues.turkish_and_arabic import ARABIC, TURKISH

LANGUAGES: Final[tuple[Cues, ...]] = (
    ENGLISH, GERMAN, DUTCH, SWEDISH, FRENCH, SPANISH, PORTUGUESE, ITALIAN, POLISH, RUSSIAN,
    TURKISH, ARABIC, INDONESIAN, VIETNAMESE, THAI, CHINESE, JAPANESE, KOREAN,
)  # fmt: skip

__all__ = ["FASHION_GOODS", "LANGUAGES", "Cues"]
