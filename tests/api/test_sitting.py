"""*Sit*: the clerk serves in the clerk's own name, whoever sits beside is on the record, and receives nothing (M6)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from hall.accounts.models import Staff
from hall.database import db
from hall.queueing.models import Ticket
from hall.rota.presence.models import Attendance, SatBeside
from hall.unit_of_work import units
from tests.api.test_permissions import TABLE
from tests.cases_at_work import at
from tests.on_the_day import ENDS, STARTS, OnTheDay
from tests.rota_at_work import WINDOWS

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

MINUTE = timedelta(minutes=1)
FOR_CLERKS = ("queueing:call", "intake:receive", "intake:review", "intake:issue", "intake:cases")


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> OnTheDay:
    return OnTheDay(client, demo)


def serve(hall: OnTheDay, moment: datetime, window: str = WINDOWS[0]) -> str:
    """Somebody is called and served at a moment; answers the number."""
    with at(moment):
        drawn = hall.work.draw()
        assert hall.work.at(window, "call-next").json["number"] == drawn["number"]
        assert hall.work.at(window, "start").status == 200
    with at(moment + MINUTE):
        assert hall.work.at(window, "finish", outcome="done").status == 200
    return str(drawn["number"])


def beside(app: Flask) -> list[tuple[str, str, int]]:
    with app.app_context():
        wanted = (
            select(Ticket.number, Staff.user, Attendance.duty_id)
            .select_from(SatBeside)
            .join(Ticket, Ticket.id == SatBeside.ticket_id)
            .join(Staff, Staff.id == SatBeside.clerk_id)
            .join(Attendance, Attendance.id == SatBeside.attendance_id)
            .order_by(Ticket.id)
        )
        return [(number, user, duty) for number, user, duty in db.session.execute(wanted)]


def test_M6_what_the_clerk_starts_while_the_director_sits_beside_is_recorded_with_both(
    hall: OnTheDay, app: Flask
) -> None:
    duties = hall.begin()
    hall.work.serve(WINDOWS[0], "A")
    hall.work.serve(WINDOWS[1], "A")
    serve(hall, STARTS - 5 * MINUTE)
    hall.come(duties[0], 0, STARTS)
    first = serve(hall, STARTS + 10 * MINUTE)
    serve(hall, STARTS + 12 * MINUTE, WINDOWS[1])
    second = serve(hall, STARTS + 20 * MINUTE)
    hall.leave(duties[0], 0, STARTS + 60 * MINUTE)
    serve(hall, STARTS + 70 * MINUTE)
    clerk = hall.work.by_window[WINDOWS[0]]["user"]
    assert beside(app) == [(first, clerk, duties[0]), (second, clerk, duties[0])]


def test_M6_who_forgot_to_leave_sits_beside_nobody_after_the_end(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.work.serve(WINDOWS[0], "A")
    hall.come(duties[0], 0, STARTS)
    serve(hall, ENDS)
    assert beside(app) == []


def test_M6_a_number_taken_up_again_is_recorded_once_and_stays(hall: OnTheDay, app: Flask) -> None:
    duties = hall.begin()
    hall.work.serve(WINDOWS[0], "A")
    hall.come(duties[0], 0, STARTS)
    with at(STARTS + MINUTE):
        number = hall.work.draw()["number"]
        for verb, body in (
            ("call-next", {}),
            ("start", {}),
            ("hold", {"reason": "copy"}),
            ("resume", {"ticket": number}),
        ):
            said = hall.work.at(WINDOWS[0], verb, **body)
            assert said.status == 200, said.text
    assert [row[0] for row in beside(app)] == [number]
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(lambda session: session.execute(delete(SatBeside)))


def test_M6_a_directors_account_can_neither_call_nor_receive_nor_decide(hall: OnTheDay) -> None:
    duties = hall.begin()
    hall.come(duties[0], 0, STARTS)
    closed = [line.rsplit(" ", 1) for line in TABLE.read_text().splitlines()[1:]]
    tried = 0
    for address, permission in closed:
        method, _space, rule = address.partition(" ")
        if permission not in FOR_CLERKS:
            continue
        path = "/".join(_given(part) for part in rule.split("/"))
        headers = {"Authorization": f"Bearer {hall.tokens['head0']}"}
        said = hall.client.open(path, method=method, headers=headers, json={} if method == "POST" else None)
        assert said.status_code == 403, f"{method} {rule}: {said.status_code}"
        tried += 1
    assert tried > 20


def _given(part: str) -> str:
    """A part of an address with something in the place of its blank."""
    if not part.startswith("<"):
        return part
    choice = re.match(r"<any\(([^,)]*)", part)
    if choice:
        return choice.group(1)
    return "1" if part.startswith("<int") else WINDOWS[0]
