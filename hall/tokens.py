"""Unguessable public names. Pure.

A token is 9 random bytes and 9 bytes of their HMAC under the hall's key, base64url: 24 characters, 144 bits to guess.
The database stores only the random half, so that a stolen copy of it opens no page; with the key, staff screens and
reprints can show the whole again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

NONCE_BYTES = 9
TOKEN_LENGTH = 24
CODE_LENGTH = 10
CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters that are taken for digits
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": "", "\u2013": "", "\uff0d": ""})


def new_nonce() -> bytes:
    """A fresh random half."""
    return secrets.token_bytes(NONCE_BYTES)


def token_of(key: bytes, purpose: str, nonce: bytes) -> str:
    """The whole token of a stored nonce."""
    return base64.urlsafe_b64encode(nonce + _mac(key, purpose, nonce)).decode()


def nonce_of(key: bytes, purpose: str, token: str) -> bytes | None:
    """The nonce of a genuine token, or None."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return None
    nonce, mac = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
    return nonce if hmac.compare_digest(mac, _mac(key, purpose, nonce)) else None


def short_code(key: bytes, purpose: str, nonce: bytes) -> str:
    """Ten signs to type from paper, as two groups: 30 bits find the nonce, 20 bits of its HMAC prove it."""
    number = int.from_bytes(nonce[:4]) >> 2 << 20 | int.from_bytes(_mac(key, purpose, nonce)[:3]) >> 4
    signs = "".join(CODE_SIGNS[number >> shift & 31] for shift in range(45, -1, -5))
    return f"{signs[:5]}-{signs[5:]}"


def code_span(code: str) -> tuple[bytes, bytes] | None:
    """First and last nonce that a typed code may stand for; None where it is none. O, I, L are read as digits."""
    signs = code.upper().translate(_READ_AS)
    if len(signs) != CODE_LENGTH or not set(signs) <= set(CODE_SIGNS):
        return None
    first = 0
    for sign in signs[:6]:
        first = first << 5 | CODE_SIGNS.index(sign)
    return (first << 2).to_bytes(4) + bytes(NONCE_BYTES - 4), (first << 2 | 3).to_bytes(4) + b"\xff" * (
        NONCE_BYTES - 4
    )


def is_short_code(key: bytes, purpose: str, nonce: bytes, code: str) -> bool:
    """Whether a typed code is this nonce's."""
    given = code.upper().translate(_READ_AS)
    return hmac.compare_digest(given.encode(), short_code(key, purpose, nonce).replace("-", "").encode())


def place_key(key: bytes, nonce: bytes) -> str:
    """Six characters by which one phone finds itself in its line's public order, opaque to all others."""
    return base64.urlsafe_b64encode(_mac(key, "place", nonce)).decode()[:6]


def secret_token() -> str:
    """A bearer secret of 192 bits; store `digest` of it."""
    return secrets.token_urlsafe(24)


def repeatable_token(key: bytes, said: str) -> str:
    """A bearer secret of 192 bits that the same words give again; without the key nobody can work it out."""
    return base64.urlsafe_b64encode(
        hmac.digest(key, b"bearer\0" + said.encode("utf-8", "replace"), "sha256")[:24]
    ).decode()


def digest(secret: str) -> bytes:
    """What is stored of a bearer secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def code_digest(key: bytes, code: str) -> bytes:
    """What is stored of a short code: keyed, for a million digits are soon tried."""
    return hmac.digest(key, b"code\0" + code.encode("utf-8", "replace"), "sha256")


def digits(key: bytes, said: str) -> str:
    """Six digits that only the hall can work out from these words, to be read and typed at once."""
    number = int.from_bytes(hmac.digest(key, b"digits\0" + said.encode(), "sha256")[:8])
    return f"{number % 1_000_000:06}"


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, without telling by the time how far they are."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def person_digest(key: bytes, kind: str, value: str) -> bytes:
    """Keyed hash of an ID number or phone, for equality search and claims (Q8, I10)."""
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256")


def _mac(key: bytes, purpose: str, nonce: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + nonce, "sha256")[:NONCE_BYTES]
