"""What the policy 2026.4 said otherwise than the one that ships: kept advice is recomputed under it."""

from __future__ import annotations

from typing import Final

from matching.policy_table import Table

VERSION: Final = "2026.4"
DISGUISED_BIAS: Final = -1.42
DISGUISED: Final[Table] = {
    "errors": ((1, -2.0), (2, -2.8), (3, -0.3)),
    "differs": ((1, -0.5),),
    "typing_error": ((1, 2.4),),
    "letters": ((4, 1.4), (5, 1.4), (8, 0.5), (9, 1.0), (11, 1.0), (14, 1.5)),
    "short_and_mistyped": ((1, -0.6),),
    "sounds_alike_only": ((1, -1.3),),
    "first_letter_differs": ((1, -1.5),),
    "has_digits": ((1, -2.0),),
    "parted_differently": ((1, -3.1),),
    "visible_disguise": ((1, 1.3),),
    "edge_digit": ((1, -0.4),),
    "hidden_letters": ((0.35, -0.3), (0.51, -0.8)),
    "completions": ((2, -1.4), (3, -0.4)),
    "ordinary_word": ((3, -0.3), (3.5, -0.1), (4, -0.2), (5, -0.5)),
    "common_phrase": ((4, -0.4), (5, -0.3)),
    "words_are_known": ((0.5, -1.1), (2.5, -0.1), (4, -0.2)),
    "digits_only": ((1, -2.3),),
    "inflected_word": ((1, -0.6),),
    "model_code": ((1, -0.8),),
    "capitals_amid_small": ((1, -0.3),),
    "one_error_unlisted": ((7, 0.2), (8, 0.3), (10, 0.3), (12, 0.4)),
    "one_error_listed": ((4, -0.1), (6, 0.6), (8, 0.8), (10, 0.6), (12, 0.5)),
    "two_errors_unlisted": ((9, 0.4), (11, 0.4), (13, 0.5)),
    "two_errors_listed": ((8, -0.3), (9, 0.4), (11, 0.4), (13, 0.3)),
    "seen_elsewhere": ((1, -2.1), (2, -0.9), (4, -0.5), (9, -0.6)),
    "never_seen": ((1, 0.1), (5, 0.2), (20, 0.2)),
    "mark_seen_elsewhere": ((1, -0.2), (3, -0.5), (9, -0.3)),
    "inside_longer_name": ((1, -6.8),),
    "rival_names": ((1, -0.9), (4, -0.5)),
    "brand_field_agrees": ((1, 2.7),),
    "is_own_brand": ((1, -3.2),),
    "same_class": ((1, 1.1),),
    "other_class": ((1, -1.6),),
    "category_fits": ((1, 0.5),),
    "category_differs": ((1, -0.9),),
    "in_description": ((1, -0.5),),
}
DISGUISE_LINE: Final = 0.594
"""The line above which it had a misspelling reviewed, where no other was drawn."""
