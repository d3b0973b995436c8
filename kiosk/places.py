"""Where a line is served, as people say it: 一楼 3—6 号窗口."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall.catalog.models import Line, Window, WindowLine
from hall.sites import Site

Stand = tuple[str, str, int]
"""Area, area in English, number of a window."""


def stands_of_lines(session: Session, site: Site) -> dict[str, list[Stand]]:
    """The windows that prefer each line of the site, by the line's code, in order of their numbers."""
    found: dict[str, list[Stand]] = {}
    rows = session.execute(
        select(Line.code, Window.area, Window.area_en, Window.number)
        .join(WindowLine, WindowLine.line_id == Line.id)
        .join(Window, Window.id == WindowLine.window_id)
        .where(Line.site_id == site.id, Window.retired_at.is_(None), WindowLine.preferred.is_(True))
        .order_by(Window.number)
    )
    for code, area, area_en, number in rows:
        found.setdefault(code, []).append((area, area_en, number))
    return found


def window_names(session: Session, site: Site, lang: str) -> dict[str, str]:
    """The windows of the site as the public reads them, by code."""
    rows = session.execute(
        select(Window.code, Window.name, Window.name_en).where(
            Window.site_id == site.id, Window.retired_at.is_(None)
        )
    )
    return {code: name_en or name if lang == "en" else name for code, name, name_en in rows}


def place(stands: Iterable[Stand], lang: str) -> str:
    """The windows in words of the language that is on; `lang` chooses the areas' names. Empty for none."""
    parts, joint = [], ", " if lang == "en" else " "
    for (area, area_en), group in groupby(stands, key=lambda stand: stand[:2]):
        numbers = [number for _area, _area_en, number in group]
        name = area_en or area if lang == "en" else area
        parts.append(joint.join(filter(None, (name, _said(numbers)))))
    return str(_(", ")).join(parts)


def _said(numbers: list[int]) -> str:
    said = ngettext("window %(numbers)s", "windows %(numbers)s", len(numbers), numbers=runs(numbers))
    return str(said)


def runs(numbers: list[int]) -> str:
    """Numbers with their runs drawn together: [3, 4, 5, 9] is 3—5、9 in Chinese, 3–5, 9 in English."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    dash, comma = str(_("–")), str(_(", "))
    return comma.join(str(run[0]) if len(run) == 1 else f"{run[0]}{dash}{run[-1]}" for run in parts)
