"""Evidence as sentences that a person can read, each with its code and its weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from matching.comparison import Scene
from matching.model import Reason, Spot, Use
from matching.reason_codes import ScreeningCode
from matching.scoring import Weights
from matching.weighing import Values

Told = Mapping[ScreeningCode, tuple[str, Spot | None]]
"""The word that told a circumstance, and where it stands."""
NOTHING_TOLD: Final[tuple[str, Spot | None]] = ("", None)
OF_BRAND: Final[frozenset[ScreeningCode]] = frozenset({"mark_named_in_brand", "brand_field_differs"})
"""Reasons that rest on the brand field."""
BESIDE_TEXT: Final[frozenset[ScreeningCode]] = frozenset({"same_class", "other_class"})
"""Reasons on the name that rest on no text."""
FIELDS: Final = {"title": "The title", "brand": "The brand field", "description": "The description"}
EVASION_SENTENCES: Final = {
    "zero_width": "Characters without width stand between its letters.",
    "mixed_script": "Letters of another script that look alike stand in it.",
    "styled_letters": "It is written in styled letters.",
    "leetspeak": "Digits or signs stand for letters.",
    "split_letters": "Its letters are parted one by one.",
    "mask": "Letters are hidden behind signs.",
    "diacritics": "It carries accents that the mark does not have.",
    "misspelling": "It is spelled differently from the mark.",
    "spacing": "Its spaces or hyphens differ from the mark's.",
    "transliteration": "It is written in another script.",
}
APART: Final[Mapping[str, ScreeningCode]] = {
    "ordinary_word": "ordinary_word",
    "common_phrase": "ordinary_word",
    "words_are_known": "ordinary_word",
    "used_as_word": "used_as_word",
    "named_as_brand": "named_as_brand",
    "word_named_as_brand": "named_as_brand",
    "inside_longer_name": "inside_longer_name",
    "brand_field_agrees": "mark_named_in_brand",
    "brand_field_differs": "brand_field_differs",
    "same_class": "same_class",
    "other_class": "other_class",
    "completions": "several_completions",
    "visible_disguise": "disguised",
}
"""Evidence with a sentence of its own; all other evidence on the name is summed in the first sentence."""
ACTION_CODES: Final[Mapping[str, ScreeningCode]] = {
    "strong_replica_cue": "replica_cue",
    "weak_replica_cue": "weak_replica_cue",
    "compatible_use": "compatible_use",
    "comparison_use": "comparison_use",
    "bundle_use": "bundle_use",
    "licensed_seller": "licensed_seller",
    "not_in_force": "not_in_force",
    "not_yet_registered": "not_yet_registered",
    "other_territory": "other_territory",
    "used_goods": "used_goods",
    "seller_flag": "seller_flagged",
    "price_below": "price_far_below",
    "similar_seizures": "seizures_similar",
    "seizure_prior": "seizures_expected",
    "contradicts_sheet": "sheet_contradicted",
    "changed_after_approval": "text_changed_after_approval",
    "other_brand_beside_disguise": "other_brand_beside_disguise",
    "barcode_is_genuine": "barcode_genuine",
    "barcode_of_another": "barcode_of_another",
    "barcode_is_wrong": "barcode_wrong",
}
TOLD_IF_WEIGHED: Final = frozenset({"seizure_prior", "price_below"})
PART_OF_BRAND: Final = "The brand field holds a longer name with this word in it."
NAME_SENTENCES: Final[Mapping[ScreeningCode, str]] = {
    "ordinary_word": "These are also ordinary words.",
    "used_as_word": "Other sellers use the word, and hardly any gives it as a brand.",
    "named_as_brand": "Most other sellers who use the word give it as the brand of their goods.",
    "inside_longer_name": "The words are part of a longer name.",
    "mark_named_in_brand": "The brand field names the mark.",
    "same_class": "The goods are of a class the mark is registered for.",
    "other_class": "The mark is registered for other classes of goods.",
    "several_completions": "Several marks complete the hidden letters.",
}
CIRCUMSTANCE_SENTENCES: Final[Mapping[ScreeningCode, Callable[[Scene, Values, str], str]]] = {
    "replica_cue": lambda _, __, cue: f"The text says that it is an imitation: {cue}.",
    "weak_replica_cue": lambda _, __, cue: f"A word stands there that imitations often carry: {cue}.",
    "compatible_use": lambda _, __, cue: f"The mark only tells what the goods go with: {cue}.",
    "comparison_use": lambda _, __, cue: f"The goods are only compared with the mark: {cue}.",
    "bundle_use": lambda _, __, cue: f"Several things are sold as a lot: {cue}.",
    "licensed_seller": lambda *_: "The rights holder licensed this seller.",
    "not_in_force": lambda scene, *_: f"The mark was not in force on {scene.offer.screened_on.isoformat()}.",
    "not_yet_registered": lambda *_: "The mark is applied for, not registered.",
    "other_territory": lambda scene, *_: (
        f"The mark does not cover where the goods go: {', '.join(sorted(scene.offer.ships_to))}."
    ),
    "used_goods": lambda *_: "The goods are offered as used: genuine ones may be resold.",
    "seller_flagged": lambda scene, *_: f"The seller's risk is {scene.offer.seller.risk}.",
    "price_far_below": lambda _, values, __: (
        f"The price lies {values.get('price_below', 0):.0f} deviations below the usual."
    ),
    "seizures_similar": lambda scene, *_: (
        f"Goods like these were seized before ({_band(scene.offer.seizures.similar)})."
    ),
    "seizures_expected": lambda *_: "Goods of this kind and origin are often seized.",
    "sheet_contradicted": lambda *_: "The offer contradicts the rights holder's product sheet.",
    "text_changed_after_approval": lambda *_: "The text was changed after it had been approved.",
    "barcode_genuine": lambda *_: "The barcode is that of a genuine product of the rights holder.",
    "barcode_of_another": lambda *_: "The barcode is that of another rights holder's product.",
    "barcode_wrong": lambda *_: "The barcode's check digit is wrong.",
    "other_brand_beside_disguise": lambda scene, *_: (
        f"The brand field is not {scene.mark.text}, which is disguised."
    ),
}
"""The sentence of each circumstance, of the scene, its values and the word that told its use."""


def reasons_for(scene: Scene, values: Values, use: Use, told: Told, weights: Weights) -> tuple[Reason, ...]:
    """All reasons of a match, those on the name first."""
    reasons = _on_the_name(scene, weights.mention, weights.bias)
    if not values.keys().isdisjoint(ACTION_CODES):
        reasons += _on_the_circumstances(scene, values, told, weights.action)
    if use == "part_of_name" and not scene.covered:
        at = Spot("brand", 0, len(scene.offer.brand))
        reasons.append(Reason("inside_longer_name", PART_OF_BRAND, 0.0, at))
    return tuple(reasons)


def _on_the_circumstances(
    scene: Scene, values: Values, told: Told, weights: Mapping[str, float]
) -> list[Reason]:
    reasons = []
    for evidence, code in ACTION_CODES.items():
        if values.get(evidence, 0) > 0 and (evidence in weights or evidence not in TOLD_IF_WEIGHED):
            cue, at = told.get(code, NOTHING_TOLD)
            sentence = CIRCUMSTANCE_SENTENCES[code](scene, values, cue)
            reasons.append(Reason(code, sentence, weights.get(evidence, 0.0), at))
    return reasons


def _on_the_name(scene: Scene, weights: Mapping[str, float], bias: float) -> list[Reason]:
    apart = [each for each in APART.items() if each[0] in weights]
    summed: dict[ScreeningCode, float] = {}
    for evidence, code in apart:
        summed[code] = summed.get(code, 0.0) + weights[evidence]
    if scene.candidate.evasions:
        summed.setdefault("disguised", 0.0)
    rest = bias + sum([weight for code, weight in weights.items() if code not in APART])
    span = scene.candidate.span
    here = Spot(span.field, span.start, span.end)
    reasons = [Reason("mark_named", _naming_sentence(scene), round(rest, 2), here)]
    for code, weight in summed.items():
        spot = Spot("brand", 0, len(scene.offer.brand)) if code in OF_BRAND else here
        at = None if code in BESIDE_TEXT else spot
        reasons.append(Reason(code, _name_sentence(code, scene), round(weight, 2), at))
    return reasons


def _naming_sentence(scene: Scene) -> str:
    where, found = FIELDS[scene.candidate.span.field], scene.candidate
    name = scene.mark.text
    shown = " ".join(found.span.text.split())
    if found.matched != name:
        name = f"{found.matched}, filed under {name}"
    is_plain = shown.casefold() == found.matched.casefold()
    return f"{where} names {name}." if is_plain else f"{where} names {name}, written {shown}."


def _name_sentence(code: ScreeningCode, scene: Scene) -> str:
    if code == "disguised":
        return " ".join(EVASION_SENTENCES[evasion] for evasion in scene.candidate.evasions)
    if code == "brand_field_differs":
        return f"The brand field says {' '.join(scene.offer.brand.split())}."
    return NAME_SENTENCES[code]


def _band(count: int) -> str:
    return "10 or more times" if count >= 10 else "1 to 9 times"
