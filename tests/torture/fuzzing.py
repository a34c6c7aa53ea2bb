"""Coverage-guided texts for the tokenizer, the index and the scorer: `python -m tests.torture.fuzzing RUNS`.

Each text is read, searched and screened, a name of any letters filed beside; what is found must stand where
it says. A hang is one input that takes longer than the limit. The compiled parts are not
instrumented, but all else is. Where the fuzzer has no build for this Python nothing is run, and that is said.
"""

from __future__ import annotations

import sys
from datetime import date

try:
    import atheris
except ModuleNotFoundError:
    if sys.version_info < (3, 12):
        raise
    print("No fuzzing: atheris has no build for this Python.")  # noqa: T201 - it says why nothing is run
    sys.exit()

COMPILED = """
    buffers commonness compiling completing distance filing hashing intrinsics leeting lines looking probing
    searching sketches sounding tokenizing viewing windowing words
"""

with atheris.instrument_imports(
    include=["matching"], exclude=[f"matching.index.{name}" for name in COMPILED.split()]
):
    from matching.index import build_index
    from matching.lexicon import Lexicon
    from matching.model import Mark, Offer
    from matching.normalization import canonical_text
    from matching.reading import read
    from matching.screening import screen

NAMES = (
    "Zorglub",
    "Quin Tavo",
    "A-1",
    "乐酷",
    "Ёлка",
    "B.A.L.E",
    "Widget Makers of the Upper Zorgland Big Sea",
)
LEXICON = Lexicon({"sea": 5.0, "the": 7.0})
INDEX = build_index([Mark(id=name, text=name, rights_holder="h", office="EM") for name in NAMES], LEXICON)
DAY = date(2026, 1, 1)
SECONDS_A_TEXT = 10


def check(data: bytes) -> None:
    """One input: a title, a brand, a description, and a name to file."""
    provider = atheris.FuzzedDataProvider(data)
    title, brand, description, name = (
        provider.ConsumeUnicode(provider.ConsumeIntInRange(0, 200)) for _ in range(4)
    )
    for view in read(title).views:
        assert all(0 <= token.start < token.end <= len(title) for token in view.tokens)
    once = canonical_text(title)
    assert canonical_text(once) == once
    index = INDEX.changed([Mark(id="new", text=name, rights_holder="h", office="EM")], [])
    offer = Offer(title=title, brand=brand, description=description, screened_on=DAY)
    texts = {"title": title, "brand": brand, "description": description}
    for match in screen(offer, index).matches:
        for span in (match.found, *match.also_found):
            assert texts[span.field][span.start : span.end] == span.text


def main(runs: int) -> None:
    """Run so many inputs, the same each time.

    Raises:
        SystemExit: always, with 0 if nothing was found.
    """
    atheris.Setup(
        [
            sys.argv[0],
            f"-runs={runs}",
            "-seed=7",
            "-max_len=1200",
            f"-timeout={SECONDS_A_TEXT}",
            "-rss_limit_mb=0",
        ],
        check,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]))
