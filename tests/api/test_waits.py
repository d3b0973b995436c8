"""The wait figure in the product: learned per line from finished waits, a range that covers, null without basis."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.models import Staff
from hall.catalog.models import Line, Window
from hall.queueing import payloads, waits
from hall.queueing.learning import learn_waits
from hall.queueing.models import NumberSeries, Staffing, Ticket
from hall.sites import Site
from hall.unit_of_work import units

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

DAYS, SERVICE_MIN, WINDOWS = 4, 6.0, 2


@pytest.fixture(autouse=True)
def fresh_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "REFRESH", timedelta())


def history(*, test: bool = False, line: str = "xixian-a") -> None:
    """Past days on which two windows took about six minutes a person."""

    def write(session: Session) -> None:
        site, row = (
            session.scalars(select(Site)).one(),
            session.scalars(select(Line).where(Line.code == line)).one(),
        )
        today = clock.business_date(site.zone, clock.now())
        for back in range(1, DAYS + 1):
            _one_day(session, site, row, today - timedelta(back), test=test)

    units().run(write)


def _one_day(session: Session, site: Site, line: Line, day: date, *, test: bool) -> None:
    begin = datetime(day.year, day.month, day.day, 9, tzinfo=site.zone)
    staff = session.scalars(select(Staff).where(Staff.window_id.is_not(None)).order_by(Staff.id)).all()
    windows = session.scalars(select(Window).order_by(Window.number).limit(WINDOWS)).all()
    for window, person in zip(windows, staff, strict=False):
        times = {
            "since": begin,
            "opened_at": begin,
            "closed_at": begin + timedelta(hours=8),
            "state": "closed",
        }
        session.add(Staffing(window_id=window.id, staff_id=person.id, **times))
    chance = random.Random(day.toordinal())
    free = [begin] * WINDOWS
    at, count = begin, 60
    for serial in range(1, count + 1):
        at += timedelta(minutes=chance.expovariate(WINDOWS / SERVICE_MIN) * 0.8)
        free.sort()
        called = max(at, free[0])
        free[0] = called + timedelta(minutes=chance.uniform(0.7, 1.3) * SERVICE_MIN)
        session.add(
            Ticket(
                site_id=site.id,
                line_id=line.id,
                business_date=day,
                number=f"{line.prefix}{serial:03d}",
                nonce=tokens.new_nonce(),
                state="finished",
                place=at,
                issued_at=at,
                channel="kiosk",
                first_called_at=called,
                called_at=called,
                ended_at=free[0],
                test=test,
            )
        )
    session.add(
        NumberSeries(
            site_id=site.id, business_date=day, prefix=line.prefix, last_serial=count, last_issued_at=at
        )
    )


def draw(client: FlaskClient, demo: dict[str, Any], key: str, line: str = "xixian-a") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": key}
    answer = client.post("/api/v1/tickets", json={"line": line}, headers=headers)
    assert answer.status_code == 201, answer.text
    ticket: Any = answer.json
    return dict(ticket)


def open_windows(client: FlaskClient, demo: dict[str, Any], count: int = WINDOWS) -> list[dict[str, Any]]:
    clerks = [row for row in demo["staff"] if row["window"]][:count]
    for clerk in clerks:
        headers = {"Authorization": f"Bearer {clerk['token']}"}
        assert client.post(f"/api/v1/windows/{clerk['window']}/open", headers=headers).status_code == 200
    return clerks


def wait_of(client: FlaskClient, line: str = "xixian-a") -> dict[str, float] | None:
    rows: Any = client.get("/api/v1/sites/xixian/lines").json
    found: dict[str, float] | None = next(row["wait"] for row in rows if row["code"] == line)
    return found


def test_a_line_with_a_history_tells_a_range_that_covers(
    app: Flask, demo: dict[str, Any], client: FlaskClient
) -> None:
    with app.app_context():
        history()
        assert learn_waits() == 1
    open_windows(client, demo)
    last: dict[str, Any] = {}
    for ahead in range(9):
        joining = wait_of(client)
        last = draw(client, demo, str(ahead))
        assert last["ahead"] == ahead
        assert last["wait"] and joining, "the figure for one who joins now stands beside the line"
        assert last["wait"]["p50_min"] == pytest.approx(joining["p50_min"], rel=0.2, abs=1)
    real = 8 * SERVICE_MIN / WINDOWS  # a call every three minutes
    assert last["wait"]["p50_min"] < 1.6 * real, last["wait"]
    assert last["wait"]["p90_min"] > real, last["wait"]
    again: Any = client.get(f"/api/v1/tickets/{last['token']}").json
    assert again["wait"], "the holder reads it too"


def test_without_history_the_wait_is_null_and_never_a_guess(
    app: Flask, demo: dict[str, Any], client: FlaskClient
) -> None:
    open_windows(client, demo)
    assert draw(client, demo, "1")["wait"] is None
    with app.app_context():
        history()
        learn_waits()
    assert wait_of(client, "xixian-a") is not None
    assert wait_of(client, "xixian-b") is None, "another line's history is no basis"


def test_without_an_open_window_the_wait_is_null(
    app: Flask, demo: dict[str, Any], client: FlaskClient
) -> None:
    with app.app_context():
        history()
        learn_waits()
    assert draw(client, demo, "1")["wait"] is None
    clerk = open_windows(client, demo, 1)[0]
    assert wait_of(client) is not None
    headers = {"Authorization": f"Bearer {clerk['token']}"}
    called: Any = client.post(f"/api/v1/windows/{clerk['window']}/call-next", headers=headers).json
    assert called["wait"] is None, "who has been called waits no more"


def test_Q11_test_tickets_never_teach(app: Flask, demo: dict[str, Any], client: FlaskClient) -> None:
    open_windows(client, demo)
    with app.app_context():
        history(test=True)
        assert learn_waits() == 0
    assert wait_of(client) is None


def test_the_job_can_run_twice(app: Flask, demo: dict[str, Any]) -> None:
    with app.app_context():
        history()
        assert learn_waits() == 1
        assert learn_waits() == 0, "today's model is there already"


def test_between_refreshes_a_draw_pays_nothing_for_its_wait(
    app: Flask,
    demo: dict[str, Any],
    client: FlaskClient,
    queries: Callable[[], AbstractContextManager[list[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with app.app_context():
        history()
        learn_waits()
    open_windows(client, demo)
    monkeypatch.setattr(waits, "REFRESH", timedelta(hours=1))
    for process in ("one", "other"):
        assert draw(client, demo, process)["wait"] is not None
    with queries() as said:
        assert draw(client, demo, "again")["wait"] is not None
    assert said, "The draw itself is heard."
    assert not [statement for statement in said if "line_pace" in statement or "staffing" in statement], said


def test_phones_of_a_line_share_its_steps_in_two_kilobytes(
    app: Flask, demo: dict[str, Any], client: FlaskClient
) -> None:
    with app.app_context():
        history()
        learn_waits()
    open_windows(client, demo)
    own = [draw(client, demo, str(each)) for each in range(160)]
    with app.app_context():
        state = units().run(
            lambda session: payloads.line(session, "xixian-a", app.config["HALL"].keys.tokens)
        )
    assert len(json.dumps(state, separators=(",", ":"))) <= 2048
    steps = {ahead: (p50, p90) for ahead, p50, p90 in state["waits"]}
    assert steps[0][0] < steps[149][0], "further behind waits longer"
    for ahead, (p50, p90) in steps.items():
        read: Any = client.get(f"/api/v1/tickets/{own[ahead]['token']}").json
        assert read["wait"]["p50_min"] == pytest.approx(p50, rel=0.1, abs=0.5)
        assert read["wait"]["p90_min"] == pytest.approx(p90, rel=0.1, abs=0.5)
