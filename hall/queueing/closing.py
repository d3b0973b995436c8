"""What screens say when lines are about to close (Q10): a warning among the notices, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hall.hours.queries import hours_of
from hall.hours.rules import near_closing, opening
from hall.queueing import waits
from hall.queueing.boards import LineView
from hall.sites import Site

FORECAST_AHEAD = timedelta(hours=4)
"""A wait longer than this is not told; earlier than this before closing no forecast is asked for."""

SAID: dict[str, dict[str, str]] = {
    "closing": {
        "zh": "取号到 {time} 为止，已取号的都会办完。其他办理方式请咨询导办台。",
        "en": "Tickets until {time}. Everybody who holds one is served;"
        " the reception desk tells you what else is possible.",
    },
    "closing_lines": {
        "zh": "{lines}取号到 {time} 为止，已取号的都会办完。其他办理方式请咨询导办台。",
        "en": "Tickets for {lines} until {time}. Everybody who holds one is served;"
        " the reception desk tells you what else is possible.",
    },
}
"""The product's own words, where a hall has not put in others (`screen.closing.zh` among its texts)."""


def closing_notices(
    session: Session, site: Site, lines: Sequence[LineView], now: datetime
) -> list[dict[str, Any]]:
    """One notice for each closing time that is near: `{id, text, text_en}`; empty while nothing closes soon.

    Near is what the hall has set, or what the forecast says of the last person's wait. Costs no statement while no
    closing time lies within four hours.
    """
    hours = hours_of(session, site)
    if not hours.posted:
        return []
    closing = {
        line: found
        for line in lines
        if line.stopped is None
        and (found := opening(hours, now, lunch_open=line.lunch_open)).closes_at
        and found.closes_at - now <= FORECAST_AHEAD
    }
    if not closing:
        return []
    figures, warn = waits.outlook(session, site), site.settings.warn_before_close_min
    near: dict[str, list[LineView]] = {}
    for line, found in closing.items():
        wait = figures.wait(line.id, line.tickets)
        if found.closes_at and near_closing(found, now, warn, wait.p90_min if wait else None):
            near.setdefault(f"{found.closes_at.astimezone(site.zone):%H:%M}", []).append(line)
    every = len(lines)
    return [_notice(site, at, group, every=len(group) == every) for at, group in sorted(near.items())]


def _notice(site: Site, at: str, lines: list[LineView], *, every: bool) -> dict[str, Any]:
    which = "closing" if every else "closing_lines"
    names = {
        "zh": "、".join(f"{line.prefix} {line.name}" for line in lines),
        "en": ", ".join(f"{line.prefix} {line.name_en or line.name}" for line in lines),
    }
    said = {
        lang: site.texts.get(f"screen.{which}.{lang}", own)
        .replace("{time}", at)
        .replace("{lines}", names[lang])
        for lang, own in SAID[which].items()
    }
    return {"id": f"closing-{at}", "text": said["zh"], "text_en": said["en"]}
