"""`flask hall deadline DATE DAYS`: how a deadline comes about, day by day (I5)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click
from flask.cli import with_appcontext

from hall.calendar.queries import working_calendar
from hall.calendar.rules import Counted, Why, explain
from hall.database import db

WEEKDAYS = ("周一 Mon", "周二 Tue", "周三 Wed", "周四 Thu", "周五 Fri", "周六 Sat", "周日 Sun")
WHY = {
    Why.BEGIN: "受理当日，次日起算 (day of acceptance, not counted)",
    Why.WORKDAY: "工作日 (working day)",
    Why.MAKEUP: "调休上班 (make-up day)",
    Why.WEEKEND: "周末 (weekend)",
    Why.HOLIDAY: "放假 (holiday)",
    Why.PENDING: "年度日历未确认 (calendar of this year not confirmed)",
}
MOST_DAYS = 730


@click.command("deadline")
@click.argument("begin", metavar="DATE", type=click.DateTime(formats=["%Y-%m-%d"]))
@click.argument("days", type=click.IntRange(0, MOST_DAYS))
@with_appcontext
def deadline_command(begin: datetime, days: int) -> None:
    """Explain the deadline DAYS working days after DATE (YYYY-MM-DD), the day of acceptance, which does not count."""
    way = explain(working_calendar(db.session()), begin.replace(tzinfo=UTC).date(), days)
    for each in way:
        click.echo(line(each))
    click.echo(verdict(way, days))


def line(each: Counted) -> str:
    """One day: its date, its number or a dash, and why."""
    number = "—" if each.number is None else str(each.number)
    named = f" {each.name}" if each.name else ""
    return f"{each.day.isoformat()}  {WEEKDAYS[each.day.weekday()]}  {number:>3}  {WHY[each.why]}{named}"


def verdict(way: tuple[Counted, ...], days: int) -> str:
    """The last line: the deadline, or that it is pending and what to do."""
    last = way[-1]
    if last.why is Why.PENDING:
        return (
            f"待定 (pending): 自受理次日起 {days} 个工作日。Confirm {last.day.year} under Settings → Working calendar "
            f"(设置 → 工作日历); until then no date is guessed."
        )
    return f"期限 (deadline): {_long(last.day)}"


def _long(day: date) -> str:
    return f"{day.isoformat()} {WEEKDAYS[day.weekday()]}"
