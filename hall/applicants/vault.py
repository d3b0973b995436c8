"""Personal data at rest: sealed with the hall's key, found again by a keyed hash (I10).

Each use has a key of its own, derived from the hall's personal key, so that what is learnt of one opens no other.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hall import tokens

if TYPE_CHECKING:
    from hall.applicants.rules import Number


class Sealed(Exception):
    """Something was sealed with another key: the data folder and the database do not belong together."""


class Vault:
    """Seals and opens texts, and hashes numbers for search. `personal` is the hall's key of 32 bytes."""

    def __init__(self, personal: bytes) -> None:
        self._cipher = Fernet(base64.urlsafe_b64encode(_derived(personal, b"seal")))
        self._search = _derived(personal, b"search")

    def seal(self, text: str) -> bytes | None:
        """Encrypted and authenticated; None for nothing."""
        return self._cipher.encrypt(text.encode()) if text else None

    def open(self, sealed: bytes | None) -> str:
        """The text. Raises Sealed where the key is another."""
        if sealed is None:
            return ""
        try:
            return self._cipher.decrypt(sealed).decode()
        except InvalidToken:
            message = "The hall's keys do not fit this database; restore database and keys from one backup."
            raise Sealed(message) from None

    def trace(self, number: Number) -> bytes | None:
        """The keyed hash by which a number is found; None for `none_yet`."""
        return tokens.person_digest(self._search, number.kind, number.text) if number.text else None

    def phone_trace(self, digits: str) -> bytes:
        """The keyed hash by which somebody is found by their telephone."""
        return tokens.person_digest(self._search, "phone", digits)


def _derived(personal: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"hall applicants " + use).derive(personal)
