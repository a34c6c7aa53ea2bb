"""How well tracing tells parties together and apart, and how well seizure priors foretell the next year.

From the rows of entity_pairs and org_names_addresses_ieee, and from the shipped seizure statistics:

    entities.<kind>.{pairs,precision,recall,f1,precision_low,precision_high,recall_low,recall_high}
        labelled pairs, names alone (no address, no phone); a link is a score of 0.5; bounds are of 95 %.
        The weights were chosen on these pairs: the figures describe the fit, they are not held out
    entities.all.blocked           share of the true pairs that meet in at least one blocking key
    entities.ratio_baseline.token_sort   our F1 / the F1 of rapidfuzz's token_sort_ratio at its best threshold
    entities.rewritten.{recall_at_1,wrong_per_1000,candidates}
        real companies whose record a fixed rule rewrites (other order, a letter lost, no street), found again
        among all the others through their keys; `wrong` are links to a company of another name
    seizures.rank_correlation_fy2023   Spearman, priors of fiscal years 2019-2022 against the lines of 2023,
        over the commodity-origin cells known before; `_last_year` is the same for the lines of 2022 alone
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz import fuzz

from matching.fingerprints import party_keys
from matching.model import Address, Party
from matching.names import fold_name
from matching.seizures import expected_lines, fit_priors
from matching.tracing import link_parties, trace
from partners.reference import seizure_counts
from tests.evaluation.sets import label_of

KINDS = {
    "Person": "person",
    "Company": "company",
    "Organization": "organization",
    "LegalEntity": "legal_entity",
    "Vessel": "vessel",
}
MOST_CANDIDATES = 200
REWRITTEN_EVERY = 20


def measure_pairs(rows: Iterable[Mapping[str, str]]) -> dict[str, float]:
    """Labelled pairs of names, by kind and all together, beside a plain string ratio."""
    pairs = [(row, label) for row in rows if (label := label_of(row["match"])) is not None]
    judged: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    blocked = true_pairs = 0
    for row, same in pairs:
        left, right = _party(row, "left"), _party(row, "right")
        linked = link_parties(left, "", right).score >= 0.5
        judged["all"].append((same, linked))
        judged[_kind_of(row["kind"])].append((same, linked))
        if same:
            true_pairs += 1
            blocked += not party_keys(left).isdisjoint(party_keys(right))
    figures = {
        f"entities.{kind}.{name}": value
        for kind, seen in judged.items()
        for name, value in _rates(seen).items()
    }
    ours = figures.setdefault("entities.all.f1", math.nan)
    figures["entities.all.blocked"] = blocked / true_pairs if true_pairs else math.nan
    figures["entities.ratio_baseline.token_sort"] = (
        math.nan if math.isnan(ours) else ours / max(0.001, _baseline(pairs))
    )
    return figures


def _kind_of(kind: str) -> str:
    name = kind.partition(":")[0]
    return KINDS.get(name, name.lower() or "other")


def measure_rewritten(rows: Iterable[Mapping[str, str]]) -> dict[str, float]:
    """Rewritten companies found again among all others through their keys."""
    sellers = {str(number): party for number, party in enumerate(_companies(rows))}
    index: defaultdict[str, list[str]] = defaultdict(list)
    for seller_id, party in sellers.items():
        for key in party_keys(party):
            index[key].append(seller_id)
    asked = list(sellers.values())[::REWRITTEN_EVERY]
    if not asked:
        return {"entities.rewritten.recall_at_1": math.nan}
    found = wrong = met = 0
    for number, party in enumerate(asked):
        seen = rewrite(party, number)
        candidates = _candidates(seen, index)
        links = trace(seen, {key: sellers[key] for key in candidates})
        met += len(candidates)
        found += bool(links) and _same_name(party, sellers[links[0].seller_id])
        wrong += sum(not _same_name(party, sellers[link.seller_id]) for link in links)
    return {
        "entities.rewritten.asked": float(len(asked)),
        "entities.rewritten.recall_at_1": found / len(asked),
        "entities.rewritten.wrong_per_1000": 1000 * wrong / len(asked),
        "entities.rewritten.candidates": met / len(asked),
    }


def measure_priors() -> dict[str, float]:
    """Priors fitted on the first four years against the fifth."""
    counts = [count for count in seizure_counts() if count.origin]
    priors = fit_priors([count for count in counts if count.year < 2023], "", {})
    by_year: defaultdict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for count in counts:
        by_year[count.year][count.commodity, count.origin] += count.lines
    cells = sorted(priors.expected)
    came = [float(by_year[2023][cell]) for cell in cells]
    return {
        "seizures.rank_correlation_fy2023": spearman([expected_lines(*cell, priors) for cell in cells], came),
        "seizures.rank_correlation_fy2023_last_year": spearman(
            [float(by_year[2022][cell]) for cell in cells], came
        ),
    }


def rewrite(party: Party, number: int) -> Party:
    """The same company as another hand would write it: one of four ways, in turn."""
    words = party.legal_name.split()
    address = party.address
    if number % 4 == 0:
        words = words[::-1]
    elif number % 4 == 1:
        longest = max(words, key=len)
        words = [word[:3] + word[4:] if word is longest else word for word in words]
    elif number % 4 == 2:
        words = [
            word.upper() for word in words if word.casefold().strip(".,") not in {"ltd", "inc", "co", "llc"}
        ]
    else:
        address = Address(country=address.country)
    return Party(legal_name=" ".join(words) or party.legal_name, address=address)


def spearman(left: Sequence[float], right: Sequence[float]) -> float:
    """Rank correlation, ties sharing their mean rank."""
    mine, theirs = _ranks(left), _ranks(right)
    mean = (len(mine) - 1) / 2
    covariance = sum((a - mean) * (b - mean) for a, b in zip(mine, theirs, strict=True))
    return covariance / math.sqrt(sum((a - mean) ** 2 for a in mine) * sum((b - mean) ** 2 for b in theirs))


def _ranks(values: Sequence[float]) -> list[float]:
    places: defaultdict[float, list[int]] = defaultdict(list)
    for place, value in enumerate(sorted(values)):
        places[value].append(place)
    return [sum(places[value]) / len(places[value]) for value in values]


def _rates(judged: list[tuple[bool, bool]]) -> dict[str, float]:
    """Rates of judged pairs; where all have one label, those that need both are not a number."""
    right = sum(same and linked for same, linked in judged)
    linked = sum(linked for _, linked in judged)
    same = sum(same for same, _ in judged)
    precision_low, precision_high = _bounds(right, linked)
    recall_low, recall_high = _bounds(right, same)
    has_both = 0 < same < len(judged)
    return {
        "pairs": float(len(judged)),
        "precision": right / max(1, linked) if has_both else math.nan,
        "precision_low": precision_low,
        "precision_high": precision_high,
        "recall": right / same if same else math.nan,
        "recall_low": recall_low,
        "recall_high": recall_high,
        "f1": 2 * right / max(1, linked + same) if has_both else math.nan,
    }


def _bounds(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson)."""
    if not of:
        return 0.0, 1.0
    z, rate = 1.96, hits / of
    middle = rate + z * z / (2 * of)
    half = z * math.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return (middle - half) / whole, (middle + half) / whole


