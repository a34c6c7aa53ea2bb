"""What the kernels read in a text is what the plain reading of it says, word for word."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching.index import build_index
from matching.index.buffers import CHANGED, LETTERS, TOKENS, VIEWS, Handed, make_scratch
from matching.index.commonness import table_of
from matching.index.other_views import VIEW_NAMES, pack_views
from matching.index.searching import READ, search_texts
from matching.index.texts import prepare
from matching.lexicon import NO_WORDS, Lexicon
from matching.reading import read

ANY_TEXT = st.text(max_size=80)
TRICKY = st.text(alphabet="aNnrcl1035@'`$!|+€*⭐́\u200b\ud800\x00ｎЅжк中กเ่ាក្ .,-–/\n", max_size=50)
EMPTY = build_index([])
NOTHING = table_of(NO_WORDS)
BUFFERS = Handed(make_scratch())
SCRATCH = BUFFERS.arrays


def seen(text, common=NOTHING):
    """All views as the kernels read them or take them over: words, their places, which differ."""
    prepared = prepare("title", text)
    rows = [(prepared.data, 0), *((view.data, view.kind << 8) for view in pack_views(prepared, NO_WORDS))]
    ends = np.cumsum([len(data) for data, _ in rows])
    table = np.zeros((len(rows), 8), dtype=np.int64)
    table[1:, 0], table[:, 1], table[:, 2] = ends[:-1], ends, [bits for _, bits in rows]
    data = np.frombuffer(b"".join(data for data, _ in rows), dtype=np.uint8)
    search_texts(data, table, EMPTY.layers[0].handed.places, BUFFERS.places, common, READ)
    keys = SCRATCH.keys[: SCRATCH.counts[LETTERS]].tobytes().decode("ascii")
    views, begin = {}, 0
    starts, spots, flags = SCRATCH.starts, SCRATCH.spots, SCRATCH.flags
    for row in SCRATCH.views[: SCRATCH.counts[VIEWS]].tolist():
        is_taken = VIEW_NAMES[row[4]] in {"parted", "spelled", "guessed"}
        words = [
            (
                keys[starts[n] : starts[n + 1]],
                *(spots[n, :2].tolist() if is_taken else prepared.spot(*spots[n, :2].tolist(), 0)[:2]),
            )
            for n in range(begin, row[0])
        ]
        changed = {n - begin for n in range(begin, row[0]) if flags[n] & CHANGED}
        views[VIEW_NAMES[row[4]]] = (words, changed)
        begin = row[0]
    assert begin == SCRATCH.counts[TOKENS]
    return views


@settings(max_examples=500, deadline=None)
@given(ANY_TEXT | TRICKY)
@example("N 1 K 3 a1b c$ d-1x 4x100cm 0abc 5$x |a+b+ 1ab")
@example("A0A`0")
@example("0`A0A")  # a word that hides letters, and another cut of it that does not
@example("clvvrn burn'n rnrn a.b.c.1 i'm ''a' a''b")
def test_kernels_read_what_the_plain_reading_says(text):
    expected = {
        view.name: (
            [(key[:70], start, end) for key, start, end, _, _ in view.tokens],
            set(view.changed or ()),
        )
        for view in read(text).views
        if view.changed is None or view.changed or view.name in {"spelled", "guessed"}
    }
    found = seen(text)
    assert found.keys() == expected.keys()
    for name, (words, changed) in expected.items():
        assert ([word for word, _, _ in found[name][0]], found[name][1]) == (
            [w for w, _, _ in words],
            changed,
        )
        assert [place[1:] for place in found[name][0]] == [place[1:] for place in words]


def test_a_common_word_is_not_taken_for_another_in_print():
    common = table_of(Lexicon({"modern": 4.0}))
    assert seen("modern", common).keys() == {"plain"}
    assert seen("modern")["print"][0][0][0] == "modem"


def test_a_long_text_is_read_into_larger_buffers():
    title = "zorglub " * 30_000
    assert build_index([]).search({"title": title}).limits == ("text_cut",)
