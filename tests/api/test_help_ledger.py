"""The ledger as the manager reads and exports it (H7): filtered, counted, masked; unmasked only with a kept reason."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import select

from hall.helpers.ledger import counting
from hall.helpers.records import HelpCall
from hall.journal import JournalEntry
from hall.sites import Site
from tests.helpers_at_work import Help

if TYPE_CHECKING:
    from flask.testing import FlaskClient

EARLY, LATE = date(2020, 1, 1), date(2090, 1, 1)
WHO = {"name": "=王小明", "phone": "13812345678", "id_number": "11010519491231002X"}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Help:
    found = Help(client, demo)
    found.here("helper01", "helper02")
    for user, kind in (("helper01", "assist"), ("helper01", "agency"), ("helper02", "assist")):
        line = found.done("POST", "/helper/records", {"kind": kind}, who=user)
        found.done("POST", f"/help-records/{line['token']}/person", WHO, who=user)
        if kind == "assist":
            found.done("POST", f"/help-records/{line['token']}/close", {"result": "advised"}, who=user)
    return found


def page(hall: Help, method: str, path: str, **more: Any) -> Any:
    """A page of the manager, as a browser asks for it."""
    headers = {"Authorization": f"Bearer {hall.token('manager')}"}
    return hall.client.open(path, method=method, headers=headers, **more)


def cells(data: bytes) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values]


def test_H7_the_ledger_filters_and_counts_by_kind_month_matter_and_helper(hall: Help) -> None:
    text = page(hall, "GET", "/help-records").text
    assert text.count("=**") == 3
    assert "13812345678" not in text
    assert page(hall, "GET", "/help-records?kind=agency").text.count("B2") < text.count("B2")
    assert page(hall, "GET", "/help-records?first=0001-01-01&last=9999-12-31").status_code == 200
    only = page(hall, "GET", "/help-records?helper=B02&state=closed&first=nonsense").text
    assert "邵敏" not in only.partition("<tbody>")[2]

    def count(session: Any) -> counting.Figures:
        site = session.scalars(select(Site)).one()
        day = counting.rows(session, site, counting.Filter(EARLY, LATE))[0].business_date
        return counting.figures(session, site, counting.Filter(EARLY, LATE), day)

    found = hall.change(count)
    assert found.by_kind == {"assist": 2, "agency": 1}
    assert [(badge, lines) for badge, _name, lines, _minutes in found.load] == [("B01", 2), ("B02", 1)]
    assert sum(found.by_month.values()) == 3


def test_H7_the_median_wait_counts_from_the_press_until_somebody_comes(hall: Help) -> None:
    call = hall.call()
    hall.on(call, "accept", "helper02")

    def count(session: Any) -> counting.Figures:
        site = session.scalars(select(Site)).one()
        return counting.figures(session, site, counting.Filter(EARLY, LATE), LATE)

    found = hall.change(count)
    assert (found.calls, found.unanswered) == (1, 0)
    assert found.median_wait_s is not None

    def waited(session: Any) -> None:
        row = session.scalars(select(HelpCall)).one()
        row.accepted_at = row.called_at + timedelta(seconds=75)

    hall.change(waited)
    assert hall.change(count).median_wait_s == 75


@pytest.mark.parametrize(
    ("given", "badges"),
    [
        ({}, ["B01", "B01", "B02"]),
        ({"kind": "agency"}, ["B01"]),
        ({"kind": "assist", "badge": "B01"}, ["B01"]),
        ({"badge": "B02"}, ["B02"]),
        ({"state": "open"}, ["B01"]),
        ({"result": "advised"}, ["B01", "B02"]),
        ({"result": "done"}, []),
    ],
)
def test_H7_each_choice_of_the_ledger_leaves_its_own_lines(
    hall: Help, given: dict[str, str], badges: list[str]
) -> None:
    def read(session: Any) -> list[str]:
        site = session.scalars(select(Site)).one()
        return sorted(
            line.badge for line in counting.lines(session, site, counting.Filter(EARLY, LATE, **given))
        )

    assert hall.change(read) == badges
    page_rows = page(
        hall,
        "GET",
        "/help-records?"
        + "&".join(f"{'helper' if name == 'badge' else name}={value}" for name, value in given.items()),
    ).text.partition("ledger-lines")[2]
    assert len(re.findall(r">B\d{4}-\d{5}<", page_rows)) == len(badges)


def test_H7_the_spreadsheet_is_masked_and_holds_no_formula(hall: Help) -> None:
    answer = page(hall, "GET", "/help-records/ledger.xlsx")
    rows = cells(answer.data)
    assert len(rows) == 4
    told = str(rows)
    assert "138****5678" in told
    assert "13812345678" not in told
    assert not any(isinstance(cell, str) and cell.startswith("=") for row in rows for cell in row)


def test_H7_full_names_leave_only_with_a_reason_that_the_journal_keeps(hall: Help) -> None:
    answer = page(hall, "POST", "/help-records/export", data={"reason": " a "})
    assert answer.status_code == 422
    assert "138****5678" not in answer.headers.get("Content-Disposition", "")
    form = {"reason": "年度审计抽查", "kind": "agency"}
    answer = page(hall, "POST", "/help-records/export?kind=", data=form)
    rows = cells(answer.data)
    assert len(rows) == 2, "what leaves is what the form asks for, and the journal counts"
    assert "13812345678" in str(rows)
    kept = hall.change(
        lambda session: [
            str(row.data) for row in session.scalars(select(JournalEntry)) if row.fact == "ledger_exported"
        ]
    )
    assert len(kept) == 1
    assert "年度审计抽查" in kept[0] or "\\u5e74" in kept[0]


def test_H7_only_who_manages_helpers_reads_the_whole_ledger(hall: Help) -> None:
    headers = {"Authorization": f"Bearer {hall.token('helper01')}"}
    assert hall.client.get("/help-records", headers=headers).status_code == 403
    assert hall.client.post("/help-records/export", headers=headers).status_code == 403
