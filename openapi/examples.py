"""Examples by operation, of what it takes and of what it answers; tests decode each with its own struct."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

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

_TRADEMARK: dict[str, Any] = {
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
    "genuine": [
        {
            "gtin": "00012345600012",
            "name": "Air Jordan 1 Low",
            "price": {"amount": "129.99", "currency": "EUR"},
        }
    ],
}
_SEIZURE: dict[str, Any] = {
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
            "right": "eutm",
            "quantity": {"value": 120, "unit": "pieces"},
        }
    ],
}
_SELLER: dict[str, Any] = {"reference": "S-9", "display_name": "Bright Harbor", **_PARTY}

EXAMPLES: Mapping[str, dict[str, Any]] = {
    "create_trademark": _TRADEMARK,
    "replace_trademark": _TRADEMARK,
    "add_licensee": {"marketplace": "Harbor Market", "seller": "S-9", "until": "2027-12-31"},
    "replace_listing": _LISTING,
    "replace_seller": _SELLER,
    "create_seizure": _SEIZURE,
    "replace_seizure": _SEIZURE,
    "look_up_flags": {"party": _PARTY, "purpose": "Parcel inspection", "reference": "FR-2026-P-31"},
    "disclose_flag": {"purpose": "Seizure proceedings", "reference": "FR-2026-C-009"},
    "verify_webhook_endpoint": {"challenge": "the value of data.challenge"},
    "create_listing": _LISTING,
    "screen_listing": _LISTING,
    "explain_listing": _LISTING,
    "create_seller": _SELLER,
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
    "create_webhook_endpoint": {
        "url": "https://partner.example/hooks",
        "reference": "shop-hooks",
        "metadata": {"team": "trust"},
        "event_types": ["*"],
    },
    "draw_policy": {"overrides": {"strong_cue": "review", "letters_of_alert": 6}},
    "try_policy": {"overrides": {"uses_reviewed": ["comparison", "bundle"]}, "days": 30},
    "create_invitation": {"email": "ann@partner.example", "role": "analyst", "name": "Ann Example"},
    "change_person": {"role": "reader"},
    "reset_person": {"second_step": True},
    "change_webhook_endpoint": {"labels": {"verdict": "alert"}, "signatures": ["v1", "v1a"]},
    "rotate_webhook_secret": {"overlap_hours": 24, "signature": "v1a"},
    "recover_webhook_endpoint": {"from": "2026-11-18T00:00:00Z", "to": "2026-11-21T00:00:00Z"},
    "replay_event": {"endpoint": "end_01m7zq3v8kf5tbg2h6w9rc4xya"},
}


_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 692" width="960" height="692" role="img">'
    "<title>Why the advice is review</title></svg>"
)
PICTURES: Mapping[str, str] = {"explain_screening": _PICTURE, "explain_listing": _PICTURE}
"""What operations draw, in short."""


@cache
def load_answers() -> dict[str, Any]:
    """Answers by operation, as the service gave them."""
    answers: dict[str, Any] = msgspec.json.decode((files("openapi") / "answers.json").read_bytes())
    return answers
