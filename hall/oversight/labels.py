"""What entries are about, by the names that signs and slips carry: numbers, lines, windows, halls. Never people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hall.catalog.models import Line, Window
from hall.oversight.queries import Entry
from hall.queueing.models import Ticket
from hall.sites import Site

CODES = {"line": "line", "other_line": "line", "window": "window", "to_window": "window"}
"""Details that hold a code, by the kind of what they name."""
NAMED: Mapping[str, Any] = {"line": Line, "window": Window, "site": Site}


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages, as `ui.name_of` takes it."""

    name: str
    name_en: str


def labels(session: Session, entries: Iterable[Entry]) -> dict[str, Label]:
    """Labels of all subjects and codes of a page, by `kind:key`; at most one statement a kind."""
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        kind, _colon, key = entry.subject.partition(":")
        wanted.setdefault(kind, set()).add(key)
        for name, code in entry.data.items():
            if name in CODES:
                wanted.setdefault(CODES[name], set()).add(str(code))
    found = _tickets(session, wanted.get("ticket", set()))
    for kind, table in NAMED.items():
        if wanted.get(kind):
            rows = session.execute(
                select(table.code, table.name, table.name_en).where(table.code.in_(wanted[kind]))
            )
            found |= {f"{kind}:{code}": Label(name, english) for code, name, english in rows}
    return found


def _tickets(session: Session, keys: set[str]) -> dict[str, Label]:
    if not keys:
        return {}
    rows = session.execute(
        select(Ticket.id, Ticket.number).where(Ticket.id.in_([int(key) for key in keys if key.isdigit()]))
    )
    return {f"ticket:{key}": Label(number, number) for key, number in rows}
