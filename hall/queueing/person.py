"""By what a person is known in the queue: a keyed hash of the number or phone they gave, nothing else (Q8)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hall import tokens
from hall.applicants.traces import Trace

if TYPE_CHECKING:
    from hall.keyring import Keys


def known_by(keys: Keys, kind: str, value: str) -> Trace:
    """The hash of an ID number (`id`) or a phone (`phone`), however it was typed."""
    plain = "".join(sign for sign in value.upper() if sign.isalnum())
    return Trace.of(keys.latest(), partial(_digest, kind=kind, plain=plain), "person")


def _digest(secret: bytes, *, kind: str, plain: str) -> bytes:
    return tokens.person_digest(secret, f"claim-{kind}", plain)
