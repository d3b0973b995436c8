"""Cases out by time of change and the platform's numbers back in (I12), on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from hall import clock
from hall.intake.measures import outgoing
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
    again = load(manager, f"{first},P-1", f"{second},P-2")
    assert again.json == {"numbered": 1}, "what the hall knows is no fault: platforms send whole lists"
    assert load(manager, f"{first},P-1", f"{second},P-2").json == {"numbered": 0}


def test_I11_I12_each_line_tells_days_papers_visits_and_the_first_contact(manager: FlaskClient) -> None:
    row = told(manager)[0]
    assert row["owner"]
    assert (row["statutory_days"], row["actual_days"]) == (row["statutory_days"], None)
    assert row["papers_asked"] > 0
    assert (row["papers_reused"], row["visits_made"], row["visits_promised"]) == (0, 1, 1)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["hall", "cases", *words])


def test_I12_the_command_line_exports_more_than_one_page_and_goes_on_where_it_ended(
    manager: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, whole = manager.application, told(manager)
    monkeypatch.setattr(outgoing, "BATCH", 2)
    done = run(app, "export")
    assert done.exit_code == 0, done.output
    assert [json.loads(line) for line in done.stdout.splitlines()] == whole
    assert done.stderr.strip() == f"cursor: {whole[-1]['cursor']}"
    rest = run(app, "export", "--after", whole[3]["cursor"])
    assert [json.loads(line) for line in rest.stdout.splitlines()] == whole[4:]
    file = tmp_path / "cases.xlsx"
    assert run(app, "export", "-o", str(file)).exit_code == 0
    rows = list(openpyxl.load_workbook(file)["cases"].values)
    assert [row[0] for row in rows] == ["number", *(row["number"] for row in whole)]
    assert rows[-1][-1] == whole[-1]["cursor"]
    assert run(app, "export", "--after", "x").exit_code == 1
    assert run(app, "pre-registered").stdout.split() == [row["number"] for row in reversed(whole)]


def test_I12_the_command_line_loads_all_lines_of_a_file_or_none(manager: FlaskClient, tmp_path: Path) -> None:
    app, numbers, file = manager.application, [row["number"] for row in told(manager)], tmp_path / "n.csv"

    def write(*rows: str) -> str:
        file.write_text("\n".join(["办件编号,平台编号", *rows]), encoding="utf-8")
        return str(file)

    wrong = run(app, "import-numbers", write(f"{numbers[0]},P-1", "nobody,P-2", f"{numbers[1]},P-1"))
    assert wrong.exit_code == 1
    assert "line 3" in wrong.output and "line 4" in wrong.output and "line 2" not in wrong.output
    checked = run(app, "import-numbers", "--check", write(f"{numbers[0]},P-1"))
    assert (checked.exit_code, checked.output) == (0, "1 would get their number, 0 have it\n")
    assert len(run(app, "pre-registered").stdout.split()) == 6
    assert run(app, "import-numbers", str(file)).output == "1 got their number, 0 had it\n"
    assert run(app, "import-numbers", str(file)).output == "0 got their number, 1 had it\n"
    assert run(app, "export", "--site", "nowhere").exit_code == 1
