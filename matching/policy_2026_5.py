"""What the policy 2026.5 said otherwise than the one that ships: kept advice is recomputed under it."""

from __future__ import annotations

from typing import Final

from matching.policy_table import Table

VERSION: Final = "2026.5"
DISGUISED_BIAS: Final = -2.03
DISGUISED: Final[Table] = {
    "errors": ((1, -2.4), (2, -2.8), (3, -0.3)),
    "differs": ((1, -0.5),),
    "typing_error": ((1, 2.3),),
    "letters": ((4, 2.2), (5, 1.2), (8, 0.5), (9, 0.8), (11, 0.9), (14, 1.2)),
    "short_and_mistyped": ((1, -0.5),),
    "sounds_alike_only": ((1, -1.3),),
    "first_letter_differs": ((1, -1.7),),
    "has_digits": ((1, -2.1),),
    "parted_differently": ((1, -3.2),),
    "visible_disguise": ((1, 1.4),),
    "edge_digit": ((1, -0.2),),
    "hidden_letters": ((0.35, -0.3), (0.51, -0.8)),
    "completions": ((2, -1.6), (3, -0.4)),
    "ordinary_word": ((3, -0.2), (4, -0.2), (5, -0.5)),
    "common_phrase": ((4, -0.2), (5, -0.3)),
    "words_are_known": ((0.5, -1.2), (2.5, -0.2), (4, -0.7)),
    "common_words_mistyped": ((1, -1.5), (2, -0.1)),
    "digits_only": ((1, -2.3),),
    "inflected_word": ((1, -0.5),),
    "model_code": ((1, -0.8),),
    "capitals_amid_small": ((1, -0.3),),
    "one_error_unlisted": ((7, 0.3), (8, 0.5), (10, 0.5), (12, 0.6)),
    "one_error_listed": ((4, -0.2), (6, 0.3), (8, 0.5), (10, 1.0), (12, 0.6)),
    "two_errors_unlisted": ((9, 0.6), (11, 0.4), (13, 0.5)),
    "two_errors_listed": ((8, -0.1), (9, 0.6), (11, 0.4), (13, 0.3)),
    "seen_elsewhere": ((1, -2.3), (2, -0.9), (4, -0.5), (9, -0.6)),
    "never_seen": ((1, 0.1), (5, 0.2), (20, 0.2)),
    "mark_seen_elsewhere": ((3, -0.5), (9, -0.5)),
    "inside_longer_name": ((1, -7.0),),
    "rival_names": ((1, -0.7), (4, -0.7)),
    "brand_field_agrees": ((1, 2.7),),
    "is_own_brand": ((1, -3.2),),
    "same_class": ((1, 1.1),),
    "other_class": ((1, -1.6),),
    "category_fits": ((1, 0.5),),
    "category_differs": ((1, -0.9),),
    "in_description": ((1, -0.5),),
}
DISGUISE_LINE: Final = 0.662
"""The line above which it had a misspelling reviewed, where no other was drawn."""
