"""Examples of request bodies by operation; a test decodes each with the operation's own struct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LISTING: dict[str, Any] = {
    "reference": "A-123",
    "title": "N1KE Air running shoes 1:1 top quality",
    "brand": "",
    "category": "Apparel > Shoes",
    "price": {"amount": "29.99", "currency": "EUR"},
    "condition": "new",
    "ships_from": "CN",
    "ships_to": ["DE"],
    "language": "en",
    "url": "https://shop.example/a-123",
    "seller": "S-9",
}
_PARTY: dict[str, Any] = {
    "legal_name": "Bright Harbor Trading Co., Ltd",
    "address": {"lines": ["8 Sample Road"], "city": "Shenzhen", "postal_code": "518000", "country": "CN"},
    "email": "sales@bright-harbor.example",
    "phone": "+86 755 0000 0000",
}

EXAMPLES: Mapping[str, dict[str, Any]] = {
    "create_trademark": {
        "reference": "EM-000000001",
        "mark": "NIKE",
        "kind": "word",
        "office": "EM",
        "registration_number": "000000001",
        "status": "registered",
        "filed_on": "1996-04-01",
        "registered_on": "1998-06-15",
        "expires_on": "2036-04-01",
        "territories": ["EU"],
        "nice_classes": [18, 25],
        "spellings": ["Nikee"],
        "products": ["Air Jordan 1"],
    },
    "create_listing": _LISTING,
    "screen_listing": _LISTING,
    "create_seller": {"reference": "S-9", "display_name": "Bright Harbor", **_PARTY},
    "create_seizure": {
        "reference": "FR-2026-00017",
        "seizure_case_reference": "FR-2026-C-009",
        "seized_on": "2026-11-02",
        "administration": "FR",
        "office": "FRLIO",
        "direction": "import",
        "channel": "express",
        "route": [{"role": "departure", "country": "CN"}, {"role": "destination", "country": "FR"}],
        "consignor": _PARTY,
        "items": [
            {
                "commodity": "footwear",
                "brand": "NIKE",
                "right": "trademark",
                "quantity": {"value": "120", "unit": "pieces"},
            }
        ],
    },
    "judge_match": {
        "judgement": "confirmed",
        "reason": "We never made this shoe, and the seller has no license.",
    },
    "decide_case": {
        "decision": "removed",
        "grounds": "counterfeit",
        "statement": "The listing offers shoes under a registered mark without the rights holder's consent.",
    },
    "change_client": {"jwks_uri": "https://partner.example/jwks.json"},
    "add_client_key": {
        "jwk": {
            "kty": "EC",
            "crv": "P-256",
            "kid": "2026-11",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        "overlap_hours": 24,
    },
    "rotate_client_secret": {"overlap_hours": 24},
    "create_webhook_endpoint": {"url": "https://partner.example/hooks", "event_types": ["*"]},
}
