"""Client keys: which public keys a client may prove itself with, and how a new one is made."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey, import_key

from partners.errors import RuleBroken

# FAPI 2.0 section 5.4.1; Ed25519 goes by its old and its new name (RFC 9864).
ALGORITHMS = ("ES256", "EdDSA", "Ed25519", "PS256")
# Clients in the field still say EdDSA where RFC 9864 now says Ed25519; the key is the same.
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)
_MOST_KEYS = 10
_LONGEST_KID = 100  # joserfc takes JWS headers of up to 512 bytes
_RSA_BITS = (2048, 8192)
_KEPT = ("kty", "crv", "x", "y", "n", "e", "kid", "use", "alg")
_PRIVATE = frozenset(["d", "p", "q", "dp", "dq", "qi", "oth", "k"])  # RFC 7518 sections 6.2.2, 6.3.2, 6.4


def new_private_key(kid: str) -> dict[str, Any]:
    """Make an ES256 key for a client; the JWK is private and belongs into one file, mode 0600."""
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})
    return dict(key.as_dict(private=True))


def read_public_keys(document: object) -> list[dict[str, Any]]:
    """Read a JWK Set (or a single JWK) of public keys that a client may register.

    Each key returned has a `kid`.

    Raises:
        RuleBroken: a key is private, too weak, of a kind we do not accept, or not a key at all.
    """
    keys = document.get("keys", [document]) if isinstance(document, Mapping) else None
    if not isinstance(keys, list) or not 1 <= len(keys) <= _MOST_KEYS:
        raise RuleBroken([("/keys", f"a JWK Set of 1 to {_MOST_KEYS} keys is needed (RFC 7517)")])
    found = [_read_key(f"/keys/{place}", key) for place, key in enumerate(keys)]
    if len({key["kid"] for key in found}) != len(found):
        raise RuleBroken([("/keys", "two keys have the same kid")])
    return found


def read_public_key(document: object, pointer: str = "") -> Key:
    """Read one JWK that signatures may be checked with: public, strong enough, and of a kind we accept.

    Raises:
        RuleBroken: it is not.
    """
    if not isinstance(document, dict):
        raise RuleBroken([(pointer, "a key is a JSON object (RFC 7517)")])
    if not _PRIVATE.isdisjoint(document):
        raise RuleBroken([(pointer, "this key is private: keep it, and give its public part")])
    try:
        key = import_key(document)
        complaint = _complaint(key)
    except (JoseError, TypeError, ValueError, KeyError, RecursionError):
        raise RuleBroken([(pointer, "this is not a key we can read (RFC 7517)")]) from None
    if complaint:
        raise RuleBroken([(pointer, complaint)])
    return key


def public_jwk(key: Key) -> dict[str, Any]:
    """What we keep of a public key: what makes it, what names it and what it is for."""
    described = key.as_dict(private=False)
    return {name: described[name] for name in _KEPT if name in described}


def _read_key(pointer: str, document: object) -> dict[str, Any]:
    return public_jwk(read_public_key(document, pointer))


def _complaint(key: Key) -> str | None:
    key.ensure_kid()
    described = key.as_dict(private=False)
    kid = str(described["kid"])
    if not 1 <= len(kid) <= _LONGEST_KID or not kid.isprintable():
        return f"a kid has 1 to {_LONGEST_KID} printable characters"
    if described.get("use", "sig") != "sig":
        return "the key's use is not to sign"
    if described.get("alg", ALGORITHMS[0]) not in ALGORITHMS:
        return f"the key's alg must be one of {', '.join(ALGORITHMS)}"
    if not _is_strong(key):
        return "the key must be EC P-256, OKP Ed25519, or RSA of 2048 bits or more"
    return None


def _is_strong(key: Key) -> bool:
    if isinstance(key, ECKey):
        return key.curve_name == "P-256"
    if isinstance(key, RSAKey):
        return _RSA_BITS[0] <= key.raw_value.key_size <= _RSA_BITS[1]
    return isinstance(key, OKPKey) and key.as_dict(private=False).get("crv") == "Ed25519"


def key_set(documents: list[dict[str, Any]]) -> KeySet:
    """The keys to verify with, from JWKs that `read_public_keys` has let pass."""
    return KeySet([import_key(document) for document in documents])
