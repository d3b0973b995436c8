"""Cases out by time of change and the platform's numbers back in (I12), on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from hall import clock
from hall.intake.models import Case
from hall.unit_of_work import units
from tests.intake_at_work import Clerk

THEN = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def manager(client: FlaskClient, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The manager, when six cases were received at one and the same instant."""
    clerk = Clerk(client, demo)
    monkeypatch.setattr(clock, "now", lambda: THEN)
    clerk.serve(bundle="xixian-company-start")
    clerk.receive(clerk.filled(clerk.open()))
    monkeypatch.setattr(clock, "now", lambda: THEN + timedelta(minutes=1))
    with client.application.app_context():
        units().run(lambda session: session.execute(update(Case).values(changed_at=THEN)))
    token = next(row["token"] for row in demo["staff"] if row["role"] == "manager")
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def told(client: FlaskClient, after: str = "") -> list[dict[str, Any]]:
    text = client.get(f"/api/v1/cases/changes.jsonl?after={after}").text
    return [json.loads(line) for line in text.splitlines()]


def load(client: FlaskClient, *rows: str) -> Any:
    return client.post(
        "/api/v1/cases/platform-numbers", data="\n".join(["办件编号,平台编号", *rows]).encode()
    )


def test_I12_no_case_is_lost_at_equal_times_and_numbers_are_masked(manager: FlaskClient) -> None:
    whole = told(manager)
    assert len(whole) == 6
    assert len({row["changed_at"] for row in whole}) == 1
    for at, row in enumerate(whole):
        assert told(manager, row["cursor"]) == whole[at + 1 :]
    assert {row["applicant_number"] for row in whole} == {"110105********002X"}
    assert all(row["pre_registered"] for row in whole)
    assert manager.get("/api/v1/cases/changes.jsonl?after=x").status_code == 422
    assert manager.get("/api/v1/cases/changes.xlsx").data.startswith(b"PK")


def test_I12_numbers_come_back_by_file_and_nothing_is_half_loaded(manager: FlaskClient) -> None:
    first, second, third, *_rest = (row["number"] for row in told(manager))
    assert load(manager, f"{first},P-1").json == {"numbered": 1}
    refused = load(manager, f"{second},P-2", f"{first},P-3", "nobody,P-4", f"{third},P-2")
    assert refused.status_code == 422
    assert sorted(refused.json["errors"]) == ["line 3", "line 4", "line 5"]
    waiting: Any = manager.get("/api/v1/cases/pre-registered").json
    assert len(waiting) == 5
    assert second in waiting and first not in waiting
    assert load(manager, f"{second},P-1").status_code == 422, "a number that another case has"
