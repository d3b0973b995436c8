"""Receptions in public and hard matters, on pages without scripts (M3, M6)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from kiosk.mondays.shown import MOST, of_day
from tests.cases_at_work import at
from tests.matters_at_work import BEFORE, PHONE, PUBLISHED, Reception
from tests.rota_at_work import CODE, EARLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

ONLY = f"?rota={CODE}"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    with at(EARLY):
        reception = Reception(client, demo)
    with at(PUBLISHED):
        yield reception


def get(hall: Reception, path: str, who: str = "") -> TestResponse:
    headers = {"Accept": "text/html"}
    if who:
        headers["Authorization"] = f"Bearer {hall.mondays.tokens[who]}"
    return hall.client.get(path, headers=headers)


def post(hall: Reception, path: str, who: str = "", **fields: Any) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', get(hall, "/receptions").text)
    assert found
    headers = {"Accept": "text/html"}
    if who:
        headers["Authorization"] = f"Bearer {hall.mondays.tokens[who]}"
    return hall.client.post(path, data={"csrf_token": found[1], **fields}, headers=headers)


def form(hall: Reception, **values: str) -> dict[str, str]:
    first = f"?session={hall.session}&body={hall.bodies[0]}"
    times = re.findall(r'name="at" value="([^"]+)"', get(hall, f"/mondays/book/time{first}").text)
    told = {"name": "欧阳小明", "phone": PHONE, "asked": "宅基地确权三年没有结果"}
    return {
        "session": str(hall.session),
        "body": str(hall.bodies[0]),
        "at": unescape(times[0]),
        **told,
        **values,
    }


def test_M3_the_list_is_public_three_days_before_with_the_matters_of_each_department(
    hall: Reception, app: Flask
) -> None:
    page = get(hall, "/receptions").text
    for told in ("3月23日", "第0局", "局长0 局长", "5号窗口", "09:00–11:30", "预约十五分钟"):
        assert told in page, told
    wall = get(hall, f"/screen/mondays/xixian{ONLY}").text
    for told in ("局长周一见", "下次接待", "第1局", "6号窗口", "信访事项请到县信访接待场所"):
        assert told in wall, told
    with at(EARLY):
        hall.mondays.sign(hall.mondays.seats("2026-03-30")[0], 2)
    for path in ("/receptions", f"/screen/mondays/xixian{ONLY}"):
        assert "第2局" not in get(hall, path).text, "not before it is published"
    assert get(hall, "/screen/mondays").headers["Location"].endswith("/screen/mondays/xixian")
    assert get(hall, "/screen/mondays/nowhere").status_code == 404


def test_M5_no_public_page_says_that_somebody_is_absent(hall: Reception, app: Flask) -> None:
    with at(BEFORE + timedelta(hours=2)):
        for path in ("/receptions", f"/screen/mondays/xixian{ONLY}"):
            page = get(hall, path).text
            assert "第0局" in page
            for word in ("缺席", "请假", "迟到", "早退", "未到", "absent", "leave"):
                assert word not in page.split("<main")[1].split("<script")[0], (path, word)


def test_M3_a_stand_in_is_shown_in_the_heads_place(hall: Reception) -> None:
    person = hall.mondays.people()["副局长0"]
    seats = hall.mondays.sessions("2026-03-23", "2026-03-23")[0]["seats"]
    duty = next(s["sitting"]["duty"] for s in seats if s["sitting"]["body"] == hall.bodies[0])
    asked = hall.mondays.must(
        "POST", f"/duties/{duty}/stand-in", {"person": person, "reason": "meeting"}, "head0"
    )
    hall.mondays.must("POST", f"/duty-wishes/{asked['id']}/approve")
    page = get(hall, f"/screen/mondays/xixian{ONLY}").text
    assert "副局长0 副局长（代为接待）" in page
    assert "局长0 局长<" not in page


def seat(number: int, now: str, part: str = "am") -> dict[str, Any]:
    hour = "09" if part == "am" else "14"
    return {
        "window": f"w{number:02d}",
        "now": now,
        "part": part,
        "starts": f"{hour}:00",
        "starts_at": f"2026-03-23T{hour}:00",
    }


def told(*seats: dict[str, Any], coming: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    day = {"rota": "r", "name": "局长周一见", "name_en": "x", "day": "2026-03-23", "seats": list(seats)}
    return {"sessions": [day] if seats else [], "next": coming or [], "cancelled": []}


def test_M3_the_wall_shows_who_is_still_to_come_and_the_next_day_when_all_is_over() -> None:
    later = {"rota": "r", "name": "n", "name_en": "n", "day": "2026-03-30", "seats": [seat(1, "later")]}
    assert not of_day(told()).rows
    now = of_day(told(seat(1, "over"), seat(2, "receiving", "pm"), coming=[later]))
    assert ([row["window"] for row in now.rows], now.today) == (["w02"], True)
    over = of_day(told(seat(1, "over"), coming=[later]))
    assert (over.today, over.done, str(over.day)) == (False, True, "2026-03-30")
    alone = of_day(told(seat(1, "over")))
    assert (alone.today, alone.done, len(alone.rows)) == (True, True, 1)
    assert of_day(told(seat(1, "waiting")), "another").rows == []


def test_M3_many_seats_are_shown_by_halves_of_the_day_and_no_row_gets_lost() -> None:
    day = [*(seat(n, "waiting") for n in range(7)), *(seat(n, "later", "pm") for n in range(5))]
    shown = of_day(told(*day))
    assert (len(shown.rows), shown.then, shown.more, shown.density) == (7, "14:00", 0, "more")
    full = of_day(told(*(seat(n, "waiting") for n in range(15))))
    assert (len(full.rows), full.more) == (MOST, 3)
    for count, density in ((1, "one"), (3, "few"), (6, "some"), (8, "more"), (9, "many"), (12, "many")):
        assert of_day(told(*(seat(n, "waiting") for n in range(count)))).density == density, count


def test_M6_a_citizen_books_on_the_phone_and_reads_what_was_promised(hall: Reception) -> None:
    heads = get(hall, "/mondays/book").text
    assert "第0局" in heads and "可约10个时段" in heads
    wrong = post(hall, "/mondays/book", **form(hall, phone="12", name=""))
    assert wrong.status_code == 422
    assert "请填写姓名" in wrong.text and "宅基地确权三年没有结果" in wrong.text, "nothing typed is lost"
    given = form(hall)
    done = post(hall, "/mondays/book", **given)
    assert done.status_code == 303, done.text
    address = done.headers["Location"]
    page = get(hall, address).text
    assert "预约成功" in page and "09:00" in page and PHONE not in page
    late = post(hall, "/mondays/book", **{**given, "phone": "13900001111"})
    assert late.status_code == 409
    assert "刚刚被约走" in late.text and "宅基地确权三年没有结果" in late.text
    token = address.rsplit("/", 1)[1]
    with at(BEFORE):
        taken = post(hall, f"/mondays/matters/{token}/take-up", "head0")
        assert taken.status_code == 303
        made = post(
            hall,
            f"/mondays/matters/{token}/promise",
            "head0",
            what="十个工作日内书面答复",
            due_on="2026-04-07",
            answers=str(hall.mondays.people()["副局长0"]),
            lawful="1",
        )
        assert made.status_code == 303, made.text
    page = get(hall, address).text
    assert "十个工作日内书面答复" in page and "4月7日" in page and "副局长0" in page


def test_M6_whose_turn_is_over_is_not_among_whom_one_can_book_and_is_not_called_full(hall: Reception) -> None:
    with at(BEFORE + timedelta(hours=2, minutes=30)):
        assert "第0局" in get(hall, "/mondays/book").text, "one quarter hour is to come"
    with at(BEFORE + timedelta(hours=2, minutes=50)):
        shown = get(hall, "/mondays/book").text
        assert "第0局" not in shown and "约满" not in shown


def test_M6_a_booking_is_given_up_on_its_page_and_unknown_codes_are_told_in_two_languages(
    hall: Reception,
) -> None:
    address = post(hall, "/mondays/book", **form(hall)).headers["Location"]
    assert post(hall, f"{address}/withdraw").status_code == 303
    assert "预约已取消" in get(hall, address).text
    lost = get(hall, "/mondays/book/nonsense")
    assert lost.status_code == 404
    assert "没有找到这个预约" in lost.text and "We know no such booking." in lost.text
    for bad in ("?session=x&body=1", "?session=999999999999&body=1", ""):
        assert get(hall, f"/mondays/book/time{bad}").status_code == 409, bad
    first = f"?session={hall.session}&body={hall.bodies[0]}&at="
    for bad in ("", "tomorrow", "2026-03-23T09:05:00+08:00"):
        assert get(hall, f"/mondays/book/details{first}{bad}").status_code == 409, bad


@pytest.mark.parametrize(
    "said", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2026-03-23T09:00:00", "soon", ""]
)
def test_M6_a_time_that_nobody_means_is_refused_and_nothing_typed_is_lost(hall: Reception, said: str) -> None:
    for fields, status in (({}, 409), ({"name": ""}, 422)):
        answer = post(hall, "/mondays/book", **form(hall, at=said, **fields))
        assert answer.status_code == status, answer.text
        assert "宅基地确权三年没有结果" in answer.text
    assert post(hall, "/mondays/book/again", **form(hall, at=said)).status_code == 409


def test_M6_the_departments_page_shows_its_own_matters_and_opens_names_by_a_press(
    hall: Reception,
) -> None:
    token = post(hall, "/mondays/book", **form(hall)).headers["Location"].rsplit("/", 1)[1]
    mine = get(hall, "/mondays/matters", "liaison0").text
    assert "宅基地**" in mine and "欧**" in mine and PHONE not in mine
    assert "宅基地" not in get(hall, "/mondays/matters", "head1").text
    assert get(hall, f"/mondays/matters/{token}", "head1").status_code == 404
    assert PHONE not in get(hall, f"/mondays/matters/{token}", "head0").text
    assert PHONE in post(hall, f"/mondays/matters/{token}/reveal", "head0").text
    early = post(hall, f"/mondays/matters/{token}/miss", "head0")
    assert early.status_code == 409 and "预约的时间还没有过" in early.text
    with at(BEFORE):
        assert post(hall, f"/mondays/matters/{token}/arrive", "head0").status_code == 303
        pointed = post(hall, f"/mondays/matters/{token}/end", "head0", how="point")
        assert pointed.status_code == 303
    assert "请到信访接待场所" in get(hall, f"/mondays/book/{token}").text


def test_M6_the_desk_books_without_telephone_and_says_that_somebody_is_here(hall: Reception) -> None:
    done = post(hall, "/mondays/book", "manager", **form(hall, phone="", name=""))
    assert done.status_code == 303, done.text
    token = done.headers["Location"].rsplit("/", 1)[1]
    with at(BEFORE):
        assert "第0局" in get(hall, "/mondays/desk", "manager").text
        assert post(hall, f"/mondays/desk/{token}/arrive", "manager").status_code == 303
        assert "已到" in get(hall, "/mondays/desk", "manager").text
    assert get(hall, "/mondays/desk", "head0").status_code == 403


def test_M6_a_matter_is_brought_from_the_hall_and_what_is_missing_is_told(hall: Reception) -> None:
    with at(BEFORE):
        body = str(hall.bodies[0])
        wrong = post(hall, "/mondays/matters", "head0", source="floor", body=body, asked="")
        assert wrong.status_code == 422
        done = post(hall, "/mondays/matters", "head0", source="window", body=body, asked="三次都说缺材料")
        assert done.status_code == 303
        page = get(hall, done.headers["Location"], "head0").text
        assert "窗口转来" in page and "三次都说缺材料" in page
        empty = post(hall, done.headers["Location"] + "/promise", "head0", what="")
        assert empty.status_code == 422
        for said in ("请填写承诺内容", "请填写办结日期", "谁负责答复", "只承诺依法能办"):
            assert said in empty.text, said
