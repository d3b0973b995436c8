"""Registered agents: limits of their own, as high as a manager says, on both databases (Q8)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.queueing.agents.models import AgentTicket
from hall.unit_of_work import units
from tests.desk_at_work import Desk
from tests.intake_at_work import NUMBER, Clerk

if TYPE_CHECKING:
    from flask import Flask

PHONE = "13800001234"
ITEM = "411528-ZWFW-001"


@pytest.fixture
def desk(app: Flask, demo: dict[str, Any]) -> Desk:
    return Desk(app.test_client(), demo)


def register(desk: Desk, **values: Any) -> Any:
    body = {"name": "息县诚信代办行", "phone": PHONE, "tickets_a_day": 3, "cases_a_ticket": 1, **values}
    return desk.ask("POST", "/sites/xixian/agents", body, who=desk.token("manager"))


def try_to_draw(desk: Desk, line: str = "xixian-a", **person: str) -> Any:
    return desk.ask("POST", "/tickets", {"line": line, "person": person or {"phone": PHONE}})


def test_Q8_an_agent_draws_as_many_a_day_as_registered_and_no_more(desk: Desk) -> None:
    assert register(desk).status_code == 200
    for line in ("xixian-a", "xixian-a", "xixian-b"):
        assert try_to_draw(desk, line).status_code == 201
    refused = try_to_draw(desk, "xixian-c")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "agent_limit")
    (agent,) = desk.ask("GET", "/sites/xixian/agents", who=desk.token("manager")).get_json()["agents"]
    assert (agent["drawn_today"], agent["shown"]) == (3, "138****1234")


def test_Q8_everybody_else_has_one_number_a_line_and_no_limit_a_day(desk: Desk) -> None:
    register(desk)
    assert try_to_draw(desk, phone="13911112222").status_code == 201
    assert try_to_draw(desk, phone="13911112222").get_json()["code"] == "already_waiting"
    for line in "bcde":
        assert try_to_draw(desk, f"xixian-{line}", phone="13911112222").status_code == 201


def test_Q8_an_agent_is_known_by_card_and_phone_and_registered_once(desk: Desk) -> None:
    assert register(desk, id_number=NUMBER).status_code == 200
    for person in ({"id_number": NUMBER.lower()}, {"phone": "138 0000 1234"}, {"id_number": NUMBER}):
        assert try_to_draw(desk, **person).status_code == 201
    assert try_to_draw(desk).get_json()["code"] == "agent_limit"
    assert register(desk, id_number="", name="别人").get_json()["code"] == "known"


def test_Q8_taken_off_the_list_an_agent_is_an_ordinary_person(desk: Desk) -> None:
    key = register(desk).get_json()["id"]
    manager = desk.token("manager")
    assert desk.ask("POST", f"/agents/{key}/retire", who=manager).status_code == 204
    assert desk.ask("POST", f"/agents/{key}/retire", who=manager).get_json()["code"] == "retired"
    assert try_to_draw(desk).status_code == 201
    assert try_to_draw(desk).get_json()["code"] == "already_waiting"
    assert register(desk).status_code == 200


def test_Q8_five_kiosks_at_once_give_an_agent_no_number_too_many(desk: Desk) -> None:
    register(desk)
    app = desk.client.application

    def press(_number: int) -> int:
        return int(try_to_draw(Desk(app.test_client(), desk.demo)).status_code)

    with ThreadPoolExecutor(5) as pool:
        said = sorted(pool.map(press, range(5)))
    assert said == [201, 201, 201, 409, 409]


def test_Q8_the_database_counts_each_number_of_an_agent_once(desk: Desk, app: Flask) -> None:
    register(desk)
    for _ in range(2):
        assert try_to_draw(desk).status_code == 201
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(lambda session: session.execute(update(AgentTicket).values(nth=1)))


def test_Q8_an_agent_brings_no_more_matters_to_a_number_than_registered(
    desk: Desk, app: Flask, demo: dict[str, Any]
) -> None:
    register(desk)
    clerk = Clerk(app.test_client(), demo)
    clerk.serve(item=ITEM, person={"phone": PHONE})  # type: ignore[arg-type]
    clerk.receive(clerk.filled(clerk.open(item=ITEM)))
    refused = clerk.ask(f"/windows/{clerk.window}/forms", {"item": ITEM})
    assert (refused.status_code, refused.json["code"]) == (409, "agent_limit")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("name", {"name": " "}),
        ("id_number", {"phone": ""}),
        ("id_number", {"id_number": "110105194912310021"}),
        ("phone", {"phone": "12345"}),
        ("tickets_a_day", {"tickets_a_day": 0}),
        ("cases_a_ticket", {"cases_a_ticket": 51}),
    ],
)
def test_Q8_what_cannot_be_registered_is_told_by_field(
    desk: Desk, field: str, values: dict[str, Any]
) -> None:
    said = register(desk, **values)
    assert said.status_code == 422
    assert field in said.get_json()["errors"]


def test_Q8_only_a_manager_registers_and_nobody_of_another_hall(desk: Desk) -> None:
    body = {"name": "代办", "phone": PHONE}
    assert desk.ask("POST", "/sites/xixian/agents", body).status_code == 403
    assert desk.ask("GET", "/sites/nowhere/agents", who=desk.token("manager")).status_code == 404


def test_Q8_the_page_registers_and_takes_off(desk: Desk, demo: dict[str, Any], app: Flask) -> None:
    manager = next(row for row in demo["staff"] if row["role"] == "manager")
    client = app.test_client()
    headers = {"Authorization": f"Bearer {manager['token']}"}
    empty = client.get("/admin/agents", headers=headers).text
    assert "还没有登记代办人" in empty
    given = {"name": "诚信代办行", "phone": PHONE, "tickets_a_day": "3", "cases_a_ticket": "2"}
    wrong = client.post("/admin/agents", data={**given, "tickets_a_day": "x"}, headers=headers)
    assert wrong.status_code == 422
    assert client.post("/admin/agents", data=given, headers=headers).status_code == 302
    page = client.get("/admin/agents", headers=headers).text
    assert "138****1234" in page
    assert PHONE not in page
    with app.app_context():
        stored = units().run(lambda session: session.scalars(select(AgentTicket.nth)).all())
    assert stored == []
