"""What the verbs of bookings are given (H2, H3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from hall.applicants.vault import Vault
    from hall.helpers.people import Person
    from hall.queueing.drawing import Matter


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep a time while somebody fills the form in. `helper` is a badge, where one is wished for."""

    site_id: int
    kind: str
    matter: Matter
    starts_at: datetime
    channel: str
    needs: frozenset[str] = frozenset()
    helper: str | None = None
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class Confirm:
    """Whose it is, and what they need."""

    nonce: bytes | None
    vault: Vault
    person: Person
    address: str = ""
    wish: str = ""
    companions: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """Another time, or another helper; `revision` is what the caller saw."""

    nonce: bytes | None
    starts_at: datetime
    revision: int
    helper: str | None = None
    needs: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give it up; `revision` is what the caller saw, where they saw it."""

    nonce: bytes | None
    revision: int | None = None
