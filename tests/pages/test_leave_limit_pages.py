"""The limit of leaves before the department that asks and the manager who approves (M4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.test_leave_limit import leave, turns
from tests.cases_at_work import at
from tests.rota_at_work import EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PHONE = "/mondays?rota=directors"
ROOM = "/admin/receptions/directors"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield mondays


def seen(hall: Mondays, path: str, who: str) -> str:
    said = hall.client.get(path, headers={"Authorization": f"Bearer {hall.tokens[who]}"})
    assert said.status_code == 200, said.text
    return str(said.text)


def box(page: str, duty: int) -> str:
    """What opens under *Ask for leave* of a turn."""
    return page.partition(f'id="box-leave-{duty}"')[2].partition("</details>")[0]


def approve(hall: Mondays, wish: int, **form: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {hall.tokens['manager']}"}
    where = f"{ROOM}/asked/wish/{wish}/approve"
    return hall.client.post(where, data=form, headers=headers, follow_redirects=True)


def test_M4_the_phone_says_how_many_leaves_are_used_before_one_asks(hall: Mondays) -> None:
    one, two, three = turns(hall)
    assert "已批准请假 0 次，上限 2 次" in box(seen(hall, PHONE, "head0"), three)
    for number, duty in enumerate((one, two), 1):
        approve(hall, leave(hall, duty))
        assert f"已批准请假 {number} 次" in box(seen(hall, PHONE, "head0"), three)
    full = box(seen(hall, PHONE, "liaison0"), three)
    assert "已用完" in full
    assert re.findall(r'<option value="(\w+)"', full) == ["leadership", "flood"]


def test_M4_the_manager_sees_the_limit_and_needs_a_reason_beyond_it(hall: Mondays) -> None:
    one, two, three = turns(hall, 1)
    first, ill, flood = leave(hall, one), leave(hall, two), leave(hall, three, "flood")
    page = seen(hall, ROOM, "manager")
    assert page.count("已批准请假 0 次，上限 1 次") == 3
    assert 'name="beyond"' not in page
    approve(hall, first)
    page = seen(hall, ROOM, "manager")
    assert page.count('name="beyond"') == 1
    assert f"/asked/wish/{ill}/approve" not in page  # nothing can be pressed that is refused
    assert f"/asked/wish/{ill}/refuse" in page
    assert "不能批准" in page
    assert "请写明理由" in approve(hall, flood).text
    assert f"/asked/wish/{flood}/approve" in seen(hall, ROOM, "manager")
    approve(hall, flood, beyond="县防指调度")
    assert f"/asked/wish/{flood}/" not in seen(hall, ROOM, "manager")


def test_M4_the_limit_is_set_with_the_reception(hall: Mondays) -> None:
    turns(hall, 3)
    page = seen(hall, f"{ROOM}/settings", "manager")
    assert re.search(r'name="leaves"[^>]*value="3"|value="3"[^>]*name="leaves"', page)
    with at(EARLY):
        assert "每季度请假次数上限" in page
