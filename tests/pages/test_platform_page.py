"""The page of the province's platform: cases out, numbers in with a preview, and what waits (I12)."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from hall.intake.measures import outgoing, platform_pages
from hall.intake.models import Case
from hall.unit_of_work import units
from tests.intake_at_work import Clerk

CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


@pytest.fixture
def manager(client: FlaskClient, demo: dict[str, Any]) -> FlaskClient:
    """The manager's browser; six cases were received in March."""
    clerk = Clerk(client, demo)
    clerk.serve(bundle="xixian-company-start")
    clerk.receive(clerk.filled(clerk.open()))
    then = datetime(2026, 3, 2, 1, tzinfo=UTC)
    with client.application.app_context():
        units().run(lambda session: session.execute(update(Case).values(changed_at=then)))
    browser = client.application.test_client()
    password = next(row["password"] for row in demo["staff"] if row["user"] == "manager")
    page = browser.get("/sign-in")
    said = browser.post("/sign-in", data={"user": "manager", "password": password, "csrf_token": csrf(page)})
    assert said.status_code == 302
    return browser


def csrf(page: TestResponse) -> str:
    found = CSRF.search(page.text)
    assert found
    return found.group(1)


def waiting(manager: FlaskClient) -> list[str]:
    return re.findall(r'<th scope="row" class="number nowrap">([^<]+)</th>', manager.get("/platform").text)


def send(manager: FlaskClient, *rows: str) -> TestResponse:
    token = csrf(manager.get("/platform"))
    data = "\n".join(["办件编号,平台编号", *rows]).encode()
    return manager.post("/platform/numbers", data={"csrf_token": token, "file": (io.BytesIO(data), "n.csv")})


def confirm(manager: FlaskClient, page: TestResponse) -> TestResponse:
    name = re.search(r'name="file" value="([0-9a-f]{64})"', page.text)
    assert name
    data = {"csrf_token": csrf(page), "file": name.group(1)}
    return manager.post("/platform/numbers/confirm", data=data)


def test_I12_a_file_is_shown_before_anything_is_done_and_then_loaded(manager: FlaskClient) -> None:
    numbers = waiting(manager)
    assert len(numbers) == 6
    preview = send(manager, f"{numbers[0]},P-1", f"{numbers[1]},P-2")
    assert preview.status_code == 200
    assert "P-2" in preview.text
    assert waiting(manager) == numbers, "nothing is done yet"
    assert confirm(manager, preview).status_code == 303
    assert waiting(manager) == numbers[2:]
    again = send(manager, f"{numbers[0]},P-1", f"{numbers[1]},P-2")
    assert "P-2" not in again.text, "nothing is left to load"


def test_I12_a_file_that_is_too_long_is_said_to_be_so_and_in_parts_it_is_taken(manager: FlaskClient) -> None:
    assert "20,000" in manager.get("/platform").text, "said before anybody chooses a file"
    number = waiting(manager)[0]
    long = send(manager, f"{number},P-1", *(f"x-{line},y-{line}" for line in range(20_000)))
    assert long.status_code == 422
    assert "20000" in long.text
    assert confirm(manager, send(manager, f"{number},P-1")).status_code == 303


def test_I12_every_line_that_does_not_fit_is_told_and_none_is_loaded(manager: FlaskClient) -> None:
    numbers = waiting(manager)
    assert confirm(manager, send(manager, f"{numbers[0]},P-1")).status_code == 303
    wrong = send(
        manager, f"{numbers[1]},P-2", f"{numbers[0]},P-9", "411528-1999-000001,P-3", f"{numbers[2]},P-2",
        f"{numbers[3]},P-1",
    )  # fmt: skip
    assert wrong.status_code == 422
    lines = re.findall(r'<tr><td class="amount">(\d+)</td>', wrong.text)
    assert lines == ["3", "4", "5", "6"], "numbered otherwise, unknown, double in the file, another case's"
    assert waiting(manager) == numbers[1:]
    token = csrf(manager.get("/platform"))
    nothing = manager.post("/platform/numbers", data={"csrf_token": token})
    assert (nothing.status_code, "error-file" in nothing.text) == (422, True)
    lost = manager.post("/platform/numbers/confirm", data={"csrf_token": token, "file": "0" * 64})
    assert lost.status_code == 404


def test_I12_what_changed_between_preview_and_confirmation_is_compared_anew(manager: FlaskClient) -> None:
    numbers = waiting(manager)
    preview = send(manager, f"{numbers[0]},P-1", f"{numbers[1]},P-2")
    assert confirm(manager, send(manager, f"{numbers[1]},P-7")).status_code == 303
    late = confirm(manager, preview)
    assert late.status_code == 422
    assert numbers[0] in waiting(manager), "all or nothing"


@pytest.mark.one_process("figures of this process' modules are changed")
def test_I12_cases_go_out_since_a_day_as_lines_and_as_a_sheet(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "BATCH", 4)
    lines = manager.get("/platform/cases.jsonl").text.splitlines()
    assert len(lines) == 6
    assert len(manager.get("/platform/cases.jsonl?since=2026-03-02").text.splitlines()) == 6
    assert manager.get("/platform/cases.jsonl?since=2026-03-03").text == ""
    after = json.loads(lines[1])["cursor"]
    assert len(manager.get(f"/platform/cases.jsonl?after={after}").text.splitlines()) == 4
    book = openpyxl.load_workbook(io.BytesIO(manager.get("/platform/cases.xlsx?since=2026-03-01").data))
    assert len(list(book["cases"].values)) == 7
    for kind in ("xlsx", "jsonl"):
        for odd in ("since=x", "since=2026-02-30", "since=0001-01-01x", "after=x"):
            assert manager.get(f"/platform/cases.{kind}?{odd}").status_code == 422, odd
    monkeypatch.setattr(platform_pages, "MOST_IN_SHEET", 5)
    much = manager.get("/platform/cases.xlsx")
    assert (much.status_code, "error-since" in much.text) == (422, True)


def test_I12_the_page_stands_without_cases_and_with_odd_pages(manager: FlaskClient) -> None:
    numbers = waiting(manager)
    for page in ("0", "x", "9999999", "-1", "2"):
        assert manager.get(f"/platform?page={page}").status_code == 200
    assert confirm(manager, send(manager, *(f"{one},P-{one}" for one in numbers))).status_code == 303
    assert waiting(manager) == []
