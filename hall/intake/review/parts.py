"""Parts of a case as its department sees it: papers, notices, stops, notes, what happened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import journal
from hall.accounts.models import Staff
from hall.intake.review.models import CaseNote, ClockStop, Deferral, NoticeLine, OneTimeNotice
from hall.intake.review.papers import papers_of
from hall.intake.review.shapes import (
    Happened,
    LineOfNotice,
    NoteOfCase,
    NoticeOfCase,
    PaperOfCase,
    StopOfCase,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from hall.intake.models import Case


class Names:
    """Names of colleagues by key, read in one statement when the first is asked for."""

    def __init__(self, session: Session, site_id: int) -> None:
        self.session, self.site_id = session, site_id
        self.known: dict[int, str] = {}

    def read(self, keys: Iterable[int | None]) -> None:
        """Read the names of these."""
        new = {key for key in keys if key is not None} - self.known.keys()
        if new:
            rows = self.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(new)))
            self.known |= {row.id: row.name for row in rows}

    def of(self, key: int | None) -> str:
        """The name; empty for nobody."""
        self.read([key])
        return self.known.get(key or 0, "")


def papers(session: Session, case: Case) -> tuple[PaperOfCase, ...]:
    """Its checklist with deferrals."""
    deferrals = {
        row.paper_id: row for row in session.scalars(select(Deferral).where(Deferral.case_id == case.id))
    }
    return tuple(
        PaperOfCase(
            id=paper.id,
            name=paper.name,
            name_en=paper.name_en,
            originals=paper.originals,
            copies=paper.copies,
            condition=paper.condition,
            condition_en=paper.condition_en,
            source=paper.source,
            deferrable=paper.deferrable,
            state=paper.state,
            note=paper.note,
            handed_in_at=paper.handed_in_at,
            deferral=deferrals[paper.id].state if paper.id in deferrals else "",
            until=deferrals[paper.id].until if paper.id in deferrals else None,
            force_majeure=(deferrals[paper.id].force_majeure or "") if paper.id in deferrals else "",
        )
        for paper in papers_of(session, case)
    )


def notices(session: Session, case: Case, names: Names) -> tuple[NoticeOfCase, ...]:
    """The notices that went out, with their lines."""
    rows = session.scalars(
        select(OneTimeNotice).where(OneTimeNotice.case_id == case.id).order_by(OneTimeNotice.serial)
    ).all()
    if not rows:
        return ()
    lines: Mapping[int, list[LineOfNotice]] = {row.id: [] for row in rows}
    for line in session.scalars(
        select(NoticeLine).where(NoticeLine.notice_id.in_(lines)).order_by(NoticeLine.sort)
    ):
        lines[line.notice_id].append(
            LineOfNotice(
                line.id,
                line.paper_id,
                line.material,
                line.problem,
                line.wanted,
                line.copies,
                line.where_to_get,
                line.settled_at,
                line.still_wrong,
            )
        )
    return tuple(
        NoticeOfCase(
            serial=row.serial,
            nonce=row.nonce,
            sent_by=names.of(row.sent_by),
            sent_at=row.sent_at,
            term_days=row.term_days,
            answer_by=row.answer_by,
            answered_at=row.answered_at,
            breach_by=names.of(row.breach_by),
            breach_reason=row.breach_reason or "",
            lines=tuple(lines[row.id]),
        )
        for row in rows
    )


def stops(session: Session, case: Case, names: Names) -> tuple[StopOfCase, ...]:
    """Its clock stops, oldest first."""
    rows = session.scalars(select(ClockStop).where(ClockStop.case_id == case.id).order_by(ClockStop.id))
    return tuple(
        StopOfCase(
            row.procedure,
            row.basis,
            row.planned_days,
            names.of(row.stopped_by),
            row.stopped_on,
            row.ends_on,
            row.resumed_on,
        )
        for row in rows.all()
    )


def notes(session: Session, case: Case, names: Names) -> tuple[NoteOfCase, ...]:
    """What colleagues wrote, newest first."""
    rows = session.scalars(
        select(CaseNote).where(CaseNote.case_id == case.id).order_by(CaseNote.id.desc())
    ).all()
    names.read(row.staff_id for row in rows)
    return tuple(NoteOfCase(names.of(row.staff_id), row.at, row.text) for row in rows)


def happened(session: Session, case: Case, names: Names) -> tuple[Happened, ...]:
    """What the journal says of it, oldest first; `by` empty where it happened by itself."""
    entries = journal.history(session, f"case:{case.id}")
    keys = [_staff(entry.actor) for entry in entries]
    names.read(keys)
    found = []
    for entry, key in zip(entries, keys, strict=True):
        data = json.loads(entry.data)
        what, basis = data.get("what") or "", data.get("basis") or ""
        if str(what).startswith("staff:"):
            what = names.of(_staff(what))
        found.append(Happened(entry.at, names.of(key), entry.fact, what, basis))
    return tuple(found)


def _staff(key: str) -> int | None:
    kind, _, number = key.partition(":")
    return int(number) if kind == "staff" and number.isdecimal() else None
