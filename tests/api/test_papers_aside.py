"""Q9: what a kiosk could not hand in is told to staff, on every engine, until it is taken or somebody sees to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hall.cutoff import rules
from hall.cutoff.models import PaperAside
from hall.sites import Site
from tests.api.at_work import AtWork
from tests.cut_off import Alone, ago, paper
from tests.pages.test_floor_page import sign_in
from tests.pages.test_front import csrf
from tests.printers import API, add_printer
from tests.screens import until

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from sqlalchemy import Engine
    from werkzeug.test import TestResponse

    from tests.servers import Prepared

MORE = "可能还有未列出的号码"


@pytest.fixture
def alone(client: FlaskClient, prepared: Prepared, demo: dict[str, Any]) -> Alone:
    made = Alone(client, add_printer(prepared.database_url, demo["kiosk"]["token"]))
    made.take_kit()
    return made


@pytest.fixture
def staff(client: FlaskClient, demo: dict[str, Any]) -> dict[str, str]:
    assert AtWork(client, demo).demo
    token = next(row["token"] for row in demo["staff"] if row["user"] == "manager")
    return {"Authorization": f"Bearer {token}"}


def told(alone: Alone, *papers: tuple[str, str, str], day: str | None = None) -> TestResponse:
    """The agent tells of (key, number, why)."""
    said = day or alone.ranges()[0]["day"]
    rows = [{"key": key, "number": number, "day": said, "why": why} for key, number, why in papers]
    return alone.client.post(
        f"{API}/devices/{alone.printer.id}/papers-aside",
        json={"papers": rows},
        headers={**alone.printer.headers, "Idempotency-Key": uuid4().hex},
    )


def shown(alone: Alone, staff: dict[str, str]) -> list[str]:
    answer = alone.client.get(f"{API}/sites/xixian/hand-calls", headers=staff)
    found: list[str] = answer.get_json()["aside"]
    floor = alone.client.get(f"{API}/sites/xixian/floor", headers=staff)
    assert floor.get_json()["aside"] == found, "Q9 broke: the floor tells another story."
    return found


def test_Q9_a_paper_that_was_set_aside_is_told_once_and_no_more_when_it_is_taken(
    alone: Alone, staff: dict[str, str]
) -> None:
    one = paper(alone.ranges()[0], 1, ago(1))
    for _time in range(2):
        assert told(alone, (one["key"], "A9001", "stumbled")).status_code == 200
    assert shown(alone, staff) == ["A9001"], "Q9 broke: staff are not told, or told twice."
    assert alone.hand_in(one)[0]["state"] == "taken"
    assert shown(alone, staff) == [], "Q9 broke: what was taken is still told."
    assert told(alone, (one["key"], "A9001", "stumbled")).status_code == 200
    assert shown(alone, staff) == [], "Q9 broke: a late word of another agent brings a taken paper back."


def test_Q9_a_refused_paper_stands_until_somebody_sees_to_its_holder(
    alone: Alone, staff: dict[str, str], demo: dict[str, Any]
) -> None:
    told(alone, ("k" * 32, "A9001", "stumbled"), ("l" * 32, "B9107", "refused"))
    sign_in(alone.client, demo, "clerk01")
    page = alone.client.get("/by-hand").text
    assert 'id="not-taken"' in page and "B9107" in page and "A9001" in page
    up_to = page.partition('name="up_to" value="')[2].partition('"')[0]
    told(alone, ("m" * 32, "A9003", "refused"))
    done = alone.client.post("/by-hand/aside", data={"csrf_token": csrf(page), "up_to": up_to})
    assert done.status_code == 303
    assert shown(alone, staff) == ["A9003"], (
        "Q9 broke: what the clerk has not seen is gone, or what was seen is not."
    )
    for odd in ("", "x", "9" * 40, "-1"):
        assert (
            alone.client.post("/by-hand/aside", data={"csrf_token": csrf(page), "up_to": odd}).status_code
            == 422
        )
    assert shown(alone, staff) == ["A9003"]


def test_Q9_who_was_served_by_hand_is_no_longer_told_of(alone: Alone, staff: dict[str, str]) -> None:
    told(alone, ("k" * 32, "A9001", "stumbled"))
    body = {"number": "A9001", "window": "xixian-01"}
    noted = alone.client.post(
        f"{API}/sites/xixian/hand-calls", json=body, headers={**staff, "Idempotency-Key": "by-hand"}
    )
    assert noted.status_code == 201, noted.text
    assert shown(alone, staff) == []


def test_Q9_a_machine_that_tells_without_end_fills_no_page(alone: Alone, staff: dict[str, str]) -> None:
    for batch in range(rules.MOST_ASIDE // 50 + 2):
        tell_fifty(alone, batch)
    assert len(shown(alone, staff)) == rules.MOST_ASIDE


def tell_fifty(alone: Alone, batch: int) -> int:
    """How many of fifty further papers staff are told of."""
    rows = [(f"{batch:04d}-{number:04d}-" + "k" * 20, f"A{9001 + number}", "refused") for number in range(50)]
    answer = told(alone, *rows)
    assert answer.status_code == 200, answer.text
    kept = answer.get_json()["kept"]
    assert kept == [key for key, _number, _why in rows][: len(kept)]
    return len(kept)


def test_Q9_what_staff_have_no_room_for_is_told_again_and_shown_when_they_have_seen_to_the_others(
    alone: Alone, staff: dict[str, str], demo: dict[str, Any]
) -> None:
    sign_in(alone.client, demo, "clerk01")
    first = rules.MOST_ASIDE // 50
    for batch in range(first):
        more = MORE in alone.client.get("/by-hand").text
        assert not more and tell_fifty(alone, batch) == 50
    assert tell_fifty(alone, first) == 0, "Q9 broke: the agent forgets papers of which nobody is told."
    assert tell_fifty(alone, 0) == 50, "What stands on the list is told already."
    page = alone.client.get("/by-hand").text
    assert MORE in page and "一楼取号机：A9001（不予接收）" in page
    up_to = page.partition('name="up_to" value="')[2].partition('"')[0]
    alone.client.post("/by-hand/aside", data={"csrf_token": csrf(page), "up_to": up_to})
    assert tell_fifty(alone, first) == 50, "Q9 broke: what was seen to leaves no room for others."
    assert len(shown(alone, staff)) == 50
    assert MORE not in alone.client.get("/by-hand").text


def test_Q9_a_printer_changes_nothing_of_what_another_one_told(
    alone: Alone, staff: dict[str, str], prepared: Prepared, demo: dict[str, Any]
) -> None:
    said = {"day": alone.ranges()[0]["day"]}
    other = Alone(alone.client, add_printer(prepared.database_url, name="二楼取号机"))
    assert told(alone, ("k" * 32, "A9001", "stumbled")).get_json() == {"kept": ["k" * 32]}
    again = told(other, ("k" * 32, "A9009", "refused"), ("l" * 32, "A9002", "stumbled"), **said)
    assert again.get_json() == {"kept": ["k" * 32, "l" * 32]}, "Staff of the hall read of both."
    assert shown(alone, staff) == ["A9001", "A9002"]
    sign_in(alone.client, demo, "clerk01")
    page = alone.client.get("/by-hand").text
    assert "一楼取号机：A9001（每" in page, "Q9 broke: another machine's word is changed."
    assert "二楼取号机：A9002（每" in page, "Q9 broke: nobody can tell which machine it was."
    engine = create_engine(prepared.database_url)
    with Session(engine) as session:  # as if the first one stood in another hall
        elsewhere = Site(code="tangshi", name="汤实镇便民服务中心")
        session.add(elsewhere)
        session.flush()
        session.execute(update(PaperAside).where(PaperAside.key == "k" * 32).values(site_id=elsewhere.id))
        session.commit()
    engine.dispose()
    mixed = told(other, ("k" * 32, "A9009", "refused"), ("m" * 32, "A9003", "refused"), **said)
    assert mixed.get_json() == {"kept": ["m" * 32]}, "Q9 broke: a paper of another hall's list is forgotten."
    assert shown(alone, staff) == ["A9002", "A9003"]


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("crossed", [False, True])
def test_Q9_two_machines_that_tell_of_one_paper_in_the_same_moment_are_both_answered(
    alone: Alone, staff: dict[str, str], prepared: Prepared, *, crossed: bool
) -> None:
    """With `crossed` each has told of what the other one tells next: the database ends one of the two."""
    day = date.fromisoformat(alone.ranges()[0]["day"])
    there = add_printer(prepared.database_url, name="二楼取号机").id
    rows = [("k" * 32, "A9001", "refused"), ("l" * 32, "A9002", "refused")]
    engine = create_engine(prepared.database_url)

    def tells(session: Session, key: str, number: str, why: str) -> None:
        site = session.scalars(select(Site.id).where(Site.code == "xixian")).one()
        known = {"key": key, "number": number, "why": why, "business_date": day, "told_at": ago(0)}
        session.add(PaperAside(site_id=site, device_id=there, **known))
        session.flush()

    with Session(engine) as other, ThreadPoolExecutor(1) as beside:
        tells(other, *rows[1])
        answer = beside.submit(told, alone, *rows)
        until("one of them waits for the other", lambda: somebody_waits(engine))
        try:
            if crossed:
                tells(other, *rows[0])
            other.commit()
        except OperationalError:  # it was the other one that was ended
            other.rollback()
    engine.dispose()
    assert answer.result().status_code == 200, f"Q9 broke: a race is no fault: {answer.result().text}"
    assert answer.result().get_json() == {"kept": ["k" * 32, "l" * 32]}, "Q9 broke: staff read of both."
    assert sorted(shown(alone, staff)) == ["A9001", "A9002"], "Q9 broke: one paper is told twice, or lost."


def somebody_waits(engine: Engine) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with engine.connect() as line:
        return bool(line.exec_driver_sql(asked).scalar_one())


def test_Q9_a_date_of_a_broken_machine_is_todays(alone: Alone, staff: dict[str, str]) -> None:
    for number, day in enumerate(("9999-12-31", "0001-01-01", str(date.today() - timedelta(days=400)))):  # noqa: DTZ011
        assert told(alone, (f"{number}" * 32, f"A900{number}", "refused"), day=day).status_code == 200
    assert len(shown(alone, staff)) == 3
    assert told(alone, ("k" * 32, "欧阳", "refused")).status_code == 422, "Names are no numbers (E2)."
    assert told(alone, ("k" * 32, "A9001", "because")).status_code == 422
