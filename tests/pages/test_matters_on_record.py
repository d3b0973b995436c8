"""What citizens ask in hard matters is read by whose work it is, and on record (E2)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.accounts.models import Staff
from hall.journal import JournalEntry
from hall.rota.matters.rules import hint
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.matters_at_work import BEFORE, PUBLISHED, Reception
from tests.rota_at_work import EARLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

ASKED, PROMISE, OUTCOME = "宅基地确权三年没有结果", "十个工作日内书面答复", "已书面答复并说明理由"
NAME = "欧阳小明"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    with at(EARLY):
        reception = Reception(client, demo)
    with at(PUBLISHED):
        yield reception


def see(hall: Reception, path: str, who: str) -> tuple[int, str]:
    """A page, or an answer of the interface, as somebody reads it."""
    token = hall.mondays.tokens.get(who) or next(
        row["token"] for row in hall.demo["staff"] if row["role"] == who
    )
    said = hall.client.get(path, headers={"Accept": "text/html", "Authorization": f"Bearer {token}"})
    return said.status_code, said.text


def kept(hall: Reception) -> str:
    """A matter that was booked, taken up, promised and kept; its token."""
    token: str = hall.book()["token"]
    answers = hall.mondays.people()["副局长0"]
    promise = {"what": PROMISE, "due_on": "2026-04-07", "answers": answers, "lawful": True}
    with at(BEFORE):
        for verb, body in (
            ("take-up", None),
            ("promise", promise),
            ("end", {"how": "keep", "outcome": OUTCOME}),
        ):
            hall.must("POST", f"/receptions/bookings/{token}/{verb}", body, "head0")
    return token


@pytest.fixture
def readings(app: Flask) -> Callable[[], list[tuple[str, str]]]:
    """Who read which matter, as the journal has it."""

    def found(session: Any) -> list[tuple[str, str]]:
        names = {f"staff:{row.id}": row.user for row in session.scalars(select(Staff))}
        wanted = select(JournalEntry).where(JournalEntry.fact == "matter_read").order_by(JournalEntry.id)
        return [(names[row.actor], row.subject) for row in session.scalars(wanted)]

    def read() -> list[tuple[str, str]]:
        with app.app_context():
            return units().run(found)

    return read


@pytest.mark.engines("sqlite", "postgresql")
def test_E2_reading_a_hard_matter_is_recorded_once_a_person_matter_and_day(
    hall: Reception, readings: Callable[[], list[tuple[str, str]]]
) -> None:
    first, second = kept(hall), hall.book(number=1)["token"]
    with at(BEFORE):
        for who in ("manager", "manager", "head0", "liaison0"):
            status, page = see(hall, f"/mondays/matters/{first}", who)
            assert status == 200
            assert ASKED in page and PROMISE in page and OUTCOME in page
        see(hall, f"/mondays/matters/{second}", "manager")
    assert readings() == [
        ("manager", "matter:2026-0001"),
        ("head0", "matter:2026-0001"),
        ("liaison0", "matter:2026-0001"),
        ("manager", "matter:2026-0002"),
    ]
    with at(BEFORE + timedelta(days=1)):
        see(hall, f"/mondays/matters/{first}", "manager")
    assert readings()[4:] == [("manager", "matter:2026-0001")], "another day is another reading"


def test_E2_who_has_no_part_in_a_matter_reads_nothing_of_it(
    hall: Reception, readings: Callable[[], list[tuple[str, str]]]
) -> None:
    token = kept(hall)
    with at(BEFORE):
        assert see(hall, f"/mondays/matters/{token}", "head1")[0] == 404
        for role in ("reception", "window", "reviewer", "office", "supervisor"):
            assert see(hall, f"/mondays/matters/{token}", role)[0] == 403, role
    assert readings() == []


def test_E2_lists_and_the_desk_show_what_is_asked_masked_for_every_role(
    hall: Reception, readings: Callable[[], list[tuple[str, str]]]
) -> None:
    token = kept(hall)
    paths = {
        "manager": ("/mondays/matters", "/mondays/matters?part=1", "/api/v1/sites/xixian/receptions/matters"),
        "head0": ("/mondays/matters", "/api/v1/sites/xixian/receptions/matters"),
        "reception": ("/mondays/desk?date=2026-03-23", f"/mondays/book/{token}"),
        "window": (f"/api/v1/receptions/bookings/{token}",),
    }
    with at(BEFORE):
        for who, seen in paths.items():
            for path in seen:
                status, page = see(hall, path, who)
                assert status == 200, (who, path)
                assert "2026-0001" in page or "欧**" in page, (who, path)
                for words in (ASKED, ASKED[:6], NAME, PROMISE, OUTCOME):
                    assert words not in page, (who, path, words)
        assert "宅基地**" in see(hall, "/mondays/matters", "head0")[1]
    assert readings() == [], "nothing was read"


def test_E2_a_refused_act_shows_the_matter_again_and_is_a_reading(
    hall: Reception, readings: Callable[[], list[tuple[str, str]]]
) -> None:
    token = hall.book()["token"]
    path = f"/mondays/matters/{token}"
    headers = {"Accept": "text/html", "Authorization": f"Bearer {hall.mondays.tokens['head0']}"}
    said = hall.client.post(f"{path}/take-up", headers=headers)
    assert said.status_code == 409, "it is booked for another day"
    assert ASKED in said.text
    assert readings() == [("head0", "matter:2026-0001")]


def test_E2_the_journal_of_readings_holds_no_word_of_the_matter(hall: Reception, app: Flask) -> None:
    token = kept(hall)
    see(hall, f"/mondays/matters/{token}", "manager")

    def rows(session: Any) -> str:
        return json.dumps(
            [row.data + row.subject for row in session.scalars(select(JournalEntry))], ensure_ascii=False
        )

    with app.app_context():
        told = units().run(rows)
    for words in (ASKED, ASKED[:4], NAME, PROMISE, OUTCOME):
        assert words not in told, words


def test_E2_a_hint_is_a_third_at_the_most_without_digits_and_names() -> None:
    assert hint(ASKED, NAME) == "宅基地**"
    assert hint("离婚", "") == "**"
    assert hint("我是欧阳小明，房产证被退回三次", NAME) == "我是**"
    assert hint("请拨13800004321联系我，谢谢", "") == "请拨**"
    assert hint("", NAME) == "**"


def test_E2_the_words_of_a_matter_above_a_new_finding_are_a_reading(
    hall: Reception, readings: Callable[[], list[tuple[str, str]]]
) -> None:
    token = kept(hall)
    assert see(hall, f"/receptions/findings/new?matter={token}", "head1")[0] == 404
    assert readings() == []
    status, page = see(hall, f"/receptions/findings/new?matter={token}", "liaison0")
    assert status == 200 and ASKED in page
    assert readings() == [("liaison0", "matter:2026-0001")]
