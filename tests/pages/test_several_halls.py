"""A county with several halls: the citizen chooses one, its address remembers it, and each shows its own (M3)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from hall.accounts.models import Staff
from hall.sites import Site
from hall.unit_of_work import units
from tests.bulletins_at_work import AFTER, Bulletins
from tests.cases_at_work import at
from tests.matters_at_work import DAY, PUBLISHED, Reception
from tests.rota_at_work import EARLY
from tests.three_halls import NAMES, NONE, TWO, add_halls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

LIST = "/receptions/bulletins"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    with at(EARLY):
        reception = Reception(client, demo)
    with at(PUBLISHED):
        yield reception


@pytest.fixture
def sessions(hall: Reception, app: Flask) -> dict[str, int]:
    return add_halls(app, date.fromisoformat(DAY))


def see(client: FlaskClient, path: str, status: int = 200, token: str = "") -> str:
    headers = {"Accept": "text/html", **({"Authorization": f"Bearer {token}"} if token else {})}
    said = client.get(path, headers=headers)
    assert said.status_code == status, (path, said.status_code)
    return said.text.split("<main")[-1].split("<script")[0]


def test_with_one_hall_nothing_is_chosen_and_addresses_stay(hall: Reception) -> None:
    for path in ("/receptions", "/receptions/xixian", "/mondays/book"):
        page = see(hall.client, path)
        assert "第0局" in page, path
        assert "换一个大厅" not in page and "site=" not in page and 'href="/receptions/xixian' not in page, (
            path
        )
    assert "还没有通报" in see(hall.client, LIST)


@pytest.mark.usefixtures("sessions")
def test_M3_a_citizen_chooses_the_hall_and_the_address_remembers_it(hall: Reception) -> None:
    for path, leads in (
        ("/receptions", "/receptions/{}"),
        ("/mondays/book", "/mondays/book?site={}"),
        (LIST, "/receptions/{}/bulletins"),
    ):
        page = see(hall.client, path)
        assert "请选择大厅" in page and "第0局" not in page, path
        assert f'href="{leads.format("xixian")}"' in page and f'href="{leads.format(TWO)}"' in page, path
        assert "局长周一见" in page and "镇长接待日 · 行长周一见" not in page.split(NAMES[TWO])[0], path
        assert f'href="{leads.format(NONE)}"' not in page and NAMES[NONE] in page, path


def test_M3_each_hall_shows_its_own_heads_alone(hall: Reception, sessions: dict[str, int]) -> None:
    for path in ("/receptions/{}", "/mondays/book?site={}", "/screen/mondays/{}"):
        ours, theirs = see(hall.client, path.format("xixian")), see(hall.client, path.format(TWO))
        assert "第0局" in ours and "包信农商行" not in ours, path
        assert "第0局" not in theirs and "包信农商行" in theirs and "邢镇长" in theirs, path
    page = see(hall.client, f"/receptions/{TWO}")
    assert NAMES[TWO] in page and 'href="/receptions">换一个大厅' in page
    assert f"/mondays/book/time?session={sessions['banks']}&amp;body=" in page
    assert see(hall.client, "/receptions/nowhere", 404)
    assert see(hall.client, "/mondays/book?site=nowhere", 404)


@pytest.mark.usefixtures("sessions")
def test_M3_a_hall_without_receptions_says_so_politely(hall: Reception) -> None:
    for path in (f"/receptions/{NONE}", f"/mondays/book?site={NONE}"):
        page = see(hall.client, path)
        assert "本大厅不安排负责人接待" in page and "导办台" in page and "换一个大厅" in page, path
    assert "第0局" not in see(hall.client, f"/screen/mondays/{NONE}")


@pytest.mark.engines("sqlite", "postgresql")
def test_M6_a_time_is_booked_in_the_hall_of_its_session(hall: Reception, sessions: dict[str, int]) -> None:
    page = see(hall.client, f"/receptions/{TWO}")
    (body,) = re.findall(rf"session={sessions['banks']}&amp;body=(\d+)", page)
    times = f"/mondays/book/time?session={sessions['banks']}&body={body}"
    page = see(hall.client, times)
    assert "包信农商行" in page and f'href="/mondays/book?site={TWO}"' in page
    at_nine = re.findall(r'name="at" value="([^"]+)"', page)[0]
    shown = hall.client.get("/receptions", headers={"Accept": "text/html"}).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    given = {
        "csrf_token": token[1],
        "session": str(sessions["banks"]),
        "body": body,
        "at": at_nine,
        "name": "欧阳小明",
        "phone": "13800004321",
        "asked": "贷款申请没有答复",
    }
    done = hall.client.post("/mondays/book", data=given, headers={"Accept": "text/html"})
    assert done.status_code == 303, done.text
    page = see(hall.client, done.headers["Location"])
    assert "预约成功" in page and "包信农商行" in page and "2026-0001" in page
    assert at_nine not in see(hall.client, times)


@pytest.mark.usefixtures("sessions")
def test_M6_the_desk_books_in_its_own_hall_whatever_the_address_says(hall: Reception) -> None:
    desk = hall.mondays.tokens["manager"]
    page = see(hall.client, f"/mondays/book?site={TWO}", token=desk)
    assert "第0局" in page and "包信农商行" not in page and "换一个大厅" not in page


@pytest.mark.usefixtures("sessions")
def test_M3_calendars_are_those_of_their_hall(hall: Reception) -> None:
    ours, theirs = (
        hall.client.get(f"/calendars/{code}/directors.ics").get_data(as_text=True) for code in ("xixian", TWO)
    )
    assert "第0局" in ours and "包信镇政府" not in ours
    assert "第0局" not in theirs and "包信镇政府" in theirs
    assert f"/calendars/{TWO}/banks.ics" in see(hall.client, f"/receptions/{TWO}")
    assert hall.client.get(f"/calendars/{NONE}/directors.ics").status_code == 404


def test_M8_bulletins_are_those_of_their_hall(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> None:
    found = Bulletins(client, demo)
    found.held()
    key = int(found.draft()["bulletin"])
    found.step(key, "edit", title="关于三月活动情况的通报", text="截至目前，活动开展顺利。")
    found.step(key, "sign-off", "second")
    add_halls(app, date.fromisoformat(DAY))
    ours, theirs = "/receptions/xixian/bulletins", f"/receptions/{TWO}/bulletins"
    assert f'href="{ours}/directors/2026/1"' in see(client, ours)
    assert "三月活动" not in see(client, theirs) and "还没有通报" in see(client, theirs)
    page = see(client, f"{ours}/directors/2026/1")
    assert "三月活动" in page and f'href="{ours}/directors/2026/1.docx"' in page and f'href="{ours}"' in page
    for path in ("", ".docx", ".json"):
        assert client.get(f"{ours}/directors/2026/1{path}").status_code == 200, path
        assert client.get(f"{theirs}/directors/2026/1{path}").status_code == 404, path
    assert "三月活动" in see(client, f"{LIST}/directors/2026/1"), "an address of before there were several"
    own = see(client, LIST, token=found.tokens["manager"])
    assert f'href="{LIST}/directors/2026/1"' in own and "按记录起草" in own
    elsewhere = see(client, theirs, token=found.tokens["manager"])
    assert "按记录起草" not in elsewhere, "drafts are written at home"


@pytest.mark.one_process("accounts are changed past their actions, and forgotten by this process alone")
def test_M8_drafts_are_seen_by_who_oversees_their_hall(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    found = Bulletins(client, demo)
    found.held()
    key = int(found.draft()["bulletin"])
    found.step(key, "edit", title="关于三月活动情况的通报", text="截至目前，活动开展顺利。")
    add_halls(app, date.fromisoformat(DAY))
    ours, draft = "/receptions/xixian/bulletins", f"{LIST}/drafts/{key}"
    token = next(row["token"] for row in demo["staff"] if row["role"] == "office")
    assert draft in see(client, ours, token=token)
    send_to(app, TWO)
    for path in (LIST, ours, f"/receptions/{TWO}/bulletins"):
        assert "三月活动" not in see(client, path, token=token), path
    assert see(client, draft, 403, token)
    send_to(app, TWO, every_site=True)
    assert draft in see(client, ours, token=token) and draft not in see(client, LIST, token=token)
    with at(AFTER):
        page = see(client, draft, token=token)
    assert "第1局" in page and "处数据已不同" not in page, "the figures are those of the draft's own hall"


def send_to(app: Flask, code: str, *, every_site: bool = False) -> None:
    """The business-environment office works in another hall now."""

    def move(session: Any) -> None:
        there = select(Site.id).where(Site.code == code).scalar_subquery()
        session.execute(
            update(Staff).where(Staff.role == "office").values(site_id=there, every_site=every_site)
        )

    with app.app_context():
        units().run(move)
    app.extensions["hall_bearers"].clear()
