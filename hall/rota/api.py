"""Machine interface of receptions (docs/rota.md): staff with a place on a list, liaisons, managers."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import Response, g, request
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import Invalid
from hall.http import command, respond
from hall.rota import generating, publishing, queries, schemas, setting, signing
from hall.rota.rules import quarter
from hall.sites import site_by_code
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from hall.rota.generating import Generated
    from hall.rota.models import Duty, Rota, RotaBody, RotaSession
    from hall.sites import Site

api = APIBlueprint("rota_api", __name__, url_prefix="/api/v1", tag="Receptions")
LONGEST = timedelta(days=400)
QUARTER = re.compile(r"\d{4}-[1-4]", re.ASCII)


def _here(site: str) -> Site:
    found = site_by_code(db.session(), site)
    of_site(g.actor, found.id)
    return found


def rota_here(site: str, code: str) -> Rota:
    """A reception of the caller's hall. Raises NotFound, Refused."""
    return queries.rota_by_code(db.session(), _here(site).id, code)


def answer(status: int, body: object) -> Answer:
    """A body as JSON; days and times as ISO 8601."""
    return Answer(status, json.dumps(body, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@api.get("/sites/<site>/rotas")
@api.output(schemas.RotasOut)
@allow(Can.ROTA_SIGN)
def rotas(site: str) -> Response:
    """The receptions of a hall."""
    found = queries.rotas(db.session(), _here(site).id)
    return respond(answer(200, {"rotas": [_said(rota) for rota in found]}))


def _said(rota: Rota) -> dict[str, Any]:
    return {
        "code": rota.code,
        "name": rota.name,
        "name_en": rota.name_en,
        "weekday": rota.weekday,
        "am": f"{rota.am_starts}–{rota.am_ends}" if rota.am_starts else None,
        "pm": f"{rota.pm_starts}–{rota.pm_ends}" if rota.pm_starts else None,
    }


@api.get("/sites/<site>/rotas/<code>/sessions")
@api.output(schemas.SessionsOut)
@allow(Can.ROTA_SIGN)
def sessions(site: str, code: str) -> Response:
    """The sessions due in `?from=` to `?to=` (twelve weeks from today unless said), with seats and turns."""
    rota = rota_here(site, code)
    first, last = term_asked(today_here(site))
    found = queries.sessions(db.session(), rota.id, first, last)
    return respond(answer(200, {"sessions": [asdict(each) for each in found]}))


@api.get("/sites/<site>/rotas/<code>/people")
@api.output(schemas.PeopleOut)
@allow(Can.ROTA_SIGN)
def people(site: str, code: str) -> Response:
    """Everybody on the list; `mine` marks whom the caller may sign up."""
    found = queries.people(db.session(), rota_here(site, code).id, g.actor.id)
    return respond(answer(200, {"people": [asdict(each) for each in found]}))


@api.get("/sites/<site>/rotas/<code>/standings")
@api.output(schemas.StandingsOut)
@allow(Can.ROTA_SIGN)
def standings(site: str, code: str) -> Response:
    """Turns of a quarter by body, the day of each one's last, and what is owed; `?quarter=2026-4`."""
    rota = rota_here(site, code)
    name = request.args.get("quarter", "") or quarter(today_here(site))
    if not QUARTER.fullmatch(name):
        said = _l("Give a quarter as 2026-4.")
        raise Invalid(said, errors={"quarter": [said]})
    found = queries.standings(db.session(), rota.id, name)
    return respond(answer(200, {"quarter": name, "standings": [asdict(each) for each in found]}))


@api.put("/sites/<site>/rotas/<code>")
@api.input(schemas.RotaIn, arg_name="body")
@api.output(schemas.KeyOut)
@allow(Can.ROTA_MANAGE)
def set_rota(site: str, code: str, body: schemas.RotaIn) -> Response:
    """Make or change a reception; its sessions stay as they are until the next generation."""
    given = setting.SetRota(
        _here(site).id,
        code,
        body.name,
        body.name_en,
        body.weekday,
        body.holiday_rule,
        body.signup_days,
        body.publish_days,
        (body.am_starts, body.am_ends),
        (body.pm_starts, body.pm_ends),
        tuple((place.window, place.part) for place in body.places),
        body.leaves,
    )
    return command(setting.set_rota, given, _key)


@api.post("/sites/<site>/rotas/<code>/bodies")
@api.input(schemas.BodyIn, arg_name="body")
@api.output(schemas.KeyOut)
@allow(Can.ROTA_MANAGE)
def set_body(site: str, code: str, body: schemas.BodyIn) -> Response:
    """Make or change a body of a reception with all its people."""
    people = tuple(setting.Person(one.name, one.post, one.title, one.user, one.key) for one in body.people)
    given = setting.SetBody(
        rota_here(site, code).id, body.name, body.name_en, body.department, body.listed, people
    )
    return command(setting.set_body, given, _key)


@api.post("/sites/<site>/rotas/<code>/term")
@api.input(schemas.TermIn, arg_name="body")
@api.output(schemas.GeneratedOut)
@allow(Can.ROTA_MANAGE)
def generate(site: str, code: str, body: schemas.TermIn) -> Response:
    """Make the sessions of a term; what is signed stays, and differences are told. Can be repeated (M1)."""
    given = generating.Generate(rota_here(site, code).id, body.first, body.last)
    return command(generating.generate, given, _generated)


@api.post("/sites/<site>/rotas/<code>/propose")
@api.output(schemas.DutiesOut)
@allow(Can.ROTA_MANAGE)
def propose(site: str, code: str) -> Response:
    """Propose the seats left where sign-up is over, each with its reason (M2)."""
    given = publishing.Propose(rota_here(site, code).id)
    return command(
        publishing.propose_rest,
        given,
        lambda made: answer(200, {"duties": [_duty(duty) for duty in made]}),
    )


@api.post("/rota-sessions/<int:key>/publish")
@api.output(schemas.StateOut)
@allow(Can.ROTA_MANAGE)
def publish(key: int) -> Response:
    """Confirm all turns of a session and make its list public (M2, M3)."""
    return command(publishing.publish, publishing.Publish(key), _state)


@api.post("/seats/<int:key>/sign-up")
@api.input(schemas.SignUpIn, arg_name="body")
@api.output(schemas.DutyOut)
@allow(Can.ROTA_SIGN)
def sign_up(key: int, body: schemas.SignUpIn) -> Response:
    """Take a seat, for oneself or as the liaison (M2)."""
    return command(signing.sign_up, signing.SignUp(key, body.person, body.matters), one_duty)


@api.post("/duties/<int:key>/withdraw")
@api.output(schemas.DutyOut)
@allow(Can.ROTA_SIGN)
def withdraw(key: int) -> Response:
    """Give a seat back while sign-up is open."""
    return command(signing.withdraw, signing.Withdraw(key), one_duty)


def one_duty(duty: Duty) -> Answer:
    """A turn as an answer."""
    return answer(200, _duty(duty))


def _duty(duty: Duty) -> dict[str, Any]:
    return {"duty": duty.id, "state": duty.state, "basis": duty.basis}


def _state(row: RotaSession) -> Answer:
    return answer(200, {"state": row.state})


def _key(row: Rota | RotaBody) -> Answer:
    return answer(200, {"id": row.id})


def _generated(done: Generated) -> Answer:
    return answer(200, asdict(done))


def today_here(site: str) -> date:
    """The business date of the hall."""
    return clock.business_date(_here(site).zone, clock.now())


def term_asked(today: date) -> tuple[date, date]:
    """The days from `?from=` to `?to=`. Raises Invalid."""
    try:
        first = date.fromisoformat(request.args.get("from", "") or today.isoformat())
        last = date.fromisoformat(request.args.get("to", "") or (first + timedelta(weeks=12)).isoformat())
    except (ValueError, OverflowError):
        first = last = date.max
    if not timedelta(0) <= last - first <= LONGEST or first == date.max:
        said = _l("Give days as 2026-12-07, the later one last, a year at the most.")
        raise Invalid(said, errors={"from": [said]})
    return first, last
