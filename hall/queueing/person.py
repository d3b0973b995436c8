"""By what a person is known in the queue: a keyed hash of the number or phone they gave, nothing else (Q8)."""

from __future__ import annotations

from hall import tokens


def known_by(key: bytes, kind: str, value: str) -> bytes:
    """The hash of an ID number (`id`) or a phone (`phone`), however it was typed."""
    plain = "".join(sign for sign in value.upper() if sign.isalnum())
    return tokens.person_digest(key, f"claim-{kind}", plain)
