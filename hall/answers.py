"""First answers to idempotency keys, kept for a day: the same key again gets the same answer.

An answer may say again what somebody typed. It is sealed with a key made of the hall's and of the request's own, so
that only who asks again opens it (I10). Rotating keys does not concern it: it is gone in a day.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, Index, LargeBinary, String, Table, Text, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hall.database import Base
from hall.errors import Invalid
from hall.statements import Statement

SEALED, NONCE = "sealed:", 12


class IdempotentAnswer(Base):
    """The first answer to an idempotency key, kept for a day. `key` is a hash of actor, method, path and key."""

    __tablename__ = "idempotent_answer"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    body: Mapped[str | None] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_idempotent_answer_at", "at"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP: status, JSON text (None for no body), and whether it is a replay."""

    status: int
    body: str | None
    content_type: str = "application/json"
    replay: bool = False

    @classmethod
    def of(cls, state: object, status: int = 200) -> Answer:
        """An answer that says this state, as JSON."""
        return cls(status, json.dumps(state, ensure_ascii=False, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key as given: it belongs to the actor, the method and the path. `secret` is the hall's."""

    actor: str
    method: str
    path: str
    key: str
    body: bytes
    secret: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> bytes:
        """Primary key of the stored answer."""
        return hashlib.sha256(self._said).digest()

    @property
    def request(self) -> bytes:
        """Hash of the request's body."""
        return hashlib.sha256(self.body).digest()

    @property
    def _said(self) -> bytes:
        said = f"{self.actor}\x00{self.method}\x00{self.path}\x00{self.key}"
        return said.encode("utf-8", "surrogatepass")

    @property
    def _cipher(self) -> AESGCM:
        return AESGCM(hmac.digest(b"answer" + self.secret, self._said, "sha256"))

    def seal(self, text: str | None) -> str | None:
        """What is kept of an answer."""
        if text is None:
            return None
        nonce = os.urandom(NONCE)
        return SEALED + b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), None)).decode()

    def open(self, kept: str | None) -> str | None:
        """The answer again. One of before answers were sealed stands as it is. Raises InvalidTag under other keys."""
        if kept is None or not kept.startswith(SEALED):
            return kept
        sealed = b64decode(kept.removeprefix(SEALED))
        return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None).decode()


# Every command with a key runs them
_ANSWERS = cast("Table", IdempotentAnswer.__table__)
_FIELDS = _ANSWERS.c.request, _ANSWERS.c.status, _ANSWERS.c.body, _ANSWERS.c.content_type
_KEPT = Statement(select(*_FIELDS).where(_ANSWERS.c.key == bindparam("name")))
_KEEP = Statement(insert(_ANSWERS))
_NUMBER = bindparam("number", type_=BigInteger)
_ALONE = Statement(select(func.pg_advisory_xact_lock(_NUMBER)))
_locked = select(func.pg_try_advisory_xact_lock(_NUMBER).label("mine")).subquery()
_KEPT_AND_ALONE = Statement(
    select(_locked.c.mine, *_FIELDS).select_from(
        _locked.outerjoin(_ANSWERS, _ANSWERS.c.key == bindparam("name"))
    )
)


def kept_answer(session: Session, once: Once) -> Answer | None:
    """The first answer under this key. Raises Invalid when the key was used with another body."""
    one_writer = session.get_bind().dialect.name != "postgresql"
    found = _KEPT.first(session, {"name": once.name}) if one_writer else _after_the_first(session, once)
    if found is None:
        return None
    request, status, kept, content_type = found
    try:
        body = once.open(kept)
    except InvalidTag:  # the database was put back without its keys
        request = b""
    if request != once.request:
        raise Invalid(_l("This idempotency key was used for another request."), code="idempotency_key_reused")
    return Answer(status, body, content_type, replay=True)


def _after_the_first(session: Session, once: Once) -> Any:  # noqa: ANN401 - a row
    """What is kept; a repeat that comes while the first still runs waits for it.

    Nobody else has the key: one statement. One who ends just between its two halves is not seen; then the second
    answer is refused by the table's key, and a refusal is answered with what was kept (`keep_refusal`).
    """
    given = {"name": once.name, "number": int.from_bytes(once.name[:8], signed=True)}
    mine, *found = _KEPT_AND_ALONE.first(session, given)
    if not mine:
        _ALONE.rows(session, {"number": given["number"]})
        return _KEPT.first(session, {"name": once.name})
    return found if found[0] is not None else None


def keep_answer(session: Session, once: Once, answer: Answer, at: datetime) -> None:
    """Keep the first answer under its key."""
    row = {
        "key": once.name,
        "request": once.request,
        "status": answer.status,
        "body": once.seal(answer.body),
        "content_type": answer.content_type,
        "at": at,
    }
    _KEEP.rows(session, row)
