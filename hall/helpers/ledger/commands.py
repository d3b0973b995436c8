"""What is wished of a line of the ledger: typed commands. What is personal comes sealed already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hall.queueing.drawing import Matter


@dataclass(frozen=True, slots=True)
class Write:
    """Write columns of an open line; `what` is the word that the journal keeps."""

    nonce: bytes | None
    what: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakePaper:
    """A paper is taken from somebody."""

    nonce: bytes | None
    name: str
    count: int = 1
    original: bool = True


@dataclass(frozen=True, slots=True)
class ReturnPaper:
    """A paper goes back."""

    nonce: bytes | None
    paper: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """Another helper goes on, by badge, with a note; of a line, or of a booking that has not begun."""

    nonce: bytes | None
    to: str
    note: bytes | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """Help is over."""

    nonce: bytes | None
    result: str
    note: bytes | None = None
    call_back_on: date | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """A number for the person whom one helps; `person` is the keyed hash of who they are (Q8)."""

    nonce: bytes | None
    matter: Matter
    person: bytes | None = None
    heads: int = 1


@dataclass(frozen=True, slots=True)
class Begin:
    """Help begins without a call or a booking: for a number of today, or for a matter."""

    kind: str
    number: str = ""
    matter: Matter | None = None
