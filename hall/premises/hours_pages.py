"""Pages of opening hours (Q10): the weeks by season, dates of their own, and the days to come as they turn out."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from flask import render_template, request
from flask_babel import gettext as _

from hall import clock, facts
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import Conflict, DomainError, Invalid
from hall.hours import rules
from hall.hours.actions import (
    ALL_YEAR,
    DropSeason,
    DropSpecial,
    SetSeason,
    SetSpecial,
    drop_season,
    drop_special,
    set_season,
    set_special,
)
from hall.hours.queries import hours_of, seasons_of, special_days
from hall.hours.rules import Hours, Season, Stretch
from hall.premises.frame import Page, again, do, here, pages, said
from hall.premises.rows import site_for
from hall.premises.usual import usual_hours
from hall.sites import Site, new_stamp
from hall.unit_of_work import Work

DAYS_AHEAD = 14
PARTS = ("morning", "afternoon")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
Week = dict[str, str]


@pages.get("/hours")
@allow(Can.SITE_EDIT)
def hours() -> str:
    """Seasons, dates of their own, and the next two weeks."""
    return render_template("premises/hours.html", **_page(here()))


def _page(site: Site) -> dict[str, object]:
    session, today = db.session(), clock.now().astimezone(site.zone).date()
    found = hours_of(session, site)
    return {
        "seasons": seasons_of(session, site.id),
        "all_year": ALL_YEAR,
        "specials": [row for row in special_days(session, site.id) if row.day >= today],
        "always_open": found.always_open,
        "ahead": [_outlook(found, today + timedelta(days=each)) for each in range(DAYS_AHEAD)]
        if found.posted
        else [],
        "today": today,
    }


def _outlook(found: Hours, day: date) -> dict[str, object]:
    special, named = found.special.get(day), found.calendar.days.get(day)
    return {
        "day": day,
        "stretches": [each for each in rules.stretches(found, day) if not each.lunch],
        "why": special.reason or _("Date of its own") if special else named.name if named else "",
        "pending": day.year not in found.calendar.years,
    }


@pages.get("/hours/season")
@allow(Can.SITE_EDIT)
def season() -> str:
    """The form of one season: that of `?first=&last=`, or a new one that begins with the usual week."""
    first, last = request.args.get("first", ""), request.args.get("last", "")
    known = seasons_of(db.session(), here().id)
    found = next((each for each in known if (each.first, each.last) == (first, last)), None)
    base = found or (known[0] if known else None)
    form = _as_form(base) if base else {}
    if found is None:
        form.update(first="" if known else ALL_YEAR[0], last="" if known else ALL_YEAR[1])
    return render_template("premises/season.html", form=form, old=found)


def _as_form(found: Season) -> Week:
    form = {"first": found.first, "last": found.last, "lunch": ""}
    for weekday, day in enumerate(found.week):
        for part, stretch in zip(PARTS, [each for each in day if not each.lunch], strict=False):
            form[f"{weekday}-{part}-opens"] = f"{stretch.opens:%H:%M}"
            form[f"{weekday}-{part}-closes"] = f"{stretch.closes:%H:%M}"
        if any(stretch.lunch for stretch in day):
            form["lunch"] = "1"
    return form


@pages.post("/hours/season")
@allow(Can.SITE_EDIT)
def save_season() -> Page:
    """Write the week of a season."""
    site = here()
    names = [f"{day}-{part}-{end}" for day in range(7) for part in PARTS for end in ("opens", "closes")]
    form = {name: said(name, 5) for name in ("first", "last", "lunch", *names)}
    old = (said("old_first", 5), said("old_last", 5))
    try:
        made = Season(form["first"], form["last"], tuple(_day(form, day) for day in range(7)))
        command = SetSeason(site.id, made, old if all(old) else None)
        return do(set_season, command, "premises.hours", _("Saved. Kiosks and screens keep to it at once."))
    except DomainError as problem:
        was = Season(old[0], old[1], ()) if all(old) else None
        return again("premises/season.html", problem, form=form, old=was)


def _day(form: Week, weekday: int) -> tuple[Stretch, ...]:
    """The stretches of a day; between morning and afternoon is lunch, when some lines stay open."""
    found: list[Stretch] = []
    for part in PARTS:
        opens, closes = form[f"{weekday}-{part}-opens"], form[f"{weekday}-{part}-closes"]
        if not opens and not closes:
            continue
        if not (TIME.fullmatch(opens) and TIME.fullmatch(closes)):
            told = _("Enter both times like 08:30, or leave both empty.")
            raise Invalid(told, errors={f"{weekday}-{part}": [told]})
        if opens >= closes:
            told = _("The closing time must be later than the opening time.")
            raise Invalid(told, errors={f"{weekday}-{part}": [told]})
        found.append(Stretch(time.fromisoformat(opens), time.fromisoformat(closes)))
    if len(found) == len(PARTS) and form["lunch"] and found[0].closes < found[1].opens:
        found.insert(1, Stretch(found[0].closes, found[1].opens, lunch=True))
    return tuple(found)


@pages.post("/hours/season/drop")
@allow(Can.SITE_EDIT)
def forget_season() -> Page:
    """A season that no longer applies."""
    site = here()
    try:
        command = DropSeason(site.id, said("first", 5), said("last", 5))
        return do(drop_season, command, "premises.hours", _("The season is removed."))
    except DomainError as problem:
        return again("premises/hours.html", problem, **_page(site))


@pages.post("/hours/usual")
@allow(Can.SITE_EDIT)
def take_usual() -> Page:
    """Begin with the hours that most halls keep."""
    site = here()
    try:
        return do(
            _take_usual, site.id, "premises.hours", _("The usual hours are entered. Change what differs.")
        )
    except DomainError as problem:
        return again("premises/hours.html", problem, **_page(site))


def _take_usual(work: Work, site_id: int) -> None:
    site = site_for(work, site_id)
    if seasons_of(work.session, site.id):
        raise Conflict(_("This hall has hours already."), code="has_hours")
    work.session.add_all(usual_hours(site.id))
    site.hours_stamp = new_stamp()
    work.record(facts.SiteChanged(site_id=site.id, site=site.code, what="hours usual"))


@pages.post("/hours/date")
@allow(Can.SITE_EDIT)
def save_date() -> Page:
    """Close or open on one date."""
    site = here()
    form = {name: said(name, 120) for name in ("day", "kind", "opens", "closes", "reason")}
    try:
        command = _special(site, form)
        return do(set_special, command, "premises.hours", _("Saved. Kiosks and screens keep to it at once."))
    except DomainError as problem:
        return again("premises/hours.html", problem, form=form, **_page(site))


def _special(site: Site, form: dict[str, str]) -> SetSpecial:
    errors: dict[str, list[object]] = {}
    try:
        day = date.fromisoformat(form["day"])
    except ValueError:
        day = date.min
        errors["day"] = [_("Choose a date.")]
    opens = closes = None
    if form["kind"] == "open":
        opens, closes = form["opens"], form["closes"]
        for name in ("opens", "closes"):
            if not TIME.fullmatch(form[name]):
                errors[name] = [_("Enter a time like 08:30.")]
    if not form["reason"]:
        errors["reason"] = [_("Say why: people read it.")]
    if errors:
        raise Invalid(_("Some of this cannot be used. Please check it."), errors=errors)
    return SetSpecial(site.id, day, opens, closes, form["reason"])


@pages.post("/hours/date/drop")
@allow(Can.SITE_EDIT)
def forget_date() -> Page:
    """The date follows week and calendar again."""
    site = here()
    try:
        day = date.fromisoformat(said("day"))
    except ValueError:
        return again("premises/hours.html", Invalid(_("Choose a date.")), **_page(site))
    told = _("The date follows week and calendar again.")
    return do(drop_special, DropSpecial(site.id, day), "premises.hours", told)
