"""Brand names: enough of them, each once, each with its source."""

from partners.reference import brands


def test_there_are_twenty_thousand_names_each_once():
    names = [brand.name for brand in brands()]
    assert len(names) >= 20_000
    assert len(names) == len(set(names))


def test_each_name_tells_its_source():
    assert {brand.source for brand in brands()} == {"name-suggestion-index", "simple-icons"}


def test_names_hold_more_than_one_letter_and_no_stray_spaces():
    for brand in brands():
        assert sum(letter.isalnum() for letter in brand.name) > 1
        assert brand.name == " ".join(brand.name.split())