def _baseline(pairs: list[tuple[Mapping[str, str], bool]]) -> float:
    """The best F1 that one threshold on rapidfuzz's token_sort_ratio can have on these very pairs."""
    scored = [
        (
            fuzz.token_sort_ratio(row["left_name"].casefold(), row["right_name"].casefold()),
            same,
        )
        for row, same in pairs
    ]
    return max(_rates([(same, ratio >= cut) for ratio, same in scored])["f1"] for cut in range(50, 101))


def _candidates(party: Party, index: Mapping[str, list[str]]) -> list[str]:
    shared = Counter(seller for key in sorted(party_keys(party)) for seller in index.get(key, ()))
    return [seller for seller, _ in shared.most_common(MOST_CANDIDATES)]


def _same_name(left: Party, right: Party) -> bool:
    mine, theirs = fold_name(left.legal_name), fold_name(right.legal_name)
    return (
        set(mine.words) <= set(theirs.words)
        or set(theirs.words) <= set(mine.words)
        or mine.joined == theirs.joined
    )


def _companies(rows: Iterable[Mapping[str, str]]) -> Iterator[Party]:
    for row in rows:
        if row["org_name"].split():
            yield Party(
                legal_name=row["org_name"], address=Address(lines=(row["address"],), country=row["country"])
            )


def _party(row: Mapping[str, str], side: str) -> Party:
    return Party(
        legal_name=row[f"{side}_name"],
        address=Address(lines=(row.get(f"{side}_address", ""),), country=row.get(f"{side}_country", "")),
    )
