"""A line is retired while somebody comes to wait in it: refused, or nobody waits in a line that is gone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Line, ServiceItem
from hall.premises.lines import retire_line
from hall.premises.rows import Retire
from hall.unit_of_work import perform, units
from tests.desk_at_work import Desk
from tests.race.presses import clerk_of, own, states, together

if TYPE_CHECKING:
    from flask import Flask

A, B = "xixian-a", "xixian-b"
WINDOW = "xixian-01"


@pytest.fixture
def desk(app: Flask, demo: dict[str, Any]) -> Desk:
    return Desk(app.test_client(), demo)


def said(desk: Desk, path: str, body: dict[str, Any] | None, done: str, who: str = "") -> str:
    """The problem's code, or what was done."""
    return str((own(desk).ask("POST", path, body, who=who).get_json() or {}).get("code", done))


class Retiring:
    """A line that no item leads to, and somebody about to retire it."""

    def __init__(self, app: Flask, line: str, items_to: str) -> None:
        self.app = app

        def empty(session: Any) -> int:
            row = session.scalars(select(Line).where(Line.code == line)).one()
            other = session.scalars(select(Line.id).where(Line.code == items_to)).one()
            for item in session.scalars(select(ServiceItem).where(ServiceItem.line_id == row.id)):
                item.line_id = other
            return int(row.id)

        with app.app_context():
            self.line_id = units().run(empty)

    def __call__(self, *, back: bool = False) -> str:
        with self.app.app_context():
            try:
                perform(SYSTEM_ACTOR, retire_line, Retire(1, self.line_id, back))
            except Exception as problem:  # noqa: BLE001 - refused while somebody waits
                return str(getattr(problem, "code", problem))
        return "retired"


def test_Q1_retiring_a_line_while_drawing_leaves_nobody_in_a_line_that_is_gone(
    desk: Desk, app: Flask
) -> None:
    retire = Retiring(app, A, B)
    draw = partial(said, desk, "/tickets", {"line": A}, "drawn")
    retired, *drawn = together(retire, draw, draw, draw)
    assert set(drawn) <= {"drawn", "unknown_line"}, drawn
    assert retired == ("line_in_use" if "drawn" in drawn else "retired"), (retired, drawn)


def test_Q6_retiring_a_line_while_somebody_comes_back_leaves_nobody_in_a_line_that_is_gone(
    desk: Desk, app: Flask
) -> None:
    desk.at(WINDOW, "open")
    desk.settle(max_calls=1)
    retire = Retiring(app, A, B)
    for _turn in range(5):
        ticket = desk.draw()
        desk.passed(ticket["number"])
        retired, back = together(
            retire, partial(said, desk, f"/tickets/{ticket['token']}/rejoin", None, "back")
        )
        assert (retired, back) in {("line_in_use", "back"), ("retired", "rejoin_over")}, (retired, back)
        if back == "back":
            desk.at(WINDOW, "call-next")
            desk.at(WINDOW, "finish", outcome="done")
        else:
            retire(back=True)


def test_Q6_retiring_a_line_while_a_pass_is_undone_leaves_nobody_called_from_a_line_that_is_gone(
    desk: Desk, app: Flask
) -> None:
    clerk = clerk_of(desk, WINDOW)
    desk.at(WINDOW, "open")
    retire = Retiring(app, A, B)
    for _turn in range(5):
        desk.passed(desk.draw()["number"])
        retired, undone = together(
            retire, partial(said, desk, f"/windows/{WINDOW}/undo-pass", None, "undone", clerk)
        )
        assert (retired, undone) in {("line_in_use", "undone"), ("retired", "line_retired")}, (
            retired,
            undone,
        )
        if undone == "undone":
            desk.at(WINDOW, "start")
            desk.at(WINDOW, "finish", outcome="done")
        else:
            assert states(app).get("passed", 0), "The number is still there."
            retire(back=True)


def test_Q3_retiring_a_line_while_somebody_is_transferred_leaves_nobody_in_a_line_that_is_gone(
    desk: Desk, app: Flask
) -> None:
    clerk = clerk_of(desk, WINDOW)
    desk.at(WINDOW, "open")
    retire = Retiring(app, B, A)
    for _turn in range(5):
        desk.draw()
        desk.at(WINDOW, "call-next")
        retired, moved = together(
            retire, partial(said, desk, f"/windows/{WINDOW}/transfer", {"line": B}, "moved", clerk)
        )
        assert (retired, moved) in {("line_in_use", "moved"), ("retired", "unknown_line")}, (retired, moved)
        if moved == "moved":
            break
        desk.at(WINDOW, "finish", outcome="done")
        retire(back=True)
    assert states(app).get("called", 0) == 0
