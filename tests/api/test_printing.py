"""Slips through the interface, on SQLite and PostgreSQL: queued with the tickets, reported by the printer's agent."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
from hall.journal import JournalEntry
from hall.printing import rules
from hall.printing.models import PrintJob
from hall.printing.tidying import tidy
from hall.unit_of_work import perform, units
from tests.printers import API, Agent, TestPrinter, add_printer

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.servers import Prepared

keys = itertools.count()


class Desk:
    """Draw and print as a kiosk, or as reception."""

    def __init__(self, client: FlaskClient, demo: dict[str, Any]) -> None:
        self.client = client
        self.kiosk = {"Authorization": f"Bearer {demo['kiosk']['token']}"}
        staff = next(row["token"] for row in demo["staff"] if row["role"] == "reception")
        self.staff = {"Authorization": f"Bearer {staff}"}

    def draw(self, *lines: str, who: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        headers = {**(who or self.kiosk), "Idempotency-Key": f"key-{next(keys)}"}
        body: dict[str, Any] = {"matters": [{"line": line} for line in lines]}
        path = "visits"
        if len(lines) == 1:
            body, path = {"line": lines[0]}, "tickets"
        response = self.client.post(f"{API}/{path}", json={**body, **more}, headers=headers)
        assert response.status_code == 201, response.text
        drawn: dict[str, Any] = response.get_json()
        return drawn

    def print(self, token: str, who: dict[str, str] | None = None, **body: Any) -> TestResponse:
        return self.client.post(f"{API}/tickets/{token}/print", json=body, headers=who or self.kiosk)


@pytest.fixture
def printer(prepared: Prepared, demo: dict[str, Any]) -> TestPrinter:
    return add_printer(prepared.database_url, demo["kiosk"]["token"])


@pytest.fixture
def desk(client: FlaskClient, demo: dict[str, Any]) -> Desk:
    return Desk(client, demo)


@pytest.fixture
def agent(client: FlaskClient, printer: TestPrinter) -> Agent:
    return Agent(client, printer)


def test_Q13_a_visit_at_a_kiosk_queues_one_slip_with_its_tickets(desk: Desk, agent: Agent) -> None:
    one = desk.draw("xixian-a")
    several = desk.draw("xixian-b", "xixian-c", "xixian-d")
    assert agent.jobs() == [one["slip"]["job"], several["slip"]["job"]]
    assert one["slip"] == {
        **one["slip"], "state": "queued", "problem": "offline", "printer": agent.printer.id, "reprint": False
    }  # fmt: skip
    assert len({agent.get(f"print-jobs/{job}/slip.png").data for job in agent.jobs()}) == 2


def test_a_draw_that_is_refused_queues_no_slip(desk: Desk, agent: Agent) -> None:
    headers = {**desk.kiosk, "Idempotency-Key": "refused"}
    body = {"matters": [{"line": "xixian-a"}, {"line": "no-such-line"}]}
    assert desk.client.post(f"{API}/visits", json=body, headers=headers).status_code == 422
    assert agent.jobs() == []


def test_Q2_a_repeated_draw_queues_no_second_slip(desk: Desk, agent: Agent) -> None:
    headers = {**desk.kiosk, "Idempotency-Key": "press"}
    first, again = (
        desk.client.post(f"{API}/tickets", json={"line": "xixian-a"}, headers=headers) for _ in range(2)
    )
    assert first.data == again.data
    assert agent.jobs() == [first.get_json()["slip"]["job"]]


def test_a_kiosk_without_printer_and_a_desk_draw_without_slip(client: FlaskClient, desk: Desk) -> None:
    drawn = desk.draw("xixian-a")
    assert drawn["slip"] is None
    refused = desk.print(drawn["token"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "no_printer")
    assert desk.draw("xixian-a", who=desk.staff)["slip"] is None


def test_item3_printed_is_said_as_often_as_needed_and_happens_once(
    desk: Desk, agent: Agent, app: Flask
) -> None:
    job = desk.draw("xixian-a", "xixian-b")["slip"]["job"]
    for key in (job, job, "another"):
        assert agent.post(f"print-jobs/{job}/printed", {}, key=key).status_code == 200
    assert agent.jobs() == []
    with app.app_context():
        said = units().run(lambda session: list(session.scalars(select(JournalEntry.fact))))
    assert said.count("print_ended") == 1
    assert said.count("slip_printed") == 2, "each ticket's history tells of its slip"


def test_item3_a_slip_that_waits_stays_in_the_list_with_its_problem(desk: Desk, agent: Agent) -> None:
    agent.says("out", online=False)
    drawn = desk.draw("xixian-a")
    assert drawn["slip"]["problem"] == "paper_out"
    job = drawn["slip"]["job"]
    assert agent.post(f"print-jobs/{job}/failed", {"problem": "paper_out"}).status_code == 200
    assert agent.jobs() == [job]
    assert agent.post(f"print-jobs/{job}/failed", {"problem": "tired"}).status_code == 422
    agent.says("low")
    rows = desk.client.get(f"{API}/sites/xixian/printers", headers=desk.staff).get_json()["printers"]
    assert rows == [{"id": agent.printer.id, "name": "一楼取号机", "problem": "", "low": True}]


def test_a_kiosk_prints_once_again_and_staff_as_often_as_needed(desk: Desk, agent: Agent) -> None:
    drawn = desk.draw("xixian-a", "xixian-b")
    token = drawn["tickets"][1]["token"]
    assert desk.print(token).get_json()["code"] == "already_printing"
    agent.post(f"print-jobs/{drawn['slip']['job']}/printed", {})
    again = desk.print(token)
    assert (again.status_code, again.get_json()["reprint"]) == (201, True)
    agent.post(f"print-jobs/{again.get_json()['job']}/printed", {"uncertain": True})
    refused = desk.print(token)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "reprint_over")
    third = desk.print(token, desk.staff)
    assert third.status_code == 201
    assert agent.jobs() == [third.get_json()["job"]]
    assert "补打" in desk.client.get(f"{API}/tickets/{token}/slip.txt").text


def test_staff_print_elsewhere_what_a_kiosk_cannot_and_it_is_no_reprint(
    desk: Desk, agent: Agent, prepared: Prepared
) -> None:
    other = add_printer(prepared.database_url, name="导办台")
    token = desk.draw("xixian-a")["token"]
    assert desk.print(token, desk.staff).get_json()["code"] == "choose_printer"
    moved = desk.print(token, desk.staff, printer=other.id)
    assert (moved.status_code, moved.get_json()["reprint"]) == (201, False)
    assert agent.jobs() == [], "the slip must not come out twice"
    assert Agent(desk.client, other).jobs() == [moved.get_json()["job"]]
    assert desk.print(token, desk.staff, printer=99999).get_json()["code"] == "no_printer"
    assert desk.print(token, printer=other.id).get_json()["code"] == "no_printer", "a kiosk has its own"


def test_a_slip_whose_ticket_is_over_is_withdrawn_and_cannot_be_asked_for(
    desk: Desk, agent: Agent, app: Flask
) -> None:
    left, kept = desk.draw("xixian-a"), desk.draw("xixian-a")
    desk.client.post(f"{API}/tickets/{left['token']}/abandon")
    with app.app_context():
        assert perform(SYSTEM_ACTOR, tidy, None) == 1
        assert perform(SYSTEM_ACTOR, tidy, None) == 0
    assert agent.jobs() == [kept["slip"]["job"]]
    assert agent.get(f"print-jobs/{left['slip']['job']}/slip.png").status_code == 404
    assert desk.print(left["token"]).get_json()["code"] == "ticket_over"
    agent.post(f"print-jobs/{left['slip']['job']}/printed", {})
    with app.app_context():
        states = units().run(
            lambda session: list(session.scalars(select(PrintJob.state).order_by(PrintJob.id)))
        )
    assert states == ["printed", "queued"], "what came out all the same did come out"


def test_a_slip_that_waited_too_long_is_given_up_and_may_be_printed_anew(
    desk: Desk, agent: Agent, app: Flask
) -> None:
    drawn = desk.draw("xixian-a")

    def grow_old(session: Any) -> None:
        for job in session.scalars(select(PrintJob)):
            job.queued_at -= rules.GIVE_UP_AFTER

    with app.app_context():
        units().run(grow_old)
        assert agent.jobs() == [], "nobody stands at the kiosk any more"
        assert perform(SYSTEM_ACTOR, tidy, None) == 1
    again = desk.print(drawn["token"])
    assert (again.status_code, again.get_json()["reprint"]) == (201, False)


def test_a_device_sees_and_reports_only_its_own(desk: Desk, agent: Agent, prepared: Prepared) -> None:
    job = desk.draw("xixian-a")["slip"]["job"]
    other = Agent(desk.client, add_printer(prepared.database_url, name="other"))
    assert other.get(f"devices/{agent.printer.id}/print-jobs").status_code == 403
    assert other.get(f"print-jobs/{job}/slip.png").status_code == 404
    assert other.post(f"print-jobs/{job}/printed", {}).status_code == 404
    assert other.get("devices/nonsense/print-jobs").status_code == 403
    assert desk.client.get(f"{API}/devices/{agent.printer.id}/print-jobs").status_code == 401
