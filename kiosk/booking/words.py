"""What the pages of booking say about kinds of help, days and who is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from hall.helpers.words import SKILLS


def kinds() -> dict[str, tuple[str, str, str]]:
    """Each kind of help: its name, a plain sentence, and its sign (H1)."""
    return {
        "assist": (
            _("Help in the hall"),
            _(
                "A helper is there at your time, explains, fills in forms with you and goes to the window with you."
            ),
            "helper",
        ),
        "agency": (
            _("We do it for you"),
            _("You sign a mandate that says what we may do; a helper then does the errands for you."),
            "transfer",
        ),
        "home_visit": (
            _("Home visit"),
            _("For those who cannot come: old age, illness, disability. A helper comes to your door."),
            "home",
        ),
    }


def kind(code: str) -> str:
    """The name of a kind of help."""
    return kinds()[code][0]


def day_word(day: date) -> str:
    """A date as people say it: 11月30日 星期一."""
    pattern = "EEEE d MMMM" if str(get_locale() or "zh").startswith("en") else "M月d日 EEEE"
    return str(format_date(day, pattern))


def short_day(day: date) -> str:
    """A date on a key: 11月30日."""
    return str(format_date(day, "d MMM" if str(get_locale() or "zh").startswith("en") else "M月d日"))


def weekday(day: date) -> str:
    """The day of the week, short."""
    return str(format_date(day, "EEE"))


def when(at: datetime) -> str:
    """Day and time: 11月30日 星期一 09:00."""
    return f"{day_word(at.date())} {at:%H:%M}"


def skill(code: str) -> str:
    """What a helper may know, in words."""
    return str(SKILLS[code])


def helper_word(badge: str, skills: Iterable[str]) -> str:
    """A helper as the public chooses one: the number and what they speak."""
    known = [str(SKILLS[skill]) for skill in sorted(skills) if skill in SKILLS]
    return " · ".join([_("No. %(badge)s", badge=badge), *known])


def headline(state: str) -> str:
    """What became of a booking, in its holder's words."""
    said: dict[str, str] = {
        "confirmed": _("Your booking is made"),
        "arrived": _("You are checked in"),
        "started": _("You are being helped"),
        "done": _("Finished. Thank you for coming."),
        "cancelled": _("This booking is cancelled"),
        "no_show": _("This booking was missed"),
    }
    return said.get(state, said["cancelled"])
