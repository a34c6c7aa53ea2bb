"""Possession of a key: what a token is bound to when it is made, and the proof that each use needs."""

from __future__ import annotations

from collections.abc import Sequence

from authlib.oauth2.rfc6749.errors import OAuth2Error  # type: ignore[import-untyped]
from litestar.concurrency import sync_to_thread

from api.house import House
from api.problems import Refusal
from api.proofs import Asked, KeyProof, NonceNeeded, ProofRefused, verify_proof
from partners.access import spend_key_proof
from partners.client_keys import ALGORITHMS
from partners.records.clients import KnownClient

_USED = "the DPoP proof was used before"


class ProofInvalid(OAuth2Error):  # type: ignore[misc] # Authlib is untyped
    """The token endpoint's answer to a proof that proves nothing (RFC 9449 sections 5 and 8)."""

    error = "invalid_dpop_proof"

    def __init__(self, description: str, nonce: str | None = None) -> None:
        super().__init__(description=_sentence(description), status_code=400)
        self._nonce = nonce
        if nonce:
            self.error = "use_dpop_nonce"

    def get_headers(self) -> list[tuple[str, str]]:
        nonce = [("DPoP-Nonce", self._nonce)] if self._nonce else []
        return [*super().get_headers(), *nonce]


class Possession:
    """Asks for proofs, and lets each be used once."""

    def __init__(self, house: House) -> None:
        self._house = house

    def bind(self, known: KnownClient, url: str, proofs: Sequence[str]) -> str | None:
        """What a token for a client that has proved itself is bound to: the thumbprint of its proof's key.

        Raises:
            ProofInvalid: there is a proof and it is no good, or there is none and the client needs one.
        """
        if not proofs and not known.is_bound:
            return None
        asked = Asked(method="POST", url=url, now=self._house.clock(), nonces=self.nonces())
        try:
            proof = verify_proof(proofs, asked)
        except NonceNeeded as error:
            raise ProofInvalid(str(error), asked.nonces[0]) from error
        except ProofRefused as error:
            raise ProofInvalid(str(error)) from error
        if not self._spend(proof):
            raise ProofInvalid(_USED)
        return proof.thumbprint

    def check(self, asked: Asked, proofs: Sequence[str], thumbprint: str) -> KeyProof:
        """See that who sends a bound token holds its key; the proof must still be spent.

        Raises:
            Refusal: there is no good proof by that key (401).
        """
        try:
            proof = verify_proof(proofs, asked)
        except NonceNeeded as error:
            raise refuse_proof(str(error), nonce=asked.nonces[0]) from error
        except ProofRefused as error:
            raise refuse_proof(str(error)) from error
        if proof.thumbprint != thumbprint:
            raise refuse_proof("the token is bound to another key", "invalid_token")
        return proof

    async def spend(self, proof: KeyProof) -> None:
        """Let a proof be used this once.

        Raises:
            Refusal: it was used before (401).
        """
        if not await sync_to_thread(self._spend, proof):
            raise refuse_proof(_USED)

    def nonces(self) -> tuple[str, ...]:
        """The nonces that are good now, the freshest first; none where the settings ask for none.

        They are made of the time by a key of ours, so all processes know them and nothing is kept.
        """
        seconds = self._house.settings.dpop_nonce_seconds
        if not seconds:
            return ()
        window = int(self._house.clock().timestamp()) // seconds
        index = self._house.keyring.blind_index
        return tuple(index("dpop nonce", str(place)).hex() for place in (window, window - 1))

    def _spend(self, proof: KeyProof) -> bool:
        return spend_key_proof(self._house.database, proof.thumbprint, proof.jti, proof.expires_at)


def refuse_proof(detail: str, error: str = "invalid_dpop_proof", nonce: str | None = None) -> Refusal:
    """The resource side's answer to a bound token without its proof (RFC 9449 section 7.1)."""
    headers = {"DPoP-Nonce": nonce} if nonce else {}
    challenge = challenge_dpop("use_dpop_nonce" if nonce else error, detail)
    return Refusal("unauthorized", _sentence(detail), headers={"WWW-Authenticate": challenge, **headers})


def challenge_dpop(error: str = "", description: str = "", scope: str = "") -> str:
    """The `WWW-Authenticate` challenge of RFC 9449 section 7.1."""
    parts = {"error": error, "error_description": description, "scope": scope, "algs": " ".join(ALGORITHMS)}
    said = [f'{name}="{value}"' for name, value in parts.items() if value]
    return ", ".join(['DPoP realm="touchstone"', *said])


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
