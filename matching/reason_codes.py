"""The closed lists of reason codes that linking, risk and similar seizures speak in."""

from __future__ import annotations

from typing import Literal

LinkCode = Literal[
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
