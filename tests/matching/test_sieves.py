"""What a writing tells is measured once, and in full where somebody asks for it."""

from matching.index import build_index
from matching.lexicon import NO_WORDS
from matching.model import Mark
from matching.scoring import DEFAULT_POLICY
from matching.sieves import sieve_of

NOTHING = frozenset()
INDEX = build_index([Mark(id="z", text="Zorglub", rights_holder="h", office="EM")])


def candidate_in(title):
    (candidate,) = INDEX.search({"title": title}).candidates
    return candidate


def sieve(table=DEFAULT_POLICY.disguised):
    return sieve_of(table, NO_WORDS, NOTHING, is_plain=False)


def test_a_writing_is_measured_once_wherever_it_stands():
    first = sieve().look(candidate_in("zorglbu"), -50.0)
    assert sieve().look(candidate_in("a bag by zorglbu"), -50.0) is first


def test_the_same_words_written_otherwise_are_another_writing():
    first = sieve().look(candidate_in("zorglbu"), -50.0)
    assert sieve().look(candidate_in("ZORGLBU"), -50.0) is not first


def test_what_was_given_up_early_is_measured_in_full_when_less_is_enough():
    table = dict(DEFAULT_POLICY.disguised)
    assert sieve(table).look(candidate_in("zorgblu"), 50.0) is None
    look = sieve(table).look(candidate_in("zorgblu"), -50.0)
    assert look.values["errors"] == 2.0
    assert look.weights["letters"] > 0


def test_silent_evidence_adds_nothing_to_what_a_place_may_tell():
    silent = sieve_of(DEFAULT_POLICY.disguised, NO_WORDS, frozenset(["brand_field_agrees"]), is_plain=False)
    assert silent.most < sieve().most
    assert "brand_field_agrees" not in {step.code for step in silent.place}
