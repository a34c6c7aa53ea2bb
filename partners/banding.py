"""Banding: what a marketplace reads of figures that are not its own to count."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from matching.explaining import Account, Evidence, Sum

COUNTED_BY_CUSTOMS: Final = frozenset({"similar_seizures"})
"""Evidence that a marketplace reads in bands: customs' figures are not a marketplace's to count."""


def in_bands(account: Account) -> Account:
    """The account as a marketplace may read it; weights follow the bands, so that the sums still hold."""
    return replace(
        account,
        named=_sum_in_bands(account.named),
        acted_on=_sum_in_bands(account.acted_on),
        unweighed=tuple(_evidence_in_bands(each) for each in account.unweighed),
    )


def _sum_in_bands(part: Sum) -> Sum:
    return replace(part, evidence=tuple(_evidence_in_bands(each) for each in part.evidence))


def _evidence_in_bands(evidence: Evidence) -> Evidence:
    if evidence.code not in COUNTED_BY_CUSTOMS:
        return evidence
    return replace(evidence, value=10.0 if evidence.value >= 10 else 1.0)
