"""The policies that ship, each by its version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from matching import policy_2026_4, policy_2026_5
from matching.policy_table import (
    ACTION,
    ACTION_BIAS,
    DISGUISED,
    DISGUISED_BIAS,
    PLAIN,
    PLAIN_BIAS,
    POLICY_VERSION,
)
from matching.scoring import Policy
from matching.thresholds import Thresholds

DEFAULT_POLICY: Final = Policy(
    version=POLICY_VERSION,
    plain_bias=PLAIN_BIAS,
    plain=PLAIN,
    disguised_bias=DISGUISED_BIAS,
    disguised=DISGUISED,
    action_bias=ACTION_BIAS,
    action=ACTION,
)
"""The policy that ships."""
_2026_4: Final = replace(
    DEFAULT_POLICY,
    version=policy_2026_4.VERSION,
    disguised_bias=policy_2026_4.DISGUISED_BIAS,
    disguised=policy_2026_4.DISGUISED,
    thresholds=Thresholds(disguise=policy_2026_4.DISGUISE_LINE, compatible_is_clear=True),
)
_2026_5: Final = replace(
    DEFAULT_POLICY,
    version=policy_2026_5.VERSION,
    disguised_bias=policy_2026_5.DISGUISED_BIAS,
    disguised=policy_2026_5.DISGUISED,
    thresholds=Thresholds(disguise=policy_2026_5.DISGUISE_LINE, compatible_is_clear=True),
)
POLICIES: Final[Mapping[str, Policy]] = {each.version: each for each in (_2026_4, _2026_5, DEFAULT_POLICY)}
"""All policies by version: what was once the default stays, so that kept advice can be recomputed."""
