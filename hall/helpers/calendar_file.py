"""A booking as an iCalendar file (RFC 5545), which telephones take into their calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

if TYPE_CHECKING:
    from hall.helpers.queries import BookingView

REMIND = timedelta(hours=2)


def calendar_file(view: BookingView, *, title: str, where: str, text: str, uid: str, now: datetime) -> bytes:
    """The file: one event that has the same `uid` after each change, so that it replaces the one before."""
    event = Event()
    event.add("uid", uid)
    event.add("sequence", view.revision)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", view.starts_at.astimezone(UTC))
    event.add("dtend", view.ends_at.astimezone(UTC))
    event.add("summary", title)
    event.add("location", where)
    event.add("description", text)
    event.add("status", "CANCELLED" if view.state == "cancelled" else "CONFIRMED")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -REMIND)
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Service hall//booking//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
