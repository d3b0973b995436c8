"""Pages of the working calendar: a year as it stands, confirming one, single days, spreadsheet in and out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import Response, render_template, request
from flask_babel import gettext as _

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.calendar.actions import SetDay, SetYear, set_day, set_year
from hall.calendar.published import days_of
from hall.calendar.queries import working_calendar, years
from hall.calendar.rules import DAY, HOLIDAY, KINDS, MAKEUP, SpecialDay, missing_years
from hall.database import db
from hall.errors import DomainError, Invalid
from hall.premises import queries, sheets, typed
from hall.premises.frame import Page, again, do, download, here, number, pages, said, tell_ignored, upload
from hall.premises.loading import LoadDays, load_days


@pages.get("/calendar")
@allow(Can.SITE_EDIT)
def calendar() -> str:
    """One year (`?year=`), and whether the years that are needed are confirmed."""
    return render_template("premises/calendar.html", **_page(request.args.get("year", "")))


def _page(wanted: str) -> dict[str, object]:
    session, today = db.session(), clock.now().astimezone(here().zone).date()
    found = working_calendar(session)
    year = queries.year_shown(wanted, today)
    return {
        "year": year,
        "confirmed": year in found.years,
        "sources": {row.year: row.source for row in years(session)},
        "named": list(_stretches(days_of(found, year))),
        "missing": missing_years(found, today),
        "latest": max(found.years, default=today.year),
        "this_year": today.year,
    }


def _stretches(days: dict[date, SpecialDay]) -> Iterator[tuple[date, date, SpecialDay]]:
    """First day, last day and what they are: days of one kind and name that follow one another."""
    for day, found in days.items():
        if days.get(day - DAY) == found:
            continue
        last = day
        while days.get(last + DAY) == found:
            last += DAY
        yield day, last, found


@pages.post("/calendar/year")
@allow(Can.SITE_EDIT)
def confirm_year() -> Page:
    """Confirm a year with the holidays and make-up days that were typed in."""
    year = number("year") or 0
    form = {"year": said("year", 9), "holidays": said("holidays", 5000), "makeups": said("makeups", 5000)}
    read = {
        name: typed.typed_days(form[name], year, kind)
        for name, kind in (("holidays", HOLIDAY), ("makeups", MAKEUP))
    }
    errors: dict[str, list[object]] = {
        name: [_(typed.MESSAGES[key], line=line) for line, key in found.wrong]
        for name, found in read.items()
        if found.wrong
    }
    both = [
        day
        for day, special in read["makeups"].days.items()
        if read["holidays"].days.get(day, special).kind != special.kind
    ]
    if both:
        errors.setdefault("makeups", []).append(
            _("%(day)s is both a holiday and a make-up day.", day=min(both).isoformat())
        )
    try:
        if errors:
            raise Invalid(_("Some of this cannot be used. Please check it."), errors=errors)
        days = {**read["holidays"].days, **read["makeups"].days}
        told = _("%(year)s is confirmed.", year=year)
        return do(set_year, SetYear(year, days), "premises.calendar", told, year=year)
    except DomainError as problem:
        return again("premises/calendar.html", problem, form=form, **_page(form["year"]))


@pages.post("/calendar/day")
@allow(Can.SITE_EDIT)
def change_day() -> Page:
    """Name one day, or make it a plain day of the week again."""
    form = {name: said(name, 60) for name in ("day", "kind", "name")}
    try:
        try:
            day = date.fromisoformat(form["day"])
        except ValueError:
            told = _("Choose a date.")
            raise Invalid(told, errors={"day": [told]}) from None
        if form["kind"] not in {*KINDS, "plain"}:
            told = _("Choose one of the values offered.")
            raise Invalid(told, errors={"kind": [told]})
        command = SetDay(day, None if form["kind"] == "plain" else form["kind"], form["name"])
        return do(set_day, command, "premises.calendar", _("Saved."), year=day.year)
    except DomainError as problem:
        return again("premises/calendar.html", problem, day_form=form, **_page(form["day"][:4]))


@pages.get("/calendar/export")
@allow(Can.SITE_EDIT)
def export_calendar() -> Response:
    """The named days of one year as a workbook."""
    year = queries.year_shown(request.args.get("year", ""), clock.now().astimezone(here().zone).date())
    return download(sheets.write_days(days_of(working_calendar(db.session()), year)), f"calendar-{year}")


@pages.post("/calendar/import")
@allow(Can.SITE_EDIT)
def import_calendar() -> Page:
    """Load years from a spreadsheet, all or none."""
    found = sheets.read_days(upload())
    if found.problems:
        return render_template("premises/calendar.html", found=found, **_page("")), 422
    listed = sorted({row.day.year for row in found.rows})
    if not listed:
        return again("premises/calendar.html", Invalid(_("The file holds no days.")), **_page(""))
    told = _("Confirmed: %(years)s", years="、".join(map(str, listed)))
    try:
        answer = do(load_days, LoadDays(found.rows), "premises.calendar", told, year=listed[-1])
    except DomainError as problem:
        return again("premises/calendar.html", problem, **_page(""))
    tell_ignored(found.ignored)
    return answer
