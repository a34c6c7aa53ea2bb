"""Names: two spellings of one name agree, two names with common words do not."""

import pytest

from matching.names import compare_names, fold_name, word_likeness, word_weight


def alike(left, right):
    return compare_names(fold_name(left), fold_name(right)).alike


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Siemens AG", "Siemens Aktiengesellschaft"),
        ("Lloyds Banking Group plc", "Lloyds Banking Group Public Limited Company"),
        ("AT&T Inc.", "AT and T Inc."),
        ("J.P. Morgan & Co.", "JP Morgan & Co"),
        ("Van der Bilt Corp", "Vanderbilt Corp"),
        ("Nikolai Plat Ono Vich Orlov", "Nikolai Platonovich Orlov"),
        ("Coca-Cola Company", "Coca Cola Company"),
    ],
)
def test_one_name_written_twice_agrees(left, right):
    assert alike(left, right) > 0.95


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Siemens AG", "Volkswagen AG"),
        ("Government of Estonia", "Government of Ethiopia"),
        ("Halla Jónsdóttir", "Halla Tómasdóttir"),
        ("Pedro Sancho", "Pedro Sánchez"),
        ("Fund 12 Alpha", "Fund 13 Alpha"),
    ],
)
def test_names_with_one_other_word_disagree(left, right):
    assert alike(left, right) < 0.7


def test_words_of_trade_carry_little():
    agreement = compare_names(fold_name("Shenzhen Trading"), fold_name("Shenzhen Trading Ltd"))
    assert agreement.alike == 1.0
    assert agreement.shared < 1.0


def test_an_association_with_a_companys_name_is_somebody_else():
    agreement = compare_names(fold_name("ANO Iskusstvo Krasoty"), fold_name("OOO Iskusstvo Krasoty"))
    assert agreement.form < 0.8


def test_a_form_of_another_country_counts_little():
    assert compare_names(fold_name("Falkenried GmbH"), fold_name("Falkenried Inc")).form > 0.9


def test_a_name_that_is_all_form_is_kept():
    assert fold_name("Limited").words == ("limited",)


@pytest.mark.parametrize(("left", "right"), [("44", "45"), ("a", "b"), ("li", "lu"), ("xyz", "abc")])
def test_short_words_and_numbers_must_be_equal_or_nearly(left, right):
    assert word_likeness(left, right) < 0.6


def test_a_letter_astray_matters_less_where_it_sounds_the_same():
    assert word_likeness("fridrich", "friedrich") > word_likeness("kentrox", "kenarox")


def test_rare_words_outweigh_common_ones():
    assert word_weight("hengdali") > word_weight("mohammed") > word_weight("technology")


def test_names_without_a_letter_fold_to_nothing():
    assert fold_name("★ ☆ !!!").words == ()
