"""Reference data that is shipped: each module names its source, NOTICE and licenses/ carry the terms.

The tables are made by the build_*.py modules beside them from the packages that NOTICE names.
"""

from partners.reference.brand_names import Brand, brands
from partners.reference.country_names import country_names
from partners.reference.seizure_statistics import seizure_counts, seizure_priors
from partners.reference.words import ordinary_words, word_sizes

__all__ = [
    "Brand",
    "brands",
    "country_names",
    "ordinary_words",
    "seizure_counts",
    "seizure_priors",
    "word_sizes",
]
