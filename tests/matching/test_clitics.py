"""What clings to a name is no part of it: possessives, elided articles, case endings, numbers."""

import pytest

from matching.clitics import name_within
from matching.index import build_index
from matching.model import Mark
from matching.vocabulary import Vocabulary, build_volume


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Zorglub's", "Zorglub"),
        ("ZORGLUB’S", "ZORGLUB"),
        ("l'Zorglub", "Zorglub"),
        ("dell’Zorglub", "Zorglub"),
        ("Zorglub'nin", "Zorglub"),
        ("d'Zorglub's", "Zorglub"),
        ("Zorglub2024", "Zorglub"),
    ],
)
def test_a_name_is_told_from_what_clings_to_it(word, name):
    begin, behind = name_within(word)
    assert word[begin:behind] == name


@pytest.mark.parametrize("word", ["men's", "don't", "O'Zorg", "rock'n'roll", "Zorglub", "zorg4"])
def test_other_words_stay_whole(word):
    assert name_within(word) is None


@pytest.mark.parametrize(
    "title", ["Zorglub's replica", "sac d’Zorglub", "Zorglub'nin çanta", "été Zorglub’s", "Zorglub2024 é"]
)
def test_a_name_that_something_clings_to_is_found_in_new_listings_and_in_stored_ones(title):
    mark = Mark(id="m", text="Zorglub", rights_holder="h", office="EM")
    index = build_index([mark])
    [found] = index.search({"title": title}).candidates
    assert (found.span.text, found.evasions) == ("Zorglub", ())
    stored = Vocabulary((), index.lexicon).add(build_volume([("lst_1", {"title": title})], index.lexicon))
    assert stored.find([mark]) == ["lst_1"]
