"""Changing windows, and which lines they serve in which tier (Q5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from hall import facts
from hall.catalog.models import Line, Window, WindowLine
from hall.errors import Conflict, Invalid
from hall.premises.rows import Retire, changed, of_site_row, raise_all, refuse, site_for, slug
from hall.queueing.models import Staffing
from hall.sites import Site
from hall.unit_of_work import Work

NUMBERS = range(1, 1000)
PREFERRED, OTHER = "preferred", "other"


@dataclass(frozen=True, slots=True)
class SaveWindow:
    """A window to add or change; `serves` gives each line's id its tier, preferred or other (Q5)."""

    site_id: int
    window_id: int | None
    number: int
    name: str
    name_en: str = ""
    area: str = ""
    area_en: str = ""
    code: str = ""
    serves: Mapping[int, str] | None = None


@dataclass(frozen=True, slots=True)
class SetTiers:
    """What every window of a site serves: window id → line id → tier."""

    site_id: int
    tiers: Mapping[int, Mapping[int, str]]


def save_window(work: Work, command: SaveWindow) -> int:
    """Add or change a window; answers its id. Raises Invalid, Conflict (number taken), NotFound."""
    site = site_for(work, command.site_id)
    _check_window(command)
    row = of_site_row(work, site, Window, command.window_id) if command.window_id else None
    if row is None:
        row = Window(
            site_id=site.id, code=slug(work, Window, command.code, f"{site.code}-{command.number:02d}")
        )
    with work.session.no_autoflush:
        same = select(Window.id).where(Window.site_id == site.id, Window.number == command.number)
        if any(found != row.id for found in work.session.scalars(same)):
            refuse("number", _l("Another window has this number."))
    row.number, row.name, row.name_en = command.number, command.name, command.name_en
    row.area, row.area_en = command.area, command.area_en
    work.session.add(row)
    work.session.flush()
    if command.serves is not None:
        _serve(work, site, row, command.serves)
    changed(work, site, f"window {row.code}")
    window_changed(work, site, row)
    return row.id


def retire_window(work: Work, command: Retire) -> None:
    """Take a window out of use, or bring it back. Raises Conflict while it is staffed."""
    site = site_for(work, command.site_id)
    row = of_site_row(work, site, Window, command.key)
    staffed = select(Staffing.id).where(Staffing.window_id == row.id, Staffing.closed_at.is_(None))
    if not command.back and work.session.scalar(staffed):
        raise Conflict(_l("Somebody works at this window. Close it first."), code="window_in_use")
    row.retired_at = None if command.back else work.now
    changed(work, site, f"window {row.code} {'back' if command.back else 'retired'}")


def set_tiers(work: Work, command: SetTiers) -> None:
    """What each window serves, preferred and otherwise (Q5); the next call goes by it."""
    site = site_for(work, command.site_id)
    for key, serves in command.tiers.items():
        row = of_site_row(work, site, Window, key)
        if _serve(work, site, row, serves):
            window_changed(work, site, row)
    changed(work, site, "tiers")


def window_changed(work: Work, site: Site, row: Window) -> None:
    """Its console and plate are sent anew, and how many windows are open to all lines that it may have served."""
    every = frozenset(work.session.scalars(select(Line.code).where(Line.site_id == site.id)))
    work.record(facts.WindowChanged(site_id=site.id, site=site.code, window=row.code, serves=every))


def _serve(work: Work, site: Site, row: Window, serves: Mapping[int, str]) -> bool:
    present = {
        each.line_id: PREFERRED if each.preferred else OTHER
        for each in work.session.scalars(select(WindowLine).where(WindowLine.window_id == row.id))
    }
    if present == dict(serves):
        return False
    for key, tier in serves.items():
        of_site_row(work, site, Line, key)
        if tier not in {PREFERRED, OTHER}:
            raise Invalid(_l("Choose one of the values offered."), code="bad_tier")
    work.session.execute(delete(WindowLine).where(WindowLine.window_id == row.id))
    work.session.add_all(
        WindowLine(window_id=row.id, line_id=key, preferred=tier == PREFERRED) for key, tier in serves.items()
    )
    return True


def _check_window(command: SaveWindow) -> None:
    errors: dict[str, list[object]] = {}
    if command.number not in NUMBERS:
        errors["number"] = [_l("Enter a number from 1 to 999.")]
    if not command.name:
        errors["name"] = [_l("This is needed.")]
    raise_all(errors)
