"""What the floor topic and the machine interface say to the hall manager: one small whole state."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hall import clock
from hall.cutoff.aside import still_aside
from hall.floor import queries, window_queries
from hall.helpers.calls.payloads import for_floor
from hall.queueing.boards import notices
from hall.queueing.counts import today
from hall.queueing.payloads import line_list, local
from hall.sites import site_by_code
from hall.unit_of_work import units


def floor(session: Session, code: str, key: bytes) -> dict[str, Any]:
    """The floor of a site at a glance; as many statements for sixty windows as for six."""
    site, now = site_by_code(session, code), clock.now()
    day, zone = today(site, now), site.zone
    shown = line_list(session, site, now)
    glances = {line.code: line for line in queries.lines(session, site, day, now)}
    waiting = {line["code"]: int(line["waiting"]) for line in shown}
    windows = window_queries.windows(session, site, day, now)
    return {
        "business_date": day.isoformat(),
        "windows": [window_state(window, waiting, zone) for window in windows],
        "lines": [line | _more(glances[line["code"]], zone) for line in shown if line["code"] in glances],
        "devices": [_device(row, zone) for row in queries.troubled_devices(session, site, now)],
        "notices": [notice_state(queries.notice_view(row, site)) for row in notices(session, site, now)],
        "aside": [one.number for one in still_aside(session, site, now)],
        **for_floor(session, site, key),
        "trouble": units().stores.trouble,
        "as_of": local(now, zone),
    }


def window_state(
    window: window_queries.WindowGlance, waiting: dict[str, int], zone: ZoneInfo
) -> dict[str, Any]:
    """One window; `waiting` counts the people in the lines that it serves."""
    current = window.current
    return {
        "code": window.code,
        "number": window.number,
        "name": window.name,
        "name_en": window.name_en,
        "area": window.area,
        "area_en": window.area_en,
        "state": window.state,
        "reason": window.reason,
        "since": local(window.since, zone),
        "staff_name": window.staff_name,
        "lines": list(window.lines),
        "loans": [{"line": loan.line, "until": local(loan.until, zone)} for loan in window.loans],
        "current": current.number if current else None,
        "current_state": current.state if current else None,
        "current_since": local((current.started_at or current.called_at) if current else None, zone),
        "waiting": sum(waiting.get(line, 0) for line in window.lines),
        "held": window.held,
    }


def _more(line: queries.LineGlance, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "target_min": line.target_min,
        "over_target": line.over_target,
        "longest_since": local(line.longest_since, zone),
    }


def _device(row: queries.DeviceGlance, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": row.id,
        "role": row.role,
        "name": row.name,
        "troubles": list(row.troubles),
        "seen_at": local(row.seen_at, zone),
    }


def loan_state(loan: window_queries.LoanView) -> dict[str, Any]:
    """A loan as it was made or ended."""
    return {"window": loan.window, "line": loan.line, "until": local(loan.until, ZoneInfo(loan.zone))}


def notice_state(notice: queries.NoticeView) -> dict[str, Any]:
    """A notice as the manager sees it."""
    zone = ZoneInfo(notice.zone)
    return {
        "id": notice.id,
        "text": notice.text,
        "text_en": notice.text_en,
        "posted_at": local(notice.posted_at, zone),
        "until": local(notice.until, zone),
        "withdrawn": notice.withdrawn,
    }
