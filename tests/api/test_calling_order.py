"""Q3 and Q5 at a window: the list that the clerk sees is the order of the calls, with the reason for each place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from hall.catalog.models import Line
from hall.queueing.models import Ticket
from tests.api.at_work import B_WINDOW, W1, W2, AtWork

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

LONG_AGO = timedelta(minutes=45)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    found = AtWork(client, demo)
    found.serve(W1, "A")
    found.serve(B_WINDOW, "B", "A")
    found.serve("xixian-11", "C")
    assert found.at(B_WINDOW, "open").status == 200
    return found


def shown(hall: AtWork, window: str) -> list[str]:
    return [row["number"] for row in hall.look(window)["waiting"]]


def reasons(hall: AtWork, window: str, number: str) -> list[str]:
    row = next(row for row in hall.look(window)["waiting"] if row["number"] == number)
    return [why["key"] for why in row["why"]]


def busy_day(hall: AtWork) -> None:
    """Window 9 prefers B and serves A only when no B waits; some have waited too long, one was sent here."""
    for _ in range(3):
        hall.draw("xixian-a")
    hall.turn_back("A001", issued_at=LONG_AGO, place=LONG_AGO)
    hall.turn_back("A003", issued_at=LONG_AGO)
    for lane in ({}, {"lane": "priority", "reason": "elder"}, {}):
        hall.draw("xixian-b", **lane)
    hall.draw("xixian-c")
    hall.at("xixian-11", "open")
    hall.at("xixian-11", "call-next")
    assert hall.at("xixian-11", "transfer", window=B_WINDOW, note="kept").status == 200


def test_Q5_the_list_shows_exactly_the_order_of_the_calls(hall: AtWork) -> None:
    busy_day(hall)
    before = shown(hall, B_WINDOW)
    assert before[0] == "A001", "the head of a line over its target counts as preferred everywhere"
    assert sorted(before) == ["A001", "A002", "A003", "B001", "B002", "B003", "C001"]
    assert hall.served_in_turn(B_WINDOW) == before


def test_Q5_a_line_has_its_own_target(hall: AtWork) -> None:
    hall.draw("xixian-a")
    hall.draw("xixian-b")
    hall.turn_back("A001", issued_at=timedelta(minutes=12), place=timedelta(minutes=12))
    assert shown(hall, B_WINDOW) == ["B001", "A001"]

    def set_target(session: Session) -> None:
        session.scalars(select(Line).where(Line.code == "xixian-a")).one().target_min = 10

    hall.change(set_target)
    assert shown(hall, B_WINDOW) == ["A001", "B001"]
    assert reasons(hall, B_WINDOW, "A001") == ["overdue", "issued"]
    assert hall.served_in_turn(B_WINDOW) == ["A001", "B001"]


def test_Q5_the_window_is_told_when_the_order_changes_by_itself(hall: AtWork) -> None:
    hall.draw("xixian-b")
    assert hall.look(B_WINDOW)["order_holds_until"] is None, "a preferred line changes nothing"
    ticket = hall.draw("xixian-a")
    assert hall.look(B_WINDOW)["order_holds_until"] > ticket["issued_at"]


def test_Q3_each_row_says_why_it_stands_there(hall: AtWork) -> None:
    busy_day(hall)
    assert reasons(hall, B_WINDOW, "A001") == ["overdue", "issued"]
    assert reasons(hall, B_WINDOW, "A002") == ["other", "issued"]
    assert reasons(hall, B_WINDOW, "B001") == ["issued"]
    assert reasons(hall, B_WINDOW, "B002") == ["priority"]
    assert reasons(hall, B_WINDOW, "C001") == ["reserved", "transferred"]


def test_Q13_frozen_matters_are_shown_last_with_the_window_of_their_person(hall: AtWork) -> None:
    hall.visit("xixian-b", "xixian-a")
    hall.draw("xixian-a")
    hall.at(B_WINDOW, "call-next")
    rows = hall.look(W1)["waiting"]
    assert [row["number"] for row in rows] == ["A002", "A001"]
    assert rows[1]["frozen"] is True
    assert rows[1]["why"][0] == {"key": "frozen", "minutes": None, "window": 9}
    hall.at(W1, "open")
    assert hall.at(W1, "call", ticket="A001", reason="health").code == "ticket_frozen"
    assert hall.served_in_turn(W1) == ["A002"]
    hall.at(B_WINDOW, "finish", outcome="done")
    assert hall.served_in_turn(W1) == ["A001"]


def test_Q13_a_pass_cannot_be_undone_while_the_person_is_at_another_window(hall: AtWork) -> None:
    hall.visit("xixian-b", "xixian-a")
    hall.at(B_WINDOW, "call-next")
    hall.turn_back("B001", counted_at=timedelta(seconds=30), called_at=timedelta(seconds=30))
    for _ in range(2):
        hall.at(B_WINDOW, "recall")
        hall.turn_back("B001", counted_at=timedelta(seconds=30), called_at=timedelta(seconds=30))
    assert hall.at(B_WINDOW, "pass").status == 200
    hall.at(W1, "open")
    assert hall.at(W1, "call-next").json["number"] == "A001"
    assert hall.at(B_WINDOW, "undo-pass").code == "ticket_frozen"
    hall.at(W1, "finish", outcome="done")
    assert hall.at(B_WINDOW, "undo-pass").json["number"] == "B001"


def test_Q13_who_rejoins_while_at_another_window_is_not_called_meanwhile(hall: AtWork) -> None:
    first, _second = hall.visit("xixian-b", "xixian-a")
    hall.at(B_WINDOW, "call-next")
    for _ in range(2):
        hall.turn_back("B001", counted_at=timedelta(seconds=30), called_at=timedelta(seconds=30))
        hall.at(B_WINDOW, "recall")
    hall.at(B_WINDOW, "pass")
    hall.at(W1, "open")
    hall.at(W1, "call-next")
    assert hall.holder(first, "rejoin").status == 200
    assert hall.at(B_WINDOW, "call-next").status == 204
    hall.at(W1, "finish", outcome="done")
    assert hall.at(B_WINDOW, "call-next").json["number"] == "B001"


def test_the_list_stops_at_two_hundred_and_counts_on(
    hall: AtWork, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with queries() as few:
        hall.look(B_WINDOW)
    crowd(hall, 450)
    with queries() as many:
        view = hall.look(B_WINDOW)
    assert (len(view["waiting"]), view["waiting_count"]) == (200, 450)
    assert len(many) <= len(few) + 1, "The list must not ask the database once a row."


def test_Q2_calling_asks_no_more_of_the_database_when_hundreds_wait(
    hall: AtWork, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    hall.draw("xixian-b")
    hall.draw("xixian-b")
    with queries() as few:
        assert hall.at(B_WINDOW, "call-next").status == 200
    hall.at(B_WINDOW, "finish", outcome="done")
    crowd(hall, 450)
    with queries() as many:
        assert hall.at(B_WINDOW, "call-next").status == 200
    assert len(many) == len(few), "call_next grew with the number of people waiting"
    assert len(many) == CALLING, f"call_next takes {len(many)} statements:\n" + "\n".join(many)


def test_drawing_asks_no_more_of_the_database_than_it_did(
    hall: AtWork, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for _each_process in range(2):
        hall.draw("xixian-b")  # hours and figures, which are kept, have been read
    with queries() as heard:
        hall.draw("xixian-b")
    said = [
        statement for statement in heard if "pg_advisory" not in statement
    ]  # SQLite has one writer anyway
    assert len(said) == DRAWING, f"a draw takes {len(said)} statements:\n" + "\n".join(said)


CALLING, DRAWING = 8, 8  # more must be meant: a hall does little else all day


def crowd(hall: AtWork, count: int) -> None:
    """So many more in line B, cheaply."""
    hall.draw("xixian-b")

    def add(session: Session) -> None:
        one = session.scalars(select(Ticket).where(Ticket.state == "waiting").limit(1)).one()
        like = {
            column.key: getattr(one, column.key) for column in Ticket.__table__.columns if column.key != "id"
        }
        rows = [
            {**like, "number": f"B9{serial:03d}", "nonce": serial.to_bytes(9)} for serial in range(1, count)
        ]
        session.execute(insert(Ticket), rows)

    hall.change(add)


def test_Q5_a_window_of_many_lines_lists_them_all_in_order(hall: AtWork) -> None:
    hall.serve(W2, "ABCDEF", "GHJKLM")
    hall.at(W2, "open")
    for line in "hbgam":
        hall.draw(f"xixian-{line}")
    hall.turn_back("M001", issued_at=LONG_AGO)
    assert shown(hall, W2) == ["B001", "A001", "M001", "H001", "G001"]
    assert hall.served_in_turn(W2) == ["B001", "A001", "M001", "H001", "G001"]
