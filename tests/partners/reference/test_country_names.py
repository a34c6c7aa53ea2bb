"""Country names: one for each country the service takes."""

from partners.reference import country_names
from partners.reference.countries import COUNTRIES


def test_every_country_has_a_name():
    assert country_names().keys() == COUNTRIES
    assert country_names()["CN"] == "China"
