"""Machine interface of calls by hand: enter, take back, read the short list (docs/cut-off.md)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.cutoff import aside, by_hand, queries
from hall.cutoff.schemas import HandCallIn, HandCallOut, HandCallsOut
from hall.database import db
from hall.errors import Invalid
from hall.http import command, respond
from hall.queueing.queries import today
from hall.sites import Site, site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("cutoff_api", __name__, url_prefix="/api/v1", tag="Kiosk cut off")


@api.post("/sites/<site>/hand-calls")
@api.input(HandCallIn, arg_name="body")
@api.output(HandCallOut, 201)
@allow(Can.CUTOFF_ENTER)
def enter(site: str, body: HandCallIn) -> Response:
    """Enter a number that a window called by hand while kiosk or server were away, from–until or only as served (Q9).

    `matched`: its ticket is finished at that window. `noted`: its kiosk has not handed it in yet; it is then.
    """
    found = site_by_code(db.session(), site)
    of_site(g.actor, found.id)
    return command(by_hand.note, note_of(found, body), lambda state: Answer.of({"state": state}, 201))


@api.get("/sites/<site>/hand-calls")
@api.output(HandCallsOut)
@allow(Can.CUTOFF_ENTER)
def read(site: str) -> Response:
    """Today's short list: calls by hand, numbers printed alone that still wait, numbers on more than one paper."""
    session = db.session()
    found = site_by_code(session, site)
    of_site(g.actor, found.id)
    shown = queries.short_list(session, found, today(found, clock.now()))
    return respond(
        Answer.of(
            {
                "day": shown.day.isoformat(),
                "calls": [
                    {
                        "id": call.id,
                        "number": call.number,
                        "window": call.window.code,
                        "since": clock_of(found, call.since),
                        "until": clock_of(found, call.until),
                        "state": call.state,
                    }
                    for call in shown.calls
                ],
                "waiting": [one.number for one in shown.waiting],
                "doubled": list(shown.doubled),
                "aside": [one.number for one in aside.still_aside(session, found, clock.now())],
            }
        )
    )


@api.post("/sites/<site>/hand-calls/<int:entry>/withdraw")
@allow(Can.CUTOFF_ENTER)
def withdraw(site: str, entry: int) -> Response:
    """Take back an entry for which no ticket has come."""
    found = site_by_code(db.session(), site)
    of_site(g.actor, found.id)
    return command(by_hand.withdraw, by_hand.Withdraw(found.id, entry), lambda _none: Answer.of({}))


def note_of(site: Site, body: HandCallIn) -> by_hand.Note:
    """What a form or a program says, as a command. Raises Invalid for a day that is none."""
    try:
        day = clock.day_said(body.day) if body.day else today(site, clock.now())
    except ValueError:
        said = _l("Choose today or one of the last seven days.")
        raise Invalid(said, code="bad_day", errors={"day": [said]}) from None
    return by_hand.Note(
        site.id, body.number, body.window, day, _at(site, day, body.since), _at(site, day, body.until)
    )


def clock_of(site: Site, at: datetime | None) -> str | None:
    """The hall's time of an instant, as HH:MM."""
    return f"{at.astimezone(site.zone):%H:%M}" if at else None


def _at(site: Site, day: date, text: str | None) -> datetime | None:
    """An instant of a business date: what lies before its turn is of the next morning."""
    if not text:
        return None
    said = time.fromisoformat(text)
    midnight = datetime.combine(day, time(), tzinfo=site.zone)
    first = timedelta(hours=said.hour, minutes=said.minute)
    late = first < clock.TURN_OF_DAY
    return (midnight + first + timedelta(days=1 if late else 0)).astimezone(clock.now().tzinfo)
