"""Reading bulletins: the frozen ones, which everybody reads, and drafts, which the manager reads (M8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased

from hall.accounts.models import Staff
from hall.errors import NotFound
from hall.rota.bulletins.models import Bulletin
from hall.rota.bulletins.rules import parsed
from hall.rota.bulletins.states import Paper
from hall.rota.models import Rota

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

MOST = 300


@dataclass(frozen=True, slots=True)
class Listed:
    """A frozen bulletin on the list."""

    rota: str
    rota_name: str
    rota_name_en: str
    year: int
    number: int
    title: str
    first: date
    last: date
    signed_on: date
    correction: bool
    corrected: bool


@dataclass(frozen=True, slots=True)
class Frozen:
    """A frozen bulletin: `sheet` is all that it says, `written` the very text whose SHA-256 is `digest`.

    `corrected_by` are the corrections that came later, as year and number: they are no part of what was frozen.
    """

    bulletin: int
    rota: str
    sheet: dict[str, Any]
    written: str
    digest: str
    corrected_by: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft on the manager's list."""

    bulletin: int
    rota_name: str
    rota_name_en: str
    title: str
    first: date
    last: date
    drafted_by: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its figures."""

    bulletin: int
    rota_id: int
    site_id: int
    title: str
    text: str
    first: date
    last: date
    figures: dict[str, Any]
    written: str
    figures_at: datetime
    drafted_id: int
    drafted_by: str
    edited_id: int
    edited_by: str
    edited_at: datetime
    revision: int
    corrects: tuple[int, int] | None


def frozen(session: Session, site_id: int) -> tuple[Listed, ...]:
    """The newest of the hall first, three hundred at the most; two statements."""
    wanted = (
        select(Bulletin, Rota)
        .join(Rota, Rota.id == Bulletin.rota_id)
        .where(Bulletin.site_id == site_id, Bulletin.state == Paper.FROZEN)
        .order_by(Bulletin.year.desc(), Bulletin.signed_at.desc(), Bulletin.number.desc())
        .limit(MOST)
    )
    corrected = set(
        session.scalars(
            select(Bulletin.corrects_id).where(
                Bulletin.site_id == site_id, Bulletin.state == Paper.FROZEN, Bulletin.corrects_id.is_not(None)
            )
        )
    )
    return tuple(
        Listed(
            rota.code,
            rota.name,
            rota.name_en,
            row.year or 0,
            row.number or 0,
            row.title,
            row.first,
            row.last,
            row.signed_on or row.last,
            row.corrects_id is not None,
            row.id in corrected,
        )
        for row, rota in session.execute(wanted)
    )


def one(session: Session, rota: Rota, year: int, number: int) -> Frozen:
    """A frozen bulletin. Raises NotFound (`unknown_bulletin`)."""
    row = session.scalar(
        select(Bulletin).where(Bulletin.rota_id == rota.id, Bulletin.year == year, Bulletin.number == number)
    )
    if row is None or row.sheet is None or row.digest is None:
        raise _unknown()
    later = select(Bulletin.year, Bulletin.number).where(
        Bulletin.corrects_id == row.id, Bulletin.state == Paper.FROZEN
    )
    corrections = session.execute(later.order_by(Bulletin.year, Bulletin.number)).all()
    return Frozen(
        row.id,
        rota.code,
        parsed(row.sheet),
        row.sheet,
        row.digest,
        tuple((found.year or 0, found.number or 0) for found in corrections),
    )


def _unknown() -> NotFound:
    return NotFound(_l("There is no such bulletin."), code="unknown_bulletin")


def drafts(session: Session, site_id: int) -> tuple[DraftLine, ...]:
    """Drafts of the hall, the newest first."""
    wanted = (
        select(Bulletin, Rota, Staff.name.label("who"))
        .join(Rota, Rota.id == Bulletin.rota_id)
        .join(Staff, Staff.id == Bulletin.drafted_by)
        .where(Bulletin.site_id == site_id, Bulletin.state == Paper.DRAFT)
        .order_by(Bulletin.id.desc())
        .limit(MOST)
    )
    return tuple(
        DraftLine(row.id, rota.name, rota.name_en, row.title, row.first, row.last, who, row.edited_at)
        for row, rota, who in session.execute(wanted)
    )


def draft(session: Session, bulletin_id: int) -> DraftView:
    """One draft. Raises NotFound (`unknown_bulletin`), also for what is frozen or dropped."""
    drafter, editor = aliased(Staff), aliased(Staff)
    wrong = aliased(Bulletin)
    found = session.execute(
        select(Bulletin, drafter.name.label("drafter"), editor.name.label("editor"), wrong.year, wrong.number)
        .join(drafter, drafter.id == Bulletin.drafted_by)
        .join(editor, editor.id == Bulletin.edited_by)
        .outerjoin(wrong, wrong.id == Bulletin.corrects_id)
        .where(Bulletin.id == bulletin_id, Bulletin.state == Paper.DRAFT)
    ).one_or_none()
    if found is None:
        raise _unknown()
    row, drafted_by, edited_by, year, number = found
    return DraftView(
        row.id,
        row.rota_id,
        row.site_id,
        row.title,
        row.text,
        row.first,
        row.last,
        parsed(row.figures),
        row.figures,
        row.figures_at,
        row.drafted_by,
        drafted_by,
        row.edited_by,
        edited_by,
        row.edited_at,
        row.revision,
        (year, number) if year and number else None,
    )
