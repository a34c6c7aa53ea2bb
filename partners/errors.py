"""What can go wrong by a rule of the domain; `api.problems` turns each into one answer."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal with a sentence a partner may read: it holds no secret and no personal data."""


class NotFound(DomainError):
    """The thing does not exist, or is not the asker's to see: both look the same."""


class Gone(DomainError):
    """It was there, and was erased for good."""


class Unauthorized(DomainError):
    """The token is no longer good: revoked, or its client or organization suspended."""


class Forbidden(DomainError):
    """The caller is known, and this kind of partner may not do this."""


class Conflict(DomainError):
    """The state of the thing does not allow it; `type` is the stable problem type.

    With `retry_after` the state will have passed in so many seconds.
    """

    def __init__(
        self,
        detail: str,
        type: str = "conflict",  # noqa: A002 - RFC 9457's own word
        retry_after: int = 0,
    ) -> None:
        super().__init__(detail)
        self.type = type
        self.retry_after = retry_after


class KeyReused(DomainError):
    """An Idempotency-Key names one request, and came with another."""


class RuleBroken(DomainError):
    """Well-formed input that breaks rules of its fields: pairs of JSON pointer and sentence."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(detail for _, detail in errors))
        self.errors = errors


class PreconditionFailed(DomainError):
    """`If-Match` names another revision than the present one."""


class PreconditionRequired(DomainError):
    """A lost update would do harm here, so `If-Match` is required."""


class NotReady(DomainError):
    """A part we depend on is not there yet; the caller should come back in `retry_after` seconds."""

    def __init__(self, detail: str, retry_after: int = 2) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
