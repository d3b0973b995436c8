"""Lines in use: whoever comes to wait in one holds it there until that is done, and finds it in use (Q1)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.catalog.models import Line
from hall.errors import NotFound
from hall.unit_of_work import Work

STAYS: Any = {"read": True, "key_share": True}
"""Nobody retires the line meanwhile, others may come to wait beside; SQLite has one writer."""


def line_to_wait_in(work: Work, site_id: int, code: str | None) -> Line:
    """The hall's line of this code, in use until the end of the transaction. Raises NotFound."""
    wanted = select(Line).where(Line.code == code, Line.site_id == site_id, Line.retired_at.is_(None))
    found = work.session.scalar(wanted.with_for_update(**STAYS))
    if found is None:
        raise NotFound(_l("There is no such line."), code="unknown_line")
    return found


def is_in_use(work: Work, line: Line) -> bool:
    """Whether this line is in use; if so it stays until the end of the transaction."""
    work.session.refresh(line, with_for_update=STAYS)
    return line.retired_at is None
