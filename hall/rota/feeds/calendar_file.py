"""A feed as an iCalendar file (RFC 5545). Loaded when somebody asks: a server at rest needs no calendars."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hall.rota.feeds.rules import Entry

REMIND = timedelta(days=1)
REFRESH = "PT1H"


def calendar_file(name: str, entries: Iterable[Entry], now: datetime, *, remind: bool) -> bytes:
    """The whole feed; programs that follow it come again every hour."""
    calendar = Calendar()
    calendar.add("prodid", "-//Service hall//receptions//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", REFRESH)
    for entry in entries:
        calendar.add_component(_event(entry, now, remind=remind))
    return bytes(calendar.to_ical())


def _event(entry: Entry, now: datetime, *, remind: bool) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", entry.hours.starts)
    event.add("dtend", entry.hours.ends)
    event.add("summary", entry.title)
    event.add("location", entry.where)
    event.add("description", entry.text)
    event.add("status", entry.status)
    if remind and entry.status != "CANCELLED":
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", -REMIND)
        event.add_component(alarm)
    return event
