"""What can happen to a bulletin, as the journal keeps it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hall.facts import Fact


@dataclass(frozen=True, kw_only=True)
class BulletinFact(Fact):
    """Something happened to a bulletin of a reception."""

    bulletin_id: int
    rota: str
    first: str
    last: str

    hidden: ClassVar[frozenset[str]] = Fact.hidden | {"bulletin_id"}

    @property
    def subject(self) -> str:
        """`bulletin:ID`."""
        return f"bulletin:{self.bulletin_id}"


class BulletinDrafted(BulletinFact):
    """A draft was made from the records."""


class BulletinEdited(BulletinFact):
    """Its words were changed."""


class BulletinFiguresTaken(BulletinFact):
    """Its figures were taken from the records again."""


class BulletinDropped(BulletinFact):
    """A draft was dropped."""


@dataclass(frozen=True, kw_only=True)
class BulletinSigned(BulletinFact):
    """It was signed off: numbered, frozen, public. `digest` is the SHA-256 of all that it says."""

    year: int
    number: int
    digest: str
