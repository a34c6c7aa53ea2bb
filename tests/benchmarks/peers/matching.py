"""What a user would take instead of our index, each as its own documentation has it.

All but SymSpell get plain lower-case text; SymSpell gets our canonical words, which speaks for it. Every peer
is a function from a title to what it found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

import ahocorasick_rs
import daachorse
import psycopg
import tantivy
from rapidfuzz import fuzz, process
from symspellpy import SymSpell, Verbosity

from matching.normalization import canonical_text
from tests.postgresql.launcher import EmbeddedPostgreSQL

Peer = Callable[[str], object]
SHOWN = 50


def exact_daachorse(names: list[str]) -> Peer:
    """Exact occurrences only."""
    patterns = sorted({name.lower() for name in names} - {""})
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick(patterns)
    return lambda title: automaton.find_overlapping(title.lower())


def exact_ahocorasick(names: list[str]) -> Peer:
    """Exact occurrences only."""
    automaton = ahocorasick_rs.AhoCorasick(sorted({name.lower() for name in names}))
    return lambda title: automaton.find_matches_as_indexes(title.lower(), overlapping=True)


def grams_tantivy(names: list[str]) -> Peer:
    """The best fifty by three-letter grams."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("name", stored=False, tokenizer_name="grams")
    builder.add_integer_field("number", stored=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(3, 3, False)).build()
    index.register_tokenizer("grams", analyzer)
    writer = index.writer(200_000_000, 1)
    for number, name in enumerate(names):
        writer.add_document(tantivy.Document(name=name.lower(), number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(title: str) -> object:
        text = title.lower()
        grams = {text[place : place + 3] for place in range(len(text) - 2)}
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "name", gram)) for gram in sorted(grams)
        ]
        return searcher.search(tantivy.Query.boolean_query(terms), SHOWN).hits

    return search


def _windows(title: str, most: int) -> list[str]:
    words = canonical_text(title).split()
    return [
        " ".join(words[first:last])
        for first in range(len(words))
        for last in range(first + 1, min(first + most, len(words)) + 1)
    ]


def edits_symspell(names: list[str]) -> Peer:
    """All names within two errors of a window of up to five words."""
    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    for name in names:
        speller.create_dictionary_entry(canonical_text(name).replace(" ", ""), 1)

    def search(title: str) -> object:
        keys = {window.replace(" ", "") for window in _windows(title, 5)}
        return [speller.lookup(key, Verbosity.ALL, 2) for key in keys if 4 <= len(key) <= 40]

    return search


def partial_rapidfuzz(names: list[str]) -> Peer:
    """The best five by partial ratio over all marks."""
    lowered = [name.lower() for name in names]
    return lambda title: process.extract(title.lower(), lowered, scorer=fuzz.partial_ratio, limit=5)


class Trigrams:
    """pg_trgm: a GIN index, one question for each window of up to three words; CPU of client and server."""

    def __init__(self, connection: psycopg.Connection, names: list[str]) -> None:
        self._cursor = connection.cursor()
        self._cursor.execute("CREATE EXTENSION pg_trgm")
        self._cursor.execute("CREATE TABLE marks (id int, name text)")
        with self._cursor.copy("COPY marks FROM STDIN") as copy:
            for number, name in enumerate(names):
                copy.write_row((number, name.lower()))
        self._cursor.execute("CREATE INDEX ON marks USING gin (name gin_trgm_ops)")
        self._cursor.execute("ANALYZE marks")
        self._cursor.execute("SET enable_seqscan = off")
        self._cursor.execute("SET pg_trgm.similarity_threshold = 0.5")
        found = self._cursor.execute("SELECT pg_backend_pid()").fetchone()
        self._server = Path(f"/proc/{found[0]}/stat") if found else None

    def __call__(self, title: str) -> object:
        question = "SELECT id FROM marks WHERE name % %s"
        return [
            self._cursor.execute(question.replace("% %s", "%% %s"), (each,)).fetchall()
            for each in _windows(title, 3)
        ]

    def clock(self) -> float:
        """Seconds of CPU that client and server have used."""
        used = self._server.read_text().rpartition(")")[2].split() if self._server else []
        return process_time() + sum(map(int, used[11:13])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def trigrams(names: list[str]) -> Iterator[Trigrams]:
    """pg_trgm on a server of its own."""
    with EmbeddedPostgreSQL() as server:
        server.create_database("peer")
        url = server.url("peer").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            yield Trigrams(connection, names)
