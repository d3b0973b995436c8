"""Q9 through the interface, on SQLite and PostgreSQL: ranges of numbers, and handing in what was printed alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, insert, update
from sqlalchemy.exc import IntegrityError

from hall.cutoff.models import HandedTicket, NumberRange, RangeKeeper
from hall.queueing.models import NumberSeries
from hall.unit_of_work import units
from tests.api.at_work import W1, AtWork
from tests.cut_off import Alone, ago, paper, papers_kept, tickets
from tests.printers import add_printer

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    from tests.servers import Prepared


@pytest.fixture
def alone(client: FlaskClient, prepared: Prepared, demo: dict[str, Any]) -> Alone:
    made = Alone(client, add_printer(prepared.database_url, demo["kiosk"]["token"]))
    made.take_kit()
    return made


@pytest.fixture
def other(client: FlaskClient, prepared: Prepared, alone: Alone) -> Alone:
    made = Alone(client, add_printer(prepared.database_url, name="二楼取号机"))
    assert alone.kit
    made.take_kit()
    return made


@pytest.fixture
def work(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    return AtWork(client, demo)


def test_Q9_a_kiosk_has_two_ranges_a_line_and_date_and_no_other_has_one_of_them(
    alone: Alone, other: Alone
) -> None:
    mine, theirs = alone.kit["ranges"], other.kit["ranges"]
    days = {row["day"] for row in mine}
    assert len(days) == 4, "Q9 broke: a kiosk that is cut off over a weekend has no numbers."
    for line in alone.kit["lines"]:
        for day in days:
            assert len(alone.ranges(line["code"], day)) == 2, "Q9 broke: a line is short of numbers."
    numbers = [
        (row["prefix"], row["day"], number)
        for row in mine + theirs
        for number in range(row["first"], row["last"] + 1)
    ]
    assert len(numbers) == len(set(numbers)), "Q9 broke: two kiosks may print the same number."
    assert {row["first"] for row in alone.ranges()} == {9001, 9101}
    assert {row["first"] for row in other.ranges()} == {9201, 9301}
    assert {row["last"] - row["first"] for row in mine} == {98}


def test_Q9_asking_again_reserves_nothing_and_a_spent_range_is_replaced(alone: Alone) -> None:
    before = alone.kit["ranges"]
    assert alone.take_kit()["ranges"] == before, "Q9 broke: each kit takes further numbers."
    spent = alone.ranges()[0]
    alone.hand_in(paper(spent, 99, ago(1)))
    alone.take_kit()
    assert [row["first"] for row in alone.ranges()] == [9101, 9201], "Q9 broke: no range follows a spent one."


def test_Q9_a_lost_disk_brings_new_numbers_never_the_old_ones(client: FlaskClient, alone: Alone) -> None:
    anew = Alone(client, alone.printer)
    anew.take_kit()
    old = {row["id"] for row in alone.kit["ranges"]}
    assert not old & {row["id"] for row in anew.kit["ranges"]}, (
        "Q9 broke: numbers that may be on paper already are printed again."
    )


def test_Q9_the_database_itself_forbids_overlapping_ranges_and_reuse(
    app: Flask, prepared: Prepared, alone: Alone
) -> None:
    row = alone.ranges()[0]
    alone.hand_in(paper(row, 1, ago(1)))
    ticket = tickets(prepared.database_url, "A9001")[0]
    day = date.fromisoformat(row["day"])
    at = datetime.now(UTC)
    kept = {"printed_at": at, "counted_at": at, "handed_at": at, "paper": "none", "because": None}
    again = {"range_id": row["id"], "position": 1, "ticket_id": ticket.id}
    of_range = {"site_id": ticket.site_id, "line_id": ticket.line_id, "device_id": alone.printer.id}
    same = {**of_range, "memory": "m", "business_date": day, "prefix": "A", "slot": 0, "reserved_at": at}
    broken = {
        "a range at two kiosks": insert(NumberRange).values(same),
        "a range that overlaps others": insert(NumberRange).values({**same, "slot": 100}),
        "a number handed in twice": insert(HandedTicket).values(
            key="k" * 20, business_date=day, **again, **kept
        ),
        "a number reused on another day": insert(HandedTicket).values(
            key="l" * 20,
            business_date=day + timedelta(days=1),
            **{**again, "position": 2, "ticket_id": None},
            **kept,
        ),
        "a number outside its range": insert(HandedTicket).values(
            key="m" * 20, business_date=day, **{**again, "position": 100, "ticket_id": None}, **kept
        ),
        "the hall's own count in a range": update(NumberSeries).values(last_serial=9001),
    }
    allowed = [what for what, statement in broken.items() if is_allowed(app, statement)]
    assert not allowed, "Q9 broke: the database allows this."


def test_Q9_papers_wait_by_their_printed_time_before_all_who_came_later(
    alone: Alone, work: AtWork, prepared: Prepared
) -> None:
    early = work.draw()
    alone_since(prepared, alone, 60)
    late = work.draw()
    row = alone.ranges()[0]
    taken = alone.hand_in(
        paper(row, 1, ago(30)),
        paper(row, 2, ago(20), lane="priority", reason="elder"),
        paper(row, 3, ago(10)),
    )
    assert [one["number"] for one in taken] == ["A9001", "A9002", "A9003"]
    work.at(W1, "open")
    order = []
    for _call in range(5):
        called = work.at(W1, "call-next")
        order.append(called.json["number"])
        work.at(W1, "start")
        work.at(W1, "finish", outcome="done")
    wanted = ["A9002", "A9001", "A9003", early["number"], late["number"]]
    assert order == wanted, "Q9 and Q3 broke: papers are not placed by the printed time and their lane."


def is_allowed(app: Flask, statement: Any) -> bool:
    try:
        with app.app_context():
            units().run(partial(execute, statement))
    except IntegrityError:
        return False
    return True


def execute(statement: Any, session: Session) -> None:
    session.execute(statement)


def alone_since(prepared: Prepared, alone: Alone, minutes: float) -> None:
    """The server last heard from this kiosk so long ago."""
    engine = create_engine(prepared.database_url)
    with engine.begin() as connection:
        connection.execute(
            update(RangeKeeper).where(RangeKeeper.device_id == alone.printer.id).values(heard_at=ago(minutes))
        )
    engine.dispose()


def test_Q9_what_is_handed_in_again_half_or_whole_is_taken_once(alone: Alone, prepared: Prepared) -> None:
    row = alone.ranges()[0]
    papers = [paper(row, position, ago(1)) for position in range(1, 11)]
    first = alone.hand_in(*papers[:6])
    again = alone.hand_in(*papers)
    assert again[:6] == first, "Q9 broke: a paper handed in twice is answered differently."
    assert {one["state"] for one in again} == {"taken"}
    assert alone.hand_in(*papers) == again
    assert len(tickets(prepared.database_url)) == 10, "Q9 broke: papers were lost, or became two tickets."


def test_Q9_a_second_paper_with_the_same_number_is_told_and_loses_nobody(
    alone: Alone, work: AtWork, prepared: Prepared
) -> None:
    row = alone.ranges()[0]
    alone.hand_in(paper(row, 1, ago(2)))
    assert alone.hand_in(paper(row, 1, ago(1)))[0]["state"] == "doubled"
    assert len(tickets(prepared.database_url, "A9001")) == 1, "Q9 broke: one number became two tickets."
    assert [bool(one.ticket_id) for one in papers_kept(prepared.database_url)] == [True, False]
    assert work.demo


def test_Q9_a_paper_of_a_foreign_range_is_refused_and_holds_up_no_other(
    alone: Alone, other: Alone, prepared: Prepared
) -> None:
    foreign = paper(other.ranges()[0], 1, ago(1))
    taken = alone.hand_in(foreign, paper(alone.ranges()[0], 1, ago(1)))
    assert [one["state"] for one in taken] == ["refused", "taken"], "Q9 broke: one paper holds up the others."
    assert taken[0]["code"] == "unknown_range"
    assert [row.number for row in tickets(prepared.database_url)] == ["A9001"]


@pytest.mark.parametrize("odd", [{"printed_at": "9999-12-31T23:00:00Z"}, {"range": 2**70}])
def test_Q9_a_paper_that_cannot_be_is_refused_at_its_field(
    alone: Alone, prepared: Prepared, odd: dict[str, Any]
) -> None:
    row = alone.ranges()[0]
    answer = alone.post(
        "printed-tickets", {"papers": [paper(row, 1, ago(1)), {**paper(row, 2, ago(1)), **odd}]}
    )
    assert answer.status_code == 422, "Q9 broke: what a printer sends breaks the server."
    assert next(iter(odd)) in answer.text
    assert tickets(prepared.database_url) == []


@pytest.mark.parametrize(
    ("printed", "age_min", "because", "counts_ago"),
    [
        (-120, 10, "clock", 10),  # two hours ahead, and its age is known
        (600, 10, "clock", 10),
        (-120, None, "late", 0),
        (600, None, "early", 61),  # a minute's difference between clocks is none
        (30, None, None, 30),
        (30, 30, None, 30),
    ],
)
def test_Q9_a_wrong_clock_is_bounded_by_what_the_server_knows(  # noqa: PLR0917 - the cases
    alone: Alone,
    prepared: Prepared,
    printed: float,
    age_min: float | None,
    because: str | None,
    counts_ago: float,
) -> None:
    alone_since(prepared, alone, 60)
    age = None if age_min is None else age_min * 60
    alone.hand_in(paper(alone.ranges()[0], 1, ago(printed), age_s=age))
    kept = papers_kept(prepared.database_url)[0]
    assert kept.because == because, "Q9 broke: why another time counts is not kept."
    off = abs((kept.counted_at - ago(counts_ago)).total_seconds())
    assert off < 30, f"Q9 broke: the time that counts is off by {off} s."
    assert abs((kept.printed_at - ago(printed)).total_seconds()) < 30, (
        "What stands on the paper is kept as well."
    )
    assert tickets(prepared.database_url)[0].place == kept.counted_at


def test_Q9_a_clock_that_stepped_back_puts_nobody_before_an_earlier_paper(
    alone: Alone, prepared: Prepared
) -> None:
    alone_since(prepared, alone, 60)
    row = alone.ranges()[0]
    alone.hand_in(paper(row, 1, ago(10)), paper(row, 2, ago(40)), paper(row, 3, ago(5)))
    numbers = [ticket.number for ticket in tickets(prepared.database_url)]
    assert numbers == ["A9001", "A9002", "A9003"], "Q9 and Q3 broke: a clock that stepped back reorders."
    assert [one.because for one in papers_kept(prepared.database_url)] == [None, "order", None]


def test_Q9_a_stopped_line_takes_the_papers_all_the_same(alone: Alone, work: AtWork) -> None:
    manager = next(row for row in work.demo["staff"] if row["role"] == "manager")
    stopped = work.client.post(
        "/api/v1/lines/xixian-a/stop",
        json={"reason": "系统维护"},
        headers={"Authorization": f"Bearer {manager['token']}"},
    )
    assert stopped.status_code == 200, stopped.text
    alone.hand_in(paper(alone.ranges()[0], 1, ago(1)))
    work.at(W1, "open")
    called = work.at(W1, "call-next")
    assert called.json["number"] == "A9001", "Q9 and Q10 broke: who holds a number is served."


def test_Q9_papers_of_yesterday_go_to_yesterdays_sheet_as_unserved(
    app: Flask, alone: Alone, prepared: Prepared
) -> None:
    row = alone.ranges()[0]
    yesterday = date.fromisoformat(row["day"]) - timedelta(days=1)
    with app.app_context():  # reserved then, and handed in today
        moved = update(NumberRange).where(NumberRange.id == row["id"]).values(business_date=yesterday)
        units().run(partial(execute, moved))
    alone_since(prepared, alone, 26 * 60)
    at = ago(24 * 60)
    alone.hand_in(paper(row, 1, at))
    ticket = tickets(prepared.database_url, "A9001")[0]
    assert (ticket.business_date, ticket.state) == (yesterday, "unserved"), (
        "Q9 broke: a number of another date must go to that date's sheet."
    )
    assert ticket.ended_at is not None and ticket.ended_at > ticket.issued_at
    staff = next(row for row in alone_demo(prepared) if row["role"] == "manager")
    sheet = alone.client.get(
        f"/api/v1/sites/xixian/day-sheet?date={yesterday.isoformat()}",
        headers={"Authorization": f"Bearer {staff['token']}"},
    )
    assert sheet.status_code == 200, sheet.text
    assert sheet.get_json()["total"]["issued"] == 1


def alone_demo(prepared: Prepared) -> list[dict[str, Any]]:
    staff: list[dict[str, Any]] = prepared.demo["staff"]
    return staff
