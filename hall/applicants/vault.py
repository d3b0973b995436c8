"""Personal data at rest: sealed with the hall's key, found again by a keyed hash (I10).

Each use has a key of its own, derived from the hall's, so that what is learnt of one opens no other. Sealing keys are
rotated (see `resealing`), and so are the keys of search (`retracing`): everybody is found all the while.
"""

from __future__ import annotations

import base64
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hall import tokens
from hall.applicants.traces import Trace
from hall.keyring import FIRST, mark

if TYPE_CHECKING:
    from hall.applicants.rules import Number
    from hall.keyring import Keys


class Sealed(Exception):
    """Something was sealed with another key: the data folder and the database do not belong together."""


class Vault:
    """Seals and opens texts, and hashes numbers for search. The newest key of the ring seals, every one opens."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys.latest()

    def seal(self, text: str) -> bytes | None:
        """Encrypted and authenticated, with a mark of the key; None for nothing."""
        if not text:
            return None
        newest = self._keys.ring[-1]
        return mark(newest.number) + _cipher(newest.secret).encrypt(text.encode())

    def open(self, sealed: bytes | None) -> str:
        """The text. Raises Sealed where the key is another."""
        if sealed is None:
            return ""
        number, token = _parts(sealed)
        secret = self._secret(number)
        message = "The hall's keys do not fit this database; restore database and keys from one backup."
        if secret is None:
            raise Sealed(message)
        try:
            return _cipher(secret).decrypt(token).decode()
        except InvalidToken:
            raise Sealed(message) from None

    def _secret(self, number: int) -> bytes | None:
        """A key of the ring; one that another process has only just added is read now."""
        for keys in (self._keys, self._keys.latest()):
            for key in keys.ring:
                if key.number == number:
                    return key.secret
        return None

    def trace(self, number: Number) -> Trace | None:
        """The keyed hash by which a number is found; None for `none_yet`."""
        digest = partial(_digest, kind=number.kind, text=number.text)
        return Trace.of(self._keys, digest, "trace", "number_trace") if number.text else None

    def phone_trace(self, digits: str) -> Trace:
        """The keyed hash by which somebody is found by their telephone."""
        return Trace.of(self._keys, partial(_digest, kind="phone", text=digits), "trace", "phone_trace")


def _digest(secret: bytes, *, kind: str, text: str) -> bytes:
    return tokens.person_digest(_derived(secret, b"search"), kind, text)


def _parts(sealed: bytes) -> tuple[int, bytes]:
    """The number of the key, and what it sealed."""
    head, dot, token = sealed.partition(b".")
    number = head[1:]
    return (int(number), token) if dot and head[:1] == b"k" and number.isdigit() else (FIRST, sealed)


@lru_cache(maxsize=16)
def _cipher(secret: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(secret, b"seal")))


@lru_cache(maxsize=32)
def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"hall applicants " + use).derive(secret)
