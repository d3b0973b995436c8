"""A hall keeps its cases for ever: what is looked at all day is found by an index, not by walking through all."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from hall.actor import SYSTEM_ACTOR
from hall.intake.review.reminders import JOBS
from hall.unit_of_work import perform
from tests.intake_at_work import NUMBER, Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from config import Config

ALL_OF_THEM = re.compile(
    r"SCAN (service_case|filing|applicant|one_time_notice)(?! USING INDEX ix_service_case_(inbox|ready))"
    r"|SEARCH service_case USING (COVERING )?INDEX ix_service_case_(received|number|changed) \(site_id=\?\)"
)


@pytest.fixture
def walks(app: Flask, config: Config, demo: dict[str, Any]) -> Callable[[Callable[[], object]], list[str]]:
    """The steps of what SQLite does for an act that go through all cases, with their statements."""
    assert demo

    def looked(act: Callable[[], object]) -> list[str]:
        said: list[tuple[str, Any]] = []

        def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
            said.append((statement, values))

        event.listen(Engine, "before_cursor_execute", hear)
        with app.app_context():
            act()
        event.remove(Engine, "before_cursor_execute", hear)
        assert said, "Nothing was asked: this test looks at nothing."
        database = sqlite3.connect(config.data / "hall.sqlite3")
        asked = [one for one in said if not one[0].startswith(("BEGIN", "PRAGMA"))]
        # With the values: whether a partial index fits may depend on them
        steps = [
            (row[3], statement)
            for statement, values in asked
            for one in (values if isinstance(values, list) else [values])
            for row in database.execute(f"EXPLAIN QUERY PLAN {statement}", one)
        ]
        database.close()
        return [f"{step}: {statement}" for step, statement in steps if ALL_OF_THEM.match(step)]

    return looked


PAGES: dict[str, Any] = {
    "an inbox": ("GET", "/inbox", "review-scjg"),
    "what is late": ("GET", "/deadlines", "manager"),
    "what waits for the platform": ("GET", "/api/v1/cases/pre-registered", "manager"),
    "what is ready": ("GET", "/api/v1/sites/xixian/ready", "clerk01"),
    "what is asked for at the issue window": ("POST", "/issuing", "clerk01", {"q": "李"}),
    "a number that is not there": ("POST", "/issuing", "clerk01", {"q": "411528-2026-000001"}),
    "somebody's cases": ("POST", "/cases", "clerk01", {"what": NUMBER}),
}


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("page", PAGES)
def test_no_page_of_cases_walks_through_all_of_them(
    app: Flask, demo: dict[str, Any], walks: Callable[[Callable[[], object]], list[str]], page: str
) -> None:
    method, path, user, *form = PAGES[page]
    token = next(row["token"] for row in demo["staff"] if row["user"] == user)
    client = app.test_client()

    def ask() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        said = client.open(path, method=method, data=form[0] if form else None, headers=headers)
        assert said.status_code == 200

    found = walks(ask)
    assert not found, "\n".join(found)


@pytest.mark.engines("sqlite")
def test_taking_a_case_in_walks_through_none(
    app: Flask, demo: dict[str, Any], walks: Callable[[Callable[[], object]], list[str]]
) -> None:
    clerk = Clerk(app.test_client(), demo)
    clerk.serve(item="411528-SCJG-001")

    def take_in() -> None:
        form = clerk.filled(clerk.open())
        assert clerk.look(f"/forms/{form['token']}/reusable").status_code == 200
        clerk.receive(form)

    assert not walks(take_in)


@pytest.mark.engines("sqlite")
def test_Q8_what_an_agent_brings_to_a_number_is_found_by_an_index(
    app: Flask, demo: dict[str, Any], walks: Callable[[Callable[[], object]], list[str]]
) -> None:
    manager = next(row["token"] for row in demo["staff"] if row["role"] == "manager")
    client, phone = app.test_client(), "13800001234"
    body = {"name": "代办行", "phone": phone, "cases_a_ticket": 1}
    headers = {"Authorization": f"Bearer {manager}"}
    assert client.post("/api/v1/sites/xixian/agents", json=body, headers=headers).status_code == 200
    clerk = Clerk(client, demo)
    clerk.serve(item="411528-SCJG-001", person={"phone": phone})  # type: ignore[arg-type]

    def take_in() -> None:
        clerk.receive(clerk.filled(clerk.open()))
        assert clerk.ask(f"/windows/{clerk.window}/forms").json["code"] == "agent_limit"

    assert not walks(take_in)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_no_job_of_cases_walks_through_all_of_them(
    walks: Callable[[Callable[[], object]], list[str]], job: Any
) -> None:
    assert not walks(lambda: perform(SYSTEM_ACTOR, job.run, None))
