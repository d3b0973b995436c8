"""Machine interface of helpers and their shifts, for managers."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import Invalid
from hall.helpers import shifts
from hall.helpers.api import said
from hall.helpers.models import Helper, HelperDay, HelperSkill, HelperWeek
from hall.helpers.shifts_schemas import (
    AddHelperIn,
    EditHelperIn,
    HelperDayIn,
    RetireHelperIn,
    ShiftedOut,
    StretchIn,
    TeamOut,
    WeekIn,
)
from hall.http import command, respond
from hall.sites import site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("helper_shifts_api", __name__, url_prefix="/api/v1", tag="Helpers")


def _site(code: str) -> int:
    found = site_by_code(db.session(), code)
    of_site(g.actor, found.id)
    return found.id


@api.get("/sites/<site>/helpers")
@api.output(TeamOut)
@allow(Can.HELPERS_MANAGE)
def team(site: str) -> Response:
    """All helpers who are not withdrawn: skills, week, dates of their own, and the revision that changes name."""
    site_id, session = _site(site), db.session()
    rows = session.execute(
        select(Helper, Staff.user, Staff.name)
        .join(Staff, Staff.id == Helper.staff_id)
        .where(Helper.site_id == site_id, Helper.retired_at.is_(None))
        .order_by(Helper.badge)
    ).all()
    keys = [row[0].id for row in rows]
    skills = session.scalars(select(HelperSkill).where(HelperSkill.helper_id.in_(keys))).all()
    weeks = session.scalars(
        select(HelperWeek)
        .where(HelperWeek.helper_id.in_(keys))
        .order_by(HelperWeek.weekday, HelperWeek.starts)
    ).all()
    days = session.scalars(
        select(HelperDay).where(HelperDay.helper_id.in_(keys)).order_by(HelperDay.day, HelperDay.starts)
    ).all()
    return respond(
        said(
            {
                "helpers": [
                    {
                        "badge": helper.badge,
                        "user": user,
                        "name": name,
                        "does_agency": helper.does_agency,
                        "does_home_visits": helper.does_home_visits,
                        "skills": sorted(one.skill for one in skills if one.helper_id == helper.id),
                        "week": [
                            {"weekday": one.weekday, **_stretch(one)}
                            for one in weeks
                            if one.helper_id == helper.id
                        ],
                        "days": [
                            {"day": one.day.isoformat(), "reason": one.reason, **_stretch(one)}
                            for one in days
                            if one.helper_id == helper.id
                        ],
                        "revision": helper.revision,
                    }
                    for helper, user, name in rows
                ]
            }
        )
    )


def _stretch(row: HelperWeek | HelperDay) -> dict[str, Any]:
    return {"starts": row.starts, "ends": row.ends, "kept_back": row.kept_back}


@api.post("/sites/<site>/helpers")
@api.input(AddHelperIn, arg_name="body")
@api.output(ShiftedOut, 201)
@allow(Can.HELPERS_MANAGE)
def add(site: str, body: AddHelperIn) -> Response:
    """Somebody with the role helper can be booked from now on."""
    given = shifts.AddHelper(_site(site), body.user, body.badge)
    return command(shifts.add_helper, given, lambda _key: said({"orphaned": 0}, 201))


@api.post("/sites/<site>/helpers/<badge>/edit")
@api.input(EditHelperIn, arg_name="body")
@api.output(ShiftedOut)
@allow(Can.HELPERS_MANAGE)
def edit(site: str, badge: str, body: EditHelperIn) -> Response:
    """What a helper does and knows."""
    given = shifts.EditHelper(
        _site(site), badge, body.revision, frozenset(body.skills), body.does_agency, body.does_home_visits
    )
    return command(shifts.edit_helper, given, _shifted)


@api.post("/sites/<site>/helpers/<badge>/week")
@api.input(WeekIn, arg_name="body")
@api.output(ShiftedOut)
@allow(Can.HELPERS_MANAGE)
def week(site: str, badge: str, body: WeekIn) -> Response:
    """The whole week anew; answers how many bookings a person must move."""
    stretches = tuple(_typed(one, one.weekday) for one in body.stretches)
    return command(shifts.set_week, shifts.SetWeek(_site(site), badge, body.revision, stretches), _shifted)


@api.post("/sites/<site>/helpers/<badge>/day")
@api.input(HelperDayIn, arg_name="body")
@api.output(ShiftedOut)
@allow(Can.HELPERS_MANAGE)
def day(site: str, badge: str, body: HelperDayIn) -> Response:
    """A date of its own: other stretches, away (none), or plain again; answers how many bookings must be moved."""
    try:
        on = clock.day_said(body.day)
    except ValueError:
        words = _l("There is no such day.")
        raise Invalid(words, errors={"day": [words]}) from None
    stretches = tuple(_typed(one, 0) for one in body.stretches)
    given = shifts.SetDay(_site(site), badge, body.revision, on, stretches, body.reason, body.plain)
    return command(shifts.set_day, given, _shifted)


@api.post("/sites/<site>/helpers/<badge>/retire")
@api.input(RetireHelperIn, arg_name="body")
@api.output(ShiftedOut)
@allow(Can.HELPERS_MANAGE)
def retire(site: str, badge: str, body: RetireHelperIn) -> Response:
    """Withdraw a helper; their bookings are listed until a person has moved each."""
    return command(shifts.retire_helper, shifts.Retire(_site(site), badge, body.revision), _shifted)


def _typed(one: StretchIn, weekday: int) -> shifts.Stretch:
    return shifts.Stretch(one.starts, one.ends, one.kept_back, weekday)


def _shifted(orphaned: int) -> Answer:
    return said({"orphaned": orphaned})
