"""What every fact has: the hall where it happened, a name, a subject, live topics, and what the journal keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of all facts. `name` is the class name in snake case."""

    site_id: int | None = None
    site: str | None = None

    name: ClassVar[str] = "fact"
    hidden: ClassVar[frozenset[str]] = frozenset({"site_id", "site"})

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @property
    def subject(self) -> str:
        """What it happened to, as `kind:key`."""
        return f"site:{self.site}"

    def topics(self) -> frozenset[str]:
        """Live topics whose state this changes."""
        return frozenset()

    def data(self) -> dict[str, object]:
        """What the journal keeps beside subject and time: every set field that is not hidden."""
        return {
            item.name: value
            for item in fields(self)
            if item.name not in self.hidden and (value := getattr(self, item.name)) is not None
        }


@dataclass(frozen=True, kw_only=True)
class Touched(Fact):
    """What else a change shows in, beside what happened: told live, and never in the journal."""

    shown_in: frozenset[str]

    def topics(self) -> frozenset[str]:
        """Just these."""
        return self.shown_in
