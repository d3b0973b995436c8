"""What can go wrong for a caller. Raised anywhere, turned into a problem document or page in one handler."""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """Base: `code` is stable and English; `message` is (lazily) translated and tells what to do.

    `more` are further members of the problem document, which a program can use.
    """

    status: ClassVar[int] = 400
    default_code: ClassVar[str] = "bad_request"

    def __init__(
        self,
        message: object,
        *,
        code: str | None = None,
        errors: dict[str, list[object]] | None = None,
        retry_after: int | None = None,
        more: dict[str, object] | None = None,
    ) -> None:
        super().__init__(code or self.default_code)
        self.message = message
        self.code = code or self.default_code
        self.errors = errors
        self.retry_after = retry_after
        self.more = more or {}


class Invalid(DomainError):
    """Bad input: 422, with messages by field where a field is at fault."""

    status = 422
    default_code = "invalid"


class NotSignedIn(DomainError):
    """401: nobody is signed in, or the token is stale."""

    status = 401
    default_code = "not_signed_in"


class Refused(DomainError):
    """403: known, but not allowed to do this."""

    status = 403
    default_code = "forbidden"


class NotFound(DomainError):
    """404: no such thing, or not to be seen by this caller."""

    status = 404
    default_code = "not_found"


class Conflict(DomainError):
    """409: wrong state for this, or somebody was faster."""

    status = 409
    default_code = "conflict"


class TooLarge(DomainError):
    """413: the body is larger than anything we take."""

    status = 413
    default_code = "too_large"


class Unavailable(DomainError):
    """503: the database is away or the disk full; `retry_after` in seconds."""

    status = 503
    default_code = "unavailable"


class TooMany(DomainError):
    """429: slow down; `retry_after` in seconds."""

    status = 429
    default_code = "too_many"
