"""Which topics are about something that exists: nobody waits for others, and none of them gets a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.models import Line, Window
from hall.errors import NotFound
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

CODES = {"site": Site.code, "line": Line.code, "window": Window.code, "plate": Window.code}
"""Topics that anybody may name; of all others the row was found when it was asked for."""


def existing(session: Session, topics: Iterable[str]) -> set[str]:
    """Those of these whose hall, line or window exists, whether it is retired or not."""
    found: set[str] = set()
    named: dict[str, dict[str, set[str]]] = {}
    for topic in topics:
        kind, _, rest = topic.partition(":")
        if kind not in CODES:
            found.add(topic)
            continue
        code = rest.rpartition(":")[0] if kind == "site" else rest
        named.setdefault(kind, {}).setdefault(code, set()).add(topic)
    for kind, by_code in named.items():
        column = CODES[kind]
        for code in session.scalars(select(column).where(column.in_(sorted(by_code)))):
            found |= by_code[code]
    return found


def must_exist(session: Session, topic: str) -> None:
    """Raises NotFound where there is no such hall, line or window."""
    if topic not in existing(session, [topic]):
        raise NotFound(topic, code=f"unknown_{topic.partition(':')[0]}")
