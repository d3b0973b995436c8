"""Sites: the halls of a county, their zone and settings."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, Text, bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from hall.database import Base, Keyed, db
from hall.errors import NotFound
from hall.statements import Copies
from hall.stores import trouble_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What a hall may configure, with the defaults of the rules. Durations carry their unit in the name."""

    priority_head_start_min: int = 20  # Q3
    booked_head_start_min: int = 30  # Q3
    booked_grace_min: int = 15  # Q3
    returned_head_start_min: int = 30  # Q3
    target_min: int = 30  # Q5
    max_calls: int = 3  # Q6
    recall_gap_s: int = 20  # Q6
    rejoin_minutes: int = 30  # Q6
    rejoin_behind: int = 3  # Q6
    undo_pass_s: int = 60  # Q6
    later_times: int = 3
    matters_a_visit: int = 5  # Q13
    warn_before_close_min: int = 30  # Q10
    always_open: bool = False  # demo and test halls
    voice_english: bool = True  # Q12
    voice_volume: int = 100
    mute_from: str = ""  # local HH:MM, empty = never
    mute_until: str = ""
    supervision_phone: str = ""
    browser_print: bool = True  # kiosks without a printer of their own print through their browser
    call_reasons: tuple[str, ...] = ("priority", "papers", "transferred", "health", "other")  # Q7
    pause_reasons: tuple[str, ...] = ("break", "meeting", "fault")  # Q14
    hold_reasons: tuple[str, ...] = ("form", "copy", "payment", "colleague", "other")
    question_topics: tuple[str, ...] = ("where", "papers", "progress", "online", "hours", "other")
    question_undo_s: int = 60
    opening_points: tuple[str, ...] = ("paper", "sound", "screens", "windows")  # Q14
    closing_points: tuple[str, ...] = ("waiting", "held", "originals", "uncollected", "windows")  # Q14
    assist_min: int = 30  # H2
    agency_min: int = 60
    home_visit_min: int = 60
    travel_min: int = 30
    booking_step_min: int = 30
    booking_ahead_days: int = 30
    booking_notice_min: int = 30
    booking_hold_min: int = 10  # H3
    booking_cancel_min: int = 120  # H3
    check_in_early_min: int = 120  # H4
    no_shows_to_lock: int = 2  # H3
    lockout_days: int = 30  # H3
    remind_before_hours: int = 20
    help_answer_s: int = 120  # H5

    @classmethod
    def parse(cls, text: str) -> SiteSettings:
        """Read stored settings; a name that no longer exists is dropped, a missing one has its default."""
        known = {item.name for item in fields(cls)}
        stored: dict[str, Any] = json.loads(text or "{}")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
            if name in known
        }
        return cls(**values)

    def dump(self) -> str:
        """As stored: only what differs from the defaults."""
        default = asdict(SiteSettings())
        return json.dumps({k: v for k, v in asdict(self).items() if v != default[k]}, ensure_ascii=False)


_parse = lru_cache(maxsize=256)(SiteSettings.parse)


def new_stamp() -> int:
    """A mark for a changed state of a hall's hours. Never counted on: a change that is rolled back leaves no trace."""
    return secrets.randbits(53)


class Site(Keyed, Base):
    """One hall."""

    __tablename__ = "site"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    zone_name: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    division_code: Mapped[str] = mapped_column(String(12), default="")
    settings_json: Mapped[str] = mapped_column(Text, default="{}")
    catalogue_revision: Mapped[int] = mapped_column(default=0)
    hours_stamp: Mapped[int] = mapped_column(default=0)
    texts_json: Mapped[str] = mapped_column(Text, default="{}")
    retired_at: Mapped[datetime | None]

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone (Q1, E3)."""
        return ZoneInfo(self.zone_name)

    @property
    def settings(self) -> SiteSettings:
        """Its settings, parsed."""
        return _parse(self.settings_json)

    @property
    def texts(self) -> dict[str, str]:
        """Citizens' texts that this hall has changed, as `name.language`; the product's own stand for all others."""
        said: dict[str, str] = json.loads(self.texts_json or "{}")
        return said


_BY_CODE = select(Site).where(Site.code == bindparam("code"), Site.retired_at.is_(None))


def site_by_code(session: Session, code: str) -> Site:
    """The site with this code. Raises NotFound."""
    found = session.scalar(_BY_CODE, {"code": code})
    if found is None:
        raise _unknown_site()
    return found


_COPY_BY_CODE = Copies(_BY_CODE, Site)


def copy_by_code(session: Session, code: str) -> Site:
    """The same for states that are built with every change: a copy that no session knows. Raises NotFound."""
    found = _COPY_BY_CODE.first(session, {"code": code})
    if found is None:
        raise _unknown_site()
    site: Site = found[0]
    return site


def _unknown_site() -> NotFound:
    return NotFound(_l("There is no such hall."), code="unknown_site")


def pages_ask_no_more() -> None:
    """The database is away: what is drawn for this request is drawn without asking and waiting a second time."""
    g.staff, g.site_unasked = None, True


def site_of_page(own: int | None) -> Site | None:
    """The hall that a page belongs to; none where the database does not answer: the page says so without it."""
    if g.get("site_unasked"):
        return None
    try:
        site = db.session.get(Site, own) if own else None
        if site is None:
            site = db.session.scalar(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id).limit(1))
    except SQLAlchemyError as problem:
        if trouble_of(problem) is None:
            raise
        db.session.remove()
        return None
    return site
