"""What the console of a window shows while somebody has a turn at it: who, and the code of this minute (M5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock
from hall.catalog.models import Window
from hall.errors import NotFound
from hall.queueing.payloads import local
from hall.queueing.staffing import own_window
from hall.rota.presence import queries, rules
from hall.rota.rules import Hours
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.rota.presence.queries import Mark


def shown_at(session: Session, actor: Actor, code: str, key: bytes, public_url: str | None) -> dict[str, Any]:
    """The turn at hand with its code, for whoever works at this window; `turn` None without one.

    `address` opens the phone page with the code, where phones can reach the hall (E2). Raises NotFound, Refused.
    """
    window = session.scalar(select(Window).where(Window.code == code, Window.retired_at.is_(None)))
    if window is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    own_window(actor, window)
    site, now = session.get_one(Site, window.site_id), clock.now()
    today = clock.business_date(site.zone, now)
    mark = at_hand(queries.marks_of_day(session, site.id, today, window_id=window.id), now)
    minute = rules.minute_of(now)
    digits = rules.code_of(key, mark.session, window.id, minute) if mark else None
    return {
        "turn": mark and _turn(mark, now, site.zone),
        "code": digits,
        "changes_in": rules.changes_in(now),
        "used": bool(mark and queries.used(session, window.id, mark.session, minute)),
        "address": f"{public_url}/mondays/here#{digits}" if digits and public_url else None,
        "as_of": local(now, site.zone),
    }


def at_hand(marks: tuple[Mark, ...], now: datetime) -> Mark | None:
    """The turn that a code is shown for: who is here, else who is expected, else who has just left."""
    by_stage: dict[str, Mark] = {}
    for mark in marks:
        by_stage.setdefault(stage_of(mark, now), mark)
    here = by_stage.get("here")
    if here is not None and now >= here.ends and "expected" in by_stage:
        here = None  # who forgot to say that they left does not keep the next one out
    left = by_stage.get("left")
    return here or by_stage.get("expected") or (left if left and now < _shown_until(left) else None)


def _shown_until(left: Mark) -> datetime:
    """Who was not signed out can still be, for a while: they may just have stood up."""
    return left.ends + rules.SIGN_OUT if left.left_how == "unsigned" else left.ends


def stage_of(mark: Mark, now: datetime) -> str:
    """What can be done about a turn now."""
    hours = Hours(mark.starts, mark.ends)
    came, left = mark.arrived_at is not None, mark.left_at is not None
    return rules.stage(mark.mark, hours, now, came=came, left=left)


def _turn(mark: Mark, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    name, title = who(mark)
    return {
        "duty": mark.duty,
        "rota_name": mark.rota_name,
        "rota_name_en": mark.rota_name_en or mark.rota_name,
        "body_name": mark.body_name,
        "body_name_en": mark.body_name_en or mark.body_name,
        "name": name,
        "title": title,
        "starts": local(mark.starts, zone),
        "ends": local(mark.ends, zone),
        "stage": stage_of(mark, now),
        "arrived_at": local(mark.arrived_at, zone),
        "left_at": local(mark.left_at, zone),
        "left_how": mark.left_how,
    }


def who(mark: Mark) -> tuple[str, str]:
    """Who sits, or is expected to, with their title."""
    if mark.came:
        return mark.came, mark.came_title
    return (mark.stand_in, mark.stand_in_title) if mark.stand_in else (mark.head, mark.head_title)
