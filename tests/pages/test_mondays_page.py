"""The page of directors and liaisons: what it offers, and what it says where nothing can be done (M2–M4)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases_at_work import at
from tests.rota_at_work import EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from flask.testing import FlaskClient

AFTER_SIGN_UP = datetime(2026, 3, 14, 1, 0, tzinfo=UTC)
AFTERWARDS = datetime(2026, 3, 21, 2, 0, tzinfo=UTC)
FIRST_DAY, SECOND_DAY = "2026-03-23", "2026-03-30"
ROTA = "/mondays?rota=directors"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield mondays


def seen(hall: Mondays, who: str, path: str = ROTA) -> str:
    """The page as somebody sees it."""
    said = hall.client.get(path, headers={"Authorization": f"Bearer {hall.tokens[who]}"})
    assert said.status_code == 200
    return str(said.text)


def offered(page: str) -> list[int]:
    """Keys of the seats that can be taken by a touch."""
    found = re.findall(r'data-seat="(\d+)"[^>]*>', page)
    return [int(seat) for seat in found if not re.search(rf'data-seat="{seat}"[^>]* disabled', page)]


def test_M2_a_seat_is_offered_until_one_has_a_turn_on_that_day(hall: Mondays) -> None:
    first, second = hall.seats(FIRST_DAY)
    assert {first, second} <= set(offered(seen(hall, "head0")))
    hall.sign(first, 0)
    page = seen(hall, "head0")
    assert {first, second}.isdisjoint(offered(page)), "one turn a day"
    assert set(hall.seats(SECOND_DAY)) <= set(offered(page))
    assert "3月23日 星期一" in page and "取消报名" in page
    assert second in offered(seen(hall, "head1")) and first not in offered(seen(hall, "head1"))


def test_M2_after_sign_up_has_closed_the_page_says_what_comes(hall: Mondays) -> None:
    first, _second = hall.seats(FIRST_DAY)
    hall.sign(first, 0)
    with at(AFTER_SIGN_UP):
        page = seen(hall, "head0")
    assert "取消报名" not in page
    assert "报名已截止，名单将于3月18日 星期三公布。" in page


def test_M2_a_proposal_says_why(hall: Mondays) -> None:
    with at(AFTER_SIGN_UP):
        hall.must("POST", "/sites/xixian/rotas/directors/propose")
        pages = [seen(hall, f"head{number}") for number in range(4)]
    assert sum("建议原因：贵单位本季度还没有轮过。" in page for page in pages) == 4


@pytest.mark.engines("sqlite", "postgresql")
def test_M4_a_swap_is_told_to_both_until_it_is_done(hall: Mondays) -> None:
    hall.sign(hall.seats(FIRST_DAY)[0], 0)
    hall.sign(hall.seats(SECOND_DAY)[0], 1)
    turns = hall.published(FIRST_DAY, SECOND_DAY)
    mine, other = turns[FIRST_DAY, 0]["duty"], turns[SECOND_DAY, 0]["duty"]
    with at(AFTERWARDS):
        assert f'<option value="{other}">' in seen(hall, "head0")
        asked = hall.must("POST", f"/duties/{mine}/swap", {"other": other, "note": "防汛会议"}, who="head0")
        answer = f"/api/v1/swaps/{asked['id']}/accept"
        page = seen(hall, "liaison1")
        assert "第0局想和您调换" in page and answer in page and "防汛会议" in page
        page = seen(hall, "head0")
        assert "等对方答复，截至 3月23日 星期一 04:00" in page, "two days, but the day itself is too late"
        assert answer not in page
        hall.must("POST", f"/swaps/{asked['id']}/accept", who="liaison1")
        assert "双方已同意，等大厅负责人批准。" in seen(hall, "head0")
        assert "双方已同意，等大厅负责人批准。" in seen(hall, "head1")
        hall.must("POST", f"/swaps/{asked['id']}/approve")
        page = seen(hall, "head0")
    assert "双方已同意" not in page
    assert re.search(r'monday-turn confirmed" data-duty="\d+">\s*<div class="row-apart"><h3>3月30日', page)


def test_M4_a_stand_in_that_is_used_up_and_a_refused_leave_are_said(hall: Mondays) -> None:
    for day in (FIRST_DAY, SECOND_DAY):
        hall.sign(hall.seats(day)[0], 0)
    turns = hall.published(FIRST_DAY, SECOND_DAY)
    with at(AFTERWARDS):
        asked = {"person": hall.people()["副局长0"], "reason": "mission"}
        wish = hall.must("POST", f"/duties/{turns[FIRST_DAY, 0]['duty']}/stand-in", asked, who="head0")
        assert "已申请代为接待：副局长0" in seen(hall, "head0")
        hall.must("POST", f"/duty-wishes/{wish['id']}/approve")
        page = seen(hall, "head0")
        assert "由副局长0代为接待。" in page and "贵单位本季度已用过一次" in page
        leave = hall.must(
            "POST", f"/duties/{turns[SECOND_DAY, 0]['duty']}/leave", {"reason": "flood"}, who="head0"
        )
        hall.must("POST", f"/duty-wishes/{leave['id']}/refuse")
        assert "请假未获批准。" in seen(hall, "head0")


def test_on_the_day_itself_nothing_is_offered(hall: Mondays) -> None:
    hall.sign(hall.seats(FIRST_DAY)[0], 0)
    hall.published(FIRST_DAY)
    with at(datetime(2026, 3, 23, 1, 0, tzinfo=UTC)):
        page = seen(hall, "head0")
    assert "今天不能再变更" in page and "/leave" not in page


def test_M2_fairness_is_shown_for_the_quarters_that_have_days(hall: Mondays) -> None:
    hall.term("2026-04-01", "2026-04-30")
    hall.sign(hall.seats("2026-04-13")[0], 0)
    assert re.search(r"第0局: <strong>0 次值守", seen(hall, "head0"))
    assert re.search(r"第0局: <strong>1 次值守", seen(hall, "head0", f"{ROTA}&quarter=2026-2"))
    assert re.search(r"第0局: <strong>0 次值守", seen(hall, "head0", f"{ROTA}&quarter=9999-9")), (
        "the present one"
    )


def test_the_page_asks_the_database_as_often_for_many_turns_as_for_none(
    hall: Mondays, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with queries() as before:
        seen(hall, "liaison0")
    for number, day in enumerate((FIRST_DAY, SECOND_DAY)):
        hall.sign(hall.seats(day)[0], 0)
        hall.sign(hall.seats(day)[1], number + 1)
    hall.published(FIRST_DAY)
    with queries() as after:
        seen(hall, "liaison0")
    assert len(after) <= len(before) + 1, after  # stand-ins are looked for where there are turns
    assert len(before) < 30, before


def test_whoever_is_on_no_list_reads_what_to_do(hall: Mondays) -> None:
    page = seen(hall, "manager")
    assert "您不在本次值守名单上" in page and "/admin/receptions" in page
    assert offered(page) == []
