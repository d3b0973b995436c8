"""A ticket's own history, so that staff can answer "why was that one first" (Q7). Nothing here writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import journal
from hall.accounts.models import Staff
from hall.catalog.models import Line, Window
from hall.journal import JournalEntry
from hall.queueing import rules, words
from hall.queueing.models import Ticket, TicketNote
from hall.queueing.queries import TicketView, ticket_view
from hall.queueing.rules import Why

OVERTAKEN_LIMIT = 20
CALLS = "ticket_called"


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a ticket. `who` is a name or a kind of caller, `window` the window's number.

    `details` are the reasons and the note, each a part of a sentence in the caller's language.
    """

    at: datetime
    fact: str
    what: str
    who: str
    window: int | None
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overtaking:
    """A ticket of the same line that was drawn later and called earlier, and why."""

    number: str
    issued_at: datetime
    called_at: datetime
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TicketHistory:
    """A ticket, why it has its place, what happened to it (oldest first), and who was called before it."""

    ticket: TicketView
    lane_reason: str
    place_why: tuple[str, ...]
    happened: tuple[Happened, ...]
    overtaken_by: tuple[Overtaking, ...]


def history_of(session: Session, ticket: Ticket) -> TicketHistory:
    """Everything that staff may read of one ticket, in plain words of the caller's language (Q7)."""
    entries = journal.history(session, f"ticket:{ticket.id}")
    notes = session.scalars(
        select(TicketNote).where(TicketNote.ticket_id == ticket.id).order_by(TicketNote.id)
    ).all()
    names = _names(session, entries)
    rows = session.execute(select(Window.code, Window.number).where(Window.site_id == ticket.site_id))
    windows = {row.code: row.number for row in rows}
    lines = _line_names(session, ticket.site_id)
    return TicketHistory(
        ticket=ticket_view(session, ticket),
        lane_reason=words.reason(ticket.lane_reason),
        place_why=_place_why(ticket),
        happened=tuple(_happened(entry, notes, names, windows, lines) for entry in entries),
        overtaken_by=_overtaken_by(session, ticket),
    )


def _place_why(ticket: Ticket) -> tuple[str, ...]:
    return (words.why(rules.why_here(ticket.basis, ticket.issued_at, ticket.place)),)


def _names(session: Session, entries: list[JournalEntry]) -> dict[str, str]:
    ids = {
        int(key) for kind, _sep, key in (entry.actor.partition(":") for entry in entries) if kind == "staff"
    }
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {f"staff:{row.id}": row.name for row in rows}


def _line_names(session: Session, site_id: int) -> dict[str, str]:
    english = str(get_locale() or "zh") == "en"
    rows = session.execute(select(Line.code, Line.name, Line.name_en).where(Line.site_id == site_id))
    return {row.code: row.name_en if english and row.name_en else row.name for row in rows}


def _who(actor: str, names: dict[str, str]) -> str:
    kinds = {
        "device": _("Kiosk"),
        "public": _("Holder"),
        "system": _("System"),
        "staff": _("Member of staff"),
    }
    return names.get(actor) or str(kinds.get(actor.partition(":")[0], actor))


def _happened(
    entry: JournalEntry,
    notes: Any,  # noqa: ANN401 - rows of notes
    names: dict[str, str],
    windows: dict[str, int],
    lines: dict[str, str],
) -> Happened:
    data: dict[str, Any] = json.loads(entry.data)
    window = windows.get(data.get("window", ""))
    note = [said.text for said in notes if said.at == entry.at]
    return Happened(
        at=entry.at,
        fact=entry.fact,
        what=words.event(entry.fact, window),
        who=_who(entry.actor, names),
        window=window,
        details=tuple(part for part in (*_details(entry.fact, data, lines, windows), *note) if part),
    )


def _details(fact: str, data: dict[str, Any], lines: dict[str, str], windows: dict[str, int]) -> list[str]:
    found = [words.reason(data.get("reason"))]
    if fact == "ticket_issued":
        found += [str(words.CHANNELS.get(data.get("channel", ""), "")), lines.get(data.get("line", ""), "")]
        found += [_("priority lane")] if data.get("lane") == "priority" else []
    if fact == CALLS:
        found += [words.why(why) for why in called_because(data)]
    if fact == "ticket_held" and data.get("to_window"):
        found.append(_("to window %(window)s", window=windows.get(data["to_window"], "—")))
    if fact == "ticket_transferred":
        came, went = lines.get(data.get("other_line", ""), ""), lines.get(data.get("line", ""), "")
        to_window = windows.get(data.get("to_window", ""))
        found.append(_("to window %(window)s", window=to_window) if to_window else f"{came} → {went}")
    return found


def called_because(data: dict[str, Any]) -> list[Why]:
    """The stored reasons of one call: which tier of the window, then why it had its place."""
    because, found = data.get("because"), []
    if because == "overdue":
        found.append(Why("overdue", data.get("waited_min")))
    elif because and because != "chosen":
        found.append(Why(because))
    if data.get("basis"):
        found.append(Why(data["basis"], data.get("ahead_min")))
    return found


def _overtaken_by(session: Session, ticket: Ticket) -> tuple[Overtaking, ...]:
    wanted = select(Ticket).where(
        Ticket.line_id == ticket.line_id,
        Ticket.site_id == ticket.site_id,
        Ticket.business_date == ticket.business_date,
        Ticket.issued_at > ticket.issued_at,
        Ticket.first_called_at.is_not(None),
    )
    if ticket.first_called_at is not None:
        wanted = wanted.where(Ticket.first_called_at < ticket.first_called_at)
    rows = session.scalars(wanted.order_by(Ticket.first_called_at, Ticket.id).limit(OVERTAKEN_LIMIT)).all()
    return tuple(
        Overtaking(row.number, row.issued_at, row.first_called_at, _why_before(row))
        for row in rows
        if row.first_called_at is not None
    )


def _why_before(ticket: Ticket) -> tuple[str, ...]:
    out_of_order = (words.reason(ticket.call_reason),) if ticket.call_reason else ()
    return (*out_of_order, *_place_why(ticket))
