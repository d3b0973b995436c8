"""Q9: what a kiosk could not hand in is told to staff, on every engine, until it is taken or somebody sees to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from hall.cutoff import rules
from tests.api.at_work import AtWork
from tests.cut_off import Alone, ago, paper
from tests.pages.test_floor_page import sign_in
from tests.pages.test_front import csrf
from tests.printers import API, add_printer

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.servers import Prepared


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
        rows = [
            (f"{batch:04d}-{number:04d}-" + "k" * 20, f"A{9001 + number}", "refused") for number in range(50)
        ]
        assert told(alone, *rows).status_code == 200
    assert len(shown(alone, staff)) == rules.MOST_ASIDE


def test_Q9_a_date_of_a_broken_machine_is_todays(alone: Alone, staff: dict[str, str]) -> None:
    for number, day in enumerate(("9999-12-31", "0001-01-01", str(date.today() - timedelta(days=400)))):  # noqa: DTZ011
        assert told(alone, (f"{number}" * 32, f"A900{number}", "refused"), day=day).status_code == 200
    assert len(shown(alone, staff)) == 3
    assert told(alone, ("k" * 32, "欧阳", "refused")).status_code == 422, "Names are no numbers (E2)."
    assert told(alone, ("k" * 32, "A9001", "because")).status_code == 422
