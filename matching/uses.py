"""What a mark is used for at a place of an offer, told by the words around it and by what the offer says."""

from __future__ import annotations

from collections.abc import Mapping

from matching.comparison import Scene
from matching.model import Use
from matching.normalization import canonical_text
from matching.scenes import Stage
from matching.usage import CLASS_OF_GOODS, cues_around


def use_of(  # noqa: PLR0911 - one return for one use
    scene: Scene, values: Mapping[str, float], score: float, stage: Stage
) -> tuple[Use, str]:
    """What the mark is used for at this place, and the word that tells it."""
    if "licensed_seller" in values:
        return "licensed", ""
    is_named = score >= stage.policy.thresholds.doubtful or "named_beside_cue" in values
    if stage.replica and is_named:
        return "replica", stage.replica
    span = scene.candidate.span
    if span.field == "brand" or "brand_field_agrees" in values:
        return ("part_of_name" if scene.covered else "origin"), ""
    cues = stage.cues.get(span)
    if cues is None:
        cues = stage.cues[span] = cues_around(scene.words, span)
    cue = cues.compatible or (_accessory(scene, cues.accessory) if "brand_field_differs" in values else "")
    if cue:
        return "compatible", cue
    if cues.comparison:
        return "comparison", cues.comparison
    if scene.covered or (scene.offer.brand and _is_part_of_brand(scene)):
        return "part_of_name", ""
    return _plain_use(values, score, stage)


def _accessory(scene: Scene, cue: str) -> str:
    """What another maker's goods are beside the mark's (X case), if they are not what the mark is for itself
    (X bag, of a maker of bags) and the mark is not hidden: what goes with goods has no reason to hide them.
    """
    return "" if scene.is_disguised or CLASS_OF_GOODS.get(cue) in scene.mark.nice_classes else cue


def _plain_use(values: Mapping[str, float], score: float, stage: Stage) -> tuple[Use, str]:
    lines = stage.policy.thresholds
    if score < lines.doubtful:
        is_word = values.get("ordinary_word", 0) >= 3 or values.get("common_phrase", 0) >= 3
        return ("descriptive" if is_word else "unclear"), ""
    return ("bundle", stage.bundle) if stage.bundle else ("origin", "")


def _is_part_of_brand(scene: Scene) -> bool:
    """Whether the brand field holds a longer name of which these words are only a part."""
    whole = tuple(canonical_text(scene.offer.brand).split())
    words = scene.candidate.words
    if len(whole) <= len(words) or "".join(scene.candidate.mark_words) in scene.brand_names:
        return False
    spots = range(len(whole) - len(words) + 1)
    return any(whole[spot : spot + len(words)] == words for spot in spots)
