"""Legal forms: what kind of body a name says it is, and the name without it."""

import pytest

from matching.folding import fold_words
from matching.legal_forms import bare_name, cut_forms, cut_unspaced_forms


@pytest.mark.parametrize(
    ("name", "kept", "kind"),
    [
        ("Faberlik Europe Sp. z o.o.", ("faberlik", "europe"), "limited"),
        ("Hennes & Mauritz AB", ("hennes", "and", "mauritz"), "limited"),
        ("OOO Romashka", ("romashka",), "limited"),
        ("PT Sinar Jaya", ("sinar", "jaya"), "limited"),
        ("Goldman & Co. L.L.C.", ("goldman", "and"), "limited"),
        ("Grupo Azul S.A. de C.V.", ("grupo", "azul"), "stock"),
        ("Weber GmbH & Co. KG", ("weber",), "partnership"),
        ("Tierhilfe e.V.", ("tierhilfe",), "association"),
    ],
)
def test_the_form_is_cut_and_named(name, kept, kind):
    words, kinds = cut_forms(fold_words(name))
    assert words == kept
    assert kind in kinds


@pytest.mark.parametrize("name", ["As Roma Store", "Sa Kopje", "Co Ltd"])
def test_short_forms_count_at_the_ends_only_and_never_eat_the_name(name):
    words, _ = cut_forms(fold_words(name))
    assert words


@pytest.mark.parametrize(
    ("name", "kept", "kind"),
    [
        ("深圳市恒达利贸易有限公司", "深圳市恒达利贸易", "limited"),
        ("株式会社サクラ", "サクラ", "stock"),
        ("주식회사 한빛", "한빛", "stock"),
    ],
)
def test_forms_written_without_spaces_are_cut(name, kept, kind):
    text, kinds = cut_unspaced_forms(name)
    assert text.strip() == kept
    assert kinds == {kind}


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("bose gmbh", "bose"),
        ("zorg glub co ltd", "zorg glub"),
        ("fila s p a", "fila"),
        ("moto gp", ""),  # no company's form
        ("too faced", ""),
        ("foundation medicine", ""),
        ("harbor spa", ""),  # as a word it is no form
        ("co ltd", ""),
    ],
)
def test_a_company_is_called_by_its_name_without_the_forms_it_ends_in(words, kept):
    assert bare_name(tuple(words.split())) == tuple(kept.split())
