"""What the forms of a helper hold, read into commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.errors import Invalid
from hall.helpers.keeping import actions
from hall.helpers.keeping.rules import BadShifts, Times, read_shifts
from hall.helpers.rules import ABSENCES

WRONG = {
    "form": _l("Write times like 08:30-12:00 14:30-17:30."),
    "order": _l("A stretch ends before it begins."),
    "overlap": _l("Two stretches overlap."),
}


def number(name: str) -> int | None:
    """A whole number of the form, or None for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - keys


def profile() -> actions.Profile:
    """Kinds, skills and week as chosen. Raises Invalid with messages at the days."""
    form = request.form
    return actions.Profile(
        form.get("agency") == "1",
        form.get("home_visits") == "1",
        frozenset(skill[:80] for skill in form.getlist("skills")[:200]),
        week(),
    )


def week() -> tuple[tuple[Times, ...], ...]:
    """The week as typed. Raises Invalid with messages at the days."""
    errors: dict[str, list[object]] = {}
    found = []
    for day in range(7):
        try:
            found.append(read_shifts(request.form.get(f"day{day}", "")[:200]))
        except BadShifts as problem:
            errors[f"day{day}"] = [WRONG[problem.key]]
    if errors:
        raise Invalid(_("Some of this cannot be used. Please check it."), errors=errors)
    return tuple(found)


def days(site_id: int, badge: str, form: Mapping[str, str]) -> actions.KeepDays:
    """Dates as typed. Raises Invalid with messages by field."""
    errors: dict[str, list[object]] = {}
    times: tuple[Times, ...] = ()
    try:
        first = clock.day_said(form["first"])
        last = clock.day_said(form["last"]) if form["last"] else first
    except ValueError:
        first = last = date.min
        errors["first"] = [_("Choose a date.")]
    if form["away"] == "no":
        try:
            times = read_shifts(form["times"])
        except BadShifts as problem:
            errors["times"] = [WRONG[problem.key]]
        if not times and "times" not in errors:
            errors["times"] = [WRONG["form"]]
    if errors:
        raise Invalid(_("Some of this cannot be used. Please check it."), errors=errors)
    reason = form["reason"] if form["reason"] in ABSENCES and not times else ""
    return actions.KeepDays(site_id, badge, first, last, times, reason)
