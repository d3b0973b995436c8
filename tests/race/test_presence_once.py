"""Two phones send one code at the same moment, on both databases: somebody comes once, a code is used once (M5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from hall.database import db
from hall.rota.presence.models import Attendance, CodeUse
from tests.cases_at_work import at
from tests.on_the_day import STARTS, OnTheDay
from tests.rota_at_work import API

if TYPE_CHECKING:
    from flask import Flask

AT_ONCE = 8


def together(app: Flask, hall: OnTheDay, path: str, body: dict[str, str], *people: str) -> list[str]:
    """What each of these is answered: "ok" or why not."""

    def press(who: str) -> str:
        headers = {"Authorization": f"Bearer {hall.tokens[who]}"}
        said = app.test_client().post(f"{API}{path}", json=body, headers=headers)
        return "ok" if said.status_code == 200 else str(said.get_json()["code"])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(press, (people * AT_ONCE)[:AT_ONCE]))


def count(app: Flask, table: type[Attendance | CodeUse], duty: int) -> int:
    with app.app_context():
        return int(db.session.scalar(select(func.count()).where(table.duty_id == duty)) or 0)


def test_M5_two_at_once_with_one_code_come_once(app: Flask, demo: dict[str, Any]) -> None:
    hall = OnTheDay(app.test_client(), demo)
    duties = hall.begin()
    path = f"/duties/{duties[0]}/presence"
    code = {"code": hall.digits(0, STARTS)}
    with at(STARTS):
        said = together(app, hall, path, code, "head0", "liaison0")
    assert said == [*["already_here"] * (AT_ONCE - 1), "ok"]
    assert (count(app, Attendance, duties[0]), count(app, CodeUse, duties[0])) == (1, 1)
    later = STARTS + timedelta(minutes=5)
    code = {"code": hall.digits(0, later)}
    with at(later):
        said = together(app, hall, f"{path}/end", code, "head0", "liaison0")
    assert said == [*["not_here"] * (AT_ONCE - 1), "ok"]
    assert count(app, CodeUse, duties[0]) == 2
