"""Who does a thing: staff, device, member of the public, or the product's own jobs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The four kinds of caller."""

    DEVICE = "device"
    PUBLIC = "public"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller with what it may do. `key` names it in the journal and never holds personal data."""

    kind: ActorKind
    id: int | None = None
    site_id: int | None = None
    can: frozenset[str] = frozenset()
    window_id: int | None = None
    every_site: bool = False
    department_id: int | None = None

    @property
    def key(self) -> str:
        """`staff:12`, `device:3`, `public`, `system`."""
        return self.kind.value if self.id is None else f"{self.kind.value}:{self.id}"


PUBLIC_ACTOR = Actor(ActorKind.PUBLIC)
SYSTEM_ACTOR = Actor(ActorKind.SYSTEM, every_site=True)
