"""What the hall manager does: lend windows, stop and reopen lines, post notices, end the day. One verb a function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall import clock, facts
from hall.accounts.access import of_site
from hall.catalog.models import Line, Notice, Window, WindowLine
from hall.errors import Conflict, Invalid, NotFound
from hall.floor import queries, window_queries
from hall.queueing import day as days
from hall.queueing.boards import notices
from hall.queueing.counts import today
from hall.queueing.models import Loan
from hall.sites import Site, site_by_code
from hall.unit_of_work import Work

NOTICES_AT_ONCE = 20
LONGEST_NOTICE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Lend:
    """A window, the line it also serves first, and until when; `until` only for lending."""

    window: str
    line: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A line, and the reason that is posted; `reason` only for stopping."""

    line: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A notice for the screens of a site, in Chinese and where wanted in English; until when, or until withdrawn."""

    site: str
    text: str
    text_en: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class End:
    """End a site's business date; with `stop_reason` all lines stop for the day, too."""

    site: str
    day: date
    stop_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How many tickets became unserved, how many are still at windows, how many lines were stopped."""

    unserved: int
    at_windows: int
    stopped: int


def lend(work: Work, command: Lend) -> window_queries.LoanView:
    """Lend a window to a line until a set time; it ends by itself (Q5). Again: the new time counts.

    Raises NotFound, Refused, Invalid (time not within the business date, line served first already).
    """
    window, line, site = _window_and_line(work, command)
    until = _within_today(site, work.now, command.until)
    if _serves_first(work, window, line):
        said = _l("This window serves that line first already.")
        raise Invalid(said, code="served_already", errors={"line": [said]})
    loan = _loan(work, window, line)
    if loan is None:
        loan = Loan(window_id=window.id, line_id=line.id, until=until, made_at=work.now)
        work.session.add(loan)
    else:
        loan.until, loan.made_at = until, work.now
    said_until = until.astimezone(site.zone).isoformat(timespec="seconds")
    work.record(
        facts.WindowLent(
            site_id=site.id, site=site.code, window=window.code, line=line.code, until=said_until
        )
    )
    return window_queries.LoanView(window.code, line.code, until, site.zone_name)


def end_loan(work: Work, command: Lend) -> window_queries.LoanView:
    """End a loan by hand. Raises Conflict where there is none."""
    window, line, site = _window_and_line(work, command)
    loan = _loan(work, window, line)
    if loan is None or loan.until <= work.now:
        raise Conflict(_l("This window is not lent to that line."), code="not_lent")
    loan.until = work.now
    work.record(facts.LoanEnded(site_id=site.id, site=site.code, window=window.code, line=line.code))
    return window_queries.LoanView(window.code, line.code, work.now, site.zone_name)


def _window_and_line(work: Work, command: Lend) -> tuple[Window, Line, Site]:
    window = work.session.scalar(
        select(Window).where(Window.code == command.window, Window.retired_at.is_(None))
    )
    if window is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    of_site(work.actor, window.site_id)
    line = work.session.scalar(
        select(Line).where(
            Line.code == command.line, Line.site_id == window.site_id, Line.retired_at.is_(None)
        )
    )
    if line is None:
        said = _l("There is no such line.")
        raise Invalid(said, code="unknown_line", errors={"line": [said]})
    return window, line, work.session.get_one(Site, window.site_id)


def _within_today(site: Site, now: datetime, until: datetime | None) -> datetime:
    """The time if it lies ahead and within the business date (Q1, Q5)."""
    _first, turn = clock.day_bounds(site.zone, today(site, now))
    if until is None or not now < until <= turn:
        said = _l("Choose a time later today.")
        raise Invalid(said, code="bad_time", errors={"until": [said]})
    return until


def _serves_first(work: Work, window: Window, line: Line) -> bool:
    found = work.session.get(WindowLine, (window.id, line.id))
    return found is not None and found.preferred


def _loan(work: Work, window: Window, line: Line) -> Loan | None:
    return work.session.scalar(select(Loan).where(Loan.window_id == window.id, Loan.line_id == line.id))


def stop_line(work: Work, command: Stop) -> queries.StoppedView:
    """Stop drawing for the rest of the day, with a posted reason (Q10). Again: the new reason is posted."""
    line, site = _line(work, command.line)
    reason = _posted(command.reason, "reason")
    day = today(site, work.now).isoformat()
    if (line.stopped_reason, line.stopped_on) != (reason, day):
        line.stopped_reason, line.stopped_on = reason, day
        work.record(facts.LineStopped(site_id=site.id, site=site.code, line=line.code, reason=reason))
    return queries.StoppedView(line.code, open=False, reason=reason)


def reopen_line(work: Work, command: Stop) -> queries.StoppedView:
    """Let a stopped line issue again (Q10). Raises Conflict where it is not stopped."""
    line, site = _line(work, command.line)
    if line.stopped_on != today(site, work.now).isoformat() or not line.stopped_reason:
        raise Conflict(_l("This line is not stopped."), code="not_stopped")
    line.stopped_reason = line.stopped_on = None
    work.record(facts.LineReopened(site_id=site.id, site=site.code, line=line.code))
    return queries.StoppedView(line.code, open=True, reason=None)


def _line(work: Work, code: str) -> tuple[Line, Site]:
    line = work.session.scalar(select(Line).where(Line.code == code, Line.retired_at.is_(None)))
    if line is None:
        raise NotFound(_l("There is no such line."), code="unknown_line")
    of_site(work.actor, line.site_id)
    return line, work.session.get_one(Site, line.site_id)


def _posted(text: str, field: str) -> str:
    """Words for the public: one line, not blank."""
    plain = " ".join(text.split())
    if not plain:
        said = _l("Write what people shall read.")
        raise Invalid(said, code="blank", errors={field: [said]})
    return plain


def post_notice(work: Work, command: Post) -> queries.NoticeView:
    """Run a notice on the screens of a site. Raises Invalid, Conflict (too many at once)."""
    site = _site(work, command.site)
    text = _posted(command.text, "text")
    if command.until is not None and not work.now < command.until <= work.now + LONGEST_NOTICE:
        said = _l("Choose a time that lies ahead, within a year.")
        raise Invalid(said, code="bad_time", errors={"until": [said]})
    # One at a time counts what runs; drawing goes on meanwhile, it only refers to the hall
    work.session.execute(select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))
    if len(notices(work.session, site, work.now)) >= NOTICES_AT_ONCE:
        raise Conflict(_l("Too many notices run already. Withdraw one first."), code="too_many_notices")
    notice = Notice(
        site_id=site.id,
        text=text,
        text_en=" ".join(command.text_en.split()),
        posted_at=work.now,
        until=command.until,
    )
    work.session.add(notice)
    work.session.flush()
    work.record(facts.NoticePosted(site_id=site.id, site=site.code, what=f"notice:{notice.id}"))
    return queries.notice_view(notice, site)


def withdraw_notice(work: Work, notice_id: int) -> queries.NoticeView:
    """Take a notice down. Raises Conflict where it no longer runs."""
    notice = work.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound(_l("There is no such notice."), code="unknown_notice")
    of_site(work.actor, notice.site_id)
    site = work.session.get_one(Site, notice.site_id)
    if notice.withdrawn_at is not None or (notice.until is not None and notice.until <= work.now):
        raise Conflict(_l("This notice no longer runs."), code="not_running")
    notice.withdrawn_at = work.now
    work.record(facts.NoticeWithdrawn(site_id=site.id, site=site.code, what=f"notice:{notice.id}"))
    return queries.notice_view(notice, site)


def _site(work: Work, code: str) -> Site:
    site = site_by_code(work.session, code)
    of_site(work.actor, site.id)
    return site


def end_day(work: Work, command: End) -> Ended:
    """End the day (Q10): waiting and held become unserved, who stands at a window is still served.

    Safe to run twice. Raises Conflict when the business date has turned since the page was opened.
    """
    site = _site(work, command.site)
    day = today(site, work.now)
    if command.day != day:
        raise Conflict(_l("The day has turned meanwhile. Look at the page again."), code="day_turned")
    stopped = 0
    if command.stop_reason is not None:
        reason = _posted(command.stop_reason, "stop_reason")
        for line in _issuing(work, site, day):
            stop_line(work, Stop(line.code, reason))
            stopped += 1
    unserved = days.end_day(work, days.EndDay(site.id, day))
    at_windows = work.session.scalar(select(func.count()).where(*queries.at_windows(site, day)))
    return Ended(unserved, at_windows or 0, stopped)


def _issuing(work: Work, site: Site, day: date) -> list[Line]:
    rows = work.session.scalars(select(Line).where(Line.site_id == site.id, Line.retired_at.is_(None)))
    return [line for line in rows if line.stopped_on != day.isoformat()]
