"""Pages follow each other without gap or repetition; a cursor serves nobody else and nothing else."""

import asyncio
import base64
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.paging import provide_paging
from api.problems import Refusal


@pytest.fixture(scope="module")
def turn(bench_house):
    """Turn to a page as the front door does: client, path and query in, `Paging` out."""

    def make(after=None, limit=50, client_id="cli_1", path="/v1/pebbles", **filters):
        given = filters | {"limit": limit} | ({"after": after} if after else {})
        request = SimpleNamespace(
            scope={"query_string": urlencode(given).encode(), "raw_path": path.encode()},
            auth=SimpleNamespace(actor=client_id),
        )
        return asyncio.run(provide_paging(request, bench_house, limit, after))

    return make


def read_page(paging, rows):
    """What a record's list does: rows behind `after`, in order, at most `limit`."""
    found = sorted(row for row in rows if paging.after is None or row > paging.after)[: paging.limit]
    return paging.answer(found, found).content


@settings(max_examples=50, deadline=None)
@given(
    rows=st.sets(st.text("abcdef", min_size=1, max_size=4), max_size=30),
    arrivals=st.lists(st.text("abcdef", min_size=1, max_size=4), max_size=30),
    limit=st.integers(1, 7),
)
def test_all_rows_come_once_while_others_arrive(turn, rows, arrivals, limit):
    present, seen, after = set(rows), [], None
    while True:
        page = read_page(turn(after, limit), present)
        seen += page.items
        if page.next is None:
            break
        after = page.next
        present |= {arrivals.pop()} if arrivals else set()
    assert seen == sorted(set(seen))
    assert rows <= set(seen)


def test_the_last_page_has_no_next(turn):
    assert read_page(turn(limit=3), {"a", "b"}).next is None


def test_the_link_header_leads_to_the_next_page(turn):
    answer = turn(limit=2, state="open").answer(["a", "b"], ["a", "b"])
    url, relation = answer.headers["Link"].split("; ")
    query = parse_qs(urlsplit(url.strip("<>")).query)
    assert (urlsplit(url.strip("<>")).path, relation) == ("/v1/pebbles", 'rel="next"')
    assert query == {"state": ["open"], "limit": ["2"], "after": [answer.content.next]}


def test_a_feed_always_says_where_to_come_back(turn):
    first = turn().answer_feed(["a"], ["a"]).content
    empty = turn(first.next).answer_feed([], []).content
    assert turn(first.next).after == turn(empty.next).after == "a"


def test_a_feed_without_rows_begins_at_its_beginning(turn):
    assert turn().answer_feed([], []).content.next is None


def cursor(turn, **where):
    return turn(limit=1, **where).answer(["a"], ["a"]).content.next


def test_a_cursor_outlives_another_page_size(turn):
    assert turn(cursor(turn), limit=7).after == "a"


@pytest.mark.parametrize(
    "elsewhere",
    [{"client_id": "cli_2"}, {"path": "/v1/stones"}, {"state": "closed"}, {"state": "open", "a": "b"}],
)
def test_a_cursor_serves_nothing_else(turn, elsewhere):
    made = cursor(turn, state="open")
    with pytest.raises(Refusal):
        turn(made, **({"state": "open"} | elsewhere) if "state" not in elsewhere else elsewhere)


def flip(text, place):
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[place % len(raw)] ^= 1
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@settings(max_examples=40, deadline=None)
@given(place=st.integers(0, 200))
def test_a_changed_cursor_is_refused(turn, place):
    with pytest.raises(Refusal) as refused:
        turn(flip(cursor(turn), place))
    assert [error.pointer for error in refused.value.errors] == ["/after"]


@settings(max_examples=60, deadline=None)
@given(text=st.text(min_size=1, max_size=60))
def test_junk_is_no_cursor(turn, text):
    with pytest.raises(Refusal):
        turn(text)


def test_a_cursor_does_not_show_the_row_it_points_at(turn):
    made = turn(limit=1).answer(["x"], ["tm_secret"]).content.next
    assert b"secret" not in base64.urlsafe_b64decode(made + "=" * (-len(made) % 4))
