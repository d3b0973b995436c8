"""What was learned, kept: one small row for all lines of a site together and one for each line."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, String, Text, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hall.database import Base
from hall.forecast.pace import Pace, PaceModel

TOGETHER = ""


class LinePace(Base):
    """A pace as JSON (`Pace.to_json`). `line` is the line's code, empty for all lines of the site together.

    `learned_for` is the business date that it was learned for, `from_day` whether that very day had to be its own
    basis because no earlier one was known.
    """

    __tablename__ = "line_pace"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(60), primary_key=True)
    pace: Mapped[str] = mapped_column(Text)
    observations: Mapped[int]
    learned_for: Mapped[date] = mapped_column(Date)
    from_day: Mapped[bool]


def keep(session: Session, site_id: int, model: PaceModel, learned_for: date, *, from_day: bool) -> None:
    """Put a learned model in the place of the site's last one."""
    session.execute(delete(LinePace).where(LinePace.site_id == site_id))
    rows = [
        {
            "site_id": site_id,
            "line": line,
            "pace": pace.to_json(),
            "observations": pace.observations,
            "learned_for": learned_for,
            "from_day": from_day,
        }
        for line, pace in {TOGETHER: model.pooled, **model.lines}.items()
    ]
    session.execute(insert(LinePace), rows)


def kept(session: Session, site_id: int) -> PaceModel:
    """The site's model; one that answers None to everything where nothing was learned."""
    rows = session.execute(select(LinePace.line, LinePace.pace).where(LinePace.site_id == site_id)).all()
    paces = {line: Pace.from_json(text) for line, text in rows}
    return PaceModel(paces.pop(TOGETHER, Pace()), paces)


def learned_from(session: Session, site_id: int) -> tuple[date, bool, int] | None:
    """For which business date the site's model was learned, whether from that day alone, and from how many waits."""
    row = session.execute(
        select(LinePace.learned_for, LinePace.from_day, LinePace.observations).where(
            LinePace.site_id == site_id, LinePace.line == TOGETHER
        )
    ).first()
    return (row.learned_for, row.from_day, row.observations) if row else None
