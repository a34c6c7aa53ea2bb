"""The closed lists of codes that screening, linking, risk and similar seizures speak in."""

from __future__ import annotations

from typing import Final, Literal, get_args

LinkCode = Literal[
    "account_named",
    "listing_named",
    "name",
    "address",
    "country",
    "email",
    "phone",
    "website",
    "social",
    "register_number",
    "tax_id",
    "bank_account",
]
RiskCode = Literal[
    "seizures_linked",
    "health_or_safety",
    "judgements_confirmed",
    "cases_removed",
    "alerts_unjudged",
    "reports_rejected",
]
SeizureCode = Literal["seizures_recorded", "seizures_published"]
Evasion = Literal[
    "zero_width",
    "mixed_script",
    "styled_letters",
    "leetspeak",
    "split_letters",
    "mask",
    "diacritics",
    "misspelling",
    "spacing",
    "transliteration",
]
"""The ways a name is disguised."""
EVASIONS: Final[tuple[Evasion, ...]] = get_args(Evasion)
VISIBLE_EVASIONS: Final[frozenset[Evasion]] = frozenset(EVASIONS[:6])
"""Disguises that nobody types by mistake."""
ScreeningCode = Literal[
    "mark_named",
    "mark_named_in_brand",
    "ordinary_word",
    "used_as_word",
    "named_as_brand",
    "inside_longer_name",
    "brand_field_differs",
    "same_class",
    "other_class",
    "several_completions",
    "disguised",
    "replica_cue",
    "weak_replica_cue",
    "compatible_use",
    "comparison_use",
    "bundle_use",
    "licensed_seller",
    "not_in_force",
    "not_yet_registered",
    "other_territory",
    "used_goods",
    "seller_flagged",
    "price_far_below",
    "seizures_similar",
    "seizures_expected",
    "sheet_contradicted",
    "text_changed_after_approval",
    "other_brand_beside_disguise",
    "barcode_genuine",
    "barcode_of_another",
    "barcode_wrong",
]
REASON_CODES: Final[tuple[ScreeningCode, ...]] = get_args(ScreeningCode)
"""What a match's reasons speak of."""
CONFIDENTIAL_CODES: Final[frozenset[ScreeningCode]] = frozenset(
    ("seller_flagged", "seizures_similar", "seizures_expected")
)
"""What customs and marketplaces know of a seller and its goods: no rights holder is told."""
RuleCode = Literal[
    "not_in_force",
    "other_territory",
    "part_of_name",
    "licensed_seller",
    "replica_of_licensee",
    "not_yet_registered",
    "replica_cue",
    "replica_cue_reviewed",
    "visible_disguise",
    "doubtful_disguise",
    "misspelling",
    "comparison_use",
    "bundle_use",
    "weak_replica_cue",
    "suspicion_with_signal",
    "compatible_use",
    "compatible_contradicted",
    "not_surely_named",
    "signals",
    "plain_naming",
]
"""The rule of the policy that decided on a match."""
