"""One session before the manager: its day, its seats and turns; and decisions about what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request, url_for
from flask_babel import gettext as _

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.rota import cancelling, dating, exchanging, publishing, retiring_whole, signing, wishing
from hall.rota import queries as rota_queries
from hall.rota.keeping.frame import Page, day, done, errors_of, number, pages, rota_called, said, today, tried
from hall.rota.matters import calling_off, payloads
from hall.rota.models import RotaSession
from hall.rota.planning import hours_told, seat_changes
from hall.rota.rules import quarter
from hall.rota.states import Held

if TYPE_CHECKING:
    from hall.rota.matters.models import HardMatter
    from hall.rota.models import Rota, RotaBody
    from hall.rota.planning import Difference


def _shown(rota: Rota, key: int) -> rota_queries.SessionView:
    """Raises NotFound."""
    row = db.session.get(RotaSession, key)
    if row is None or row.rota_id != rota.id:
        raise NotFound(_("There is no such session."), code="unknown_session")
    (found,) = rota_queries.sessions(db.session(), rota.id, row.due_on, row.due_on)
    return found


def _address(code: str, key: int) -> str:
    return url_for("rota_keeping.session", code=code, key=key)


@pages.get("/<code>/sessions/<int:key>")
@allow(Can.ROTA_MANAGE)
def session(code: str, key: int) -> str:
    """One session with everything that can be done to it."""
    return _page(rota_called(code), key)


def _page(
    rota: Rota, key: int, problem: DomainError | None = None, chosen: str = "", because: str = ""
) -> str:
    shown = _shown(rota, key)
    sitting = {seat.sitting.body for seat in shown.seats if seat.sitting}
    standings = rota_queries.standings(db.session(), rota.id, quarter(shown.held_on or shown.due_on))
    heads = rota_queries.head_of(db.session(), [one.body for one in standings])
    free = [
        (heads[one.body].id, f"{one.name} {heads[one.body].name}（{one.turns}）")
        for one in sorted(standings, key=lambda one: one.rank)
        if one.body in heads and one.body not in sitting
    ]
    return render_template(
        "rota/keeping/session.html",
        rota=rota,
        shown=shown,
        free=free,
        over=bool(shown.held_on and shown.held_on < today()),
        closed=bool(shown.signup_until and shown.signup_until < today()),
        chosen=chosen or shown.due_on.isoformat(),
        errors=errors_of(problem),
        stay=_stay(rota, shown),
        because=because,
        calls=_calls(shown),
    )


def _calls(shown: rota_queries.SessionView) -> list[tuple[str, HardMatter, RotaBody]]:
    """Who booked a time that nobody hears, each with the token of their matter."""
    if shown.state not in {Held.PUBLISHED, Held.CANCELLED}:
        return []
    found = calling_off.of_session(db.session(), shown.session)
    return [(payloads.token_of(row.nonce), row, body) for row, body in found]


def _stay(rota: Rota, shown: rota_queries.SessionView) -> list[Difference]:
    """Hours that stay because somebody has signed up for them, and what they would be."""
    row = db.session.get_one(RotaSession, shown.session)
    return hours_told(row, seat_changes(db.session(), rota, row))


@pages.post("/<code>/sessions/<int:key>/date")
@allow(Can.ROTA_MANAGE)
def date_session(code: str, key: int) -> Page:
    """Choose the day of a draft."""
    rota = rota_called(code)
    try:
        told = _("The day is set. Sign-up is open as long as the list below says.")
        return done(dating.date_by_hand, dating.DateSession(key, day("day")), told, _address(code, key))
    except DomainError as problem:
        return _page(rota, key, problem, said("day", 10)), problem.status


@pages.post("/<code>/sessions/<int:key>/<any(drop, restore, publish, hours):verb>")
@allow(Can.ROTA_MANAGE)
def change(code: str, key: int, verb: str) -> Page:
    """Drop, take up again, publish, or move those who signed up to the new hours."""
    where = _address(code, key)
    if verb == "drop":
        return tried(dating.drop, dating.DropSession(key), _("The session is not held."), where)
    if verb == "restore":
        told = _("The session is taken up again. Choose its day.")
        return tried(dating.restore, dating.RestoreSession(key), told, where)
    if verb == "hours":
        told = _("The new hours hold for everybody who has signed up, too. They see it at once.")
        return tried(dating.take_new_hours, dating.TakeHours(key), told, where)
    told = _("The list is published: on screens, phones and calendars.")
    return tried(publishing.publish, publishing.Publish(key), told, where)


@pages.post("/<code>/sessions/<int:key>/cancel")
@allow(Can.ROTA_MANAGE)
def cancel(code: str, key: int) -> Page:
    """A published day is not held; everybody reads why."""
    rota, because = rota_called(code), said("because", 400)
    told = _("The day is cancelled: on screens, phones and calendars. Call whoever booked it.")
    try:
        return done(cancelling.cancel, cancelling.CancelSession(key, because), told, _address(code, key))
    except DomainError as problem:
        return _page(rota, key, problem, because=because), problem.status


@pages.post("/<code>/sessions/<int:key>/called/<token>")
@allow(Can.ROTA_MANAGE)
def called(code: str, key: int, token: str) -> Page:
    """Whoever booked a time that nobody hears was called."""
    told = _("Written down: they were called.")
    return tried(calling_off.call_off, payloads.nonce_of(token), told, _address(code, key))


@pages.post("/<code>/sessions/<int:key>/sit")
@allow(Can.ROTA_MANAGE)
def sit(code: str, key: int) -> Page:
    """Put a head on a free seat, until the list is published."""
    command = signing.SignUp(number("seat", 0), number("person", 0), said("matters", 300))
    return tried(signing.sign_up, command, _("The turn is entered."), _address(code, key))


@pages.post("/<code>/sessions/<int:key>/clear")
@allow(Can.ROTA_MANAGE)
def clear(code: str, key: int) -> Page:
    """Take a turn or a proposal away, until the list is published."""
    command = signing.Withdraw(number("duty", 0))
    return tried(signing.withdraw, command, _("The seat is free again."), _address(code, key))


@pages.post("/<code>/<any(retire, take_back):verb>")
@allow(Can.ROTA_MANAGE)
def end(code: str, verb: str) -> Page:
    """A reception ends, or is held again."""
    rota = rota_called(code)
    if verb == "retire":
        told = _("The reception has ended. Its history stays here.")
        where = url_for("rota_keeping.settings", code=code)
        return tried(retiring_whole.retire_rota, retiring_whole.RetireRota(rota.id), told, where)
    told = _("The reception is held again. Make its term.")
    where = url_for("rota_keeping.reception", code=code)
    return tried(retiring_whole.take_back, retiring_whole.TakeBackRota(rota.id), told, where)


@pages.post("/<code>/asked/<any(swap, wish):kind>/<int:key>/<any(approve, refuse):verb>")
@allow(Can.ROTA_MANAGE)
def decide(code: str, kind: str, key: int, verb: str) -> Page:
    """Approve or refuse a swap, a stand-in or a leave."""
    where = url_for("rota_keeping.reception", code=code, quarter=request.form.get("quarter", "")[:6])
    told = _("Approved. Everybody concerned sees it at once.") if verb == "approve" else _("Refused.")
    if kind == "swap":
        return tried(exchanging.answer_swap, exchanging.AnswerSwap(key, verb), told, where)
    return tried(wishing.decide_wish, wishing.DecideWish(key, verb, said("beyond", 200)), told, where)
