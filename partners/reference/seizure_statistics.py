"""What United States customs seized for intellectual property rights, fiscal years 2019 to 2023.

Source: US Department of Homeland Security, Office of Homeland Security Statistics; a work of the US
government. Products, conveyances and origins are brought to our own codes and summed; see NOTICE.
"""

from __future__ import annotations

from functools import cache

from matching.seizures import SeizureCount, SeizurePriors, fit_priors
from partners.reference.country_names import country_names
from partners.reference.files import read_rows

SOURCE = "The US Department of Homeland Security"


@cache
def seizure_counts() -> tuple[SeizureCount, ...]:
    """Every published count; origin and channel are "" where the source does not tell them."""
    return tuple(
        SeizureCount(int(year), commodity, origin, channel, int(lines))
        for year, commodity, origin, channel, lines in read_rows("seizure_statistics.csv.gz")
    )


@cache
def seizure_priors() -> SeizurePriors:
    """The priors fitted on all years, as `matching.seizures` takes them."""
    return fit_priors(seizure_counts(), SOURCE, country_names())
