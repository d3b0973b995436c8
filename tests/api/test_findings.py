"""The ledger of findings on both databases: its steps, who takes them, what the database itself keeps (M7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from hall.actor import SYSTEM_ACTOR
from hall.journal import JournalEntry
from hall.rota.findings.jobs import forget_citizens
from hall.rota.findings.models import Finding, FindingEvidence, FindingStep
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.findings_at_work import Findings, photo
from tests.rota_at_work import CODE, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

LATER = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def _execute(change: Any, session: Any) -> None:
    session.execute(change)


@pytest.fixture
def mondays(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        found = Mondays(client, demo)
        found.term(FIRST, LAST)
        yield found


@pytest.fixture
def ledger(mondays: Mondays) -> Findings:
    return Findings(mondays)


def test_M7_found_assigned_rectified_verified_by_another_and_closed(ledger: Findings) -> None:
    key = ledger.find()
    assert ledger.code(key, "rectify", note="x") == "conflict"
    done = ledger.assign(key, days=5)
    assert (done["state"], done["due_on"]) == ("assigned", "2026-03-05")
    assert ledger.code(key, "rectify", "liaison1", note="已整改") == "no_evidence"
    assert ledger.add(key, photo()).status_code == 200
    assert ledger.step(key, "rectify", "liaison1", note="已整改")["state"] == "rectified"
    assert ledger.code(key, "close") == "conflict"
    assert ledger.step(key, "verify", "second", note="现场看过")["state"] == "verified"
    assert ledger.step(key, "close")["state"] == "closed"
    whole = ledger.read(key)
    assert [step["what"] for step in whole["steps"]] == [
        "found",
        "assigned",
        "rectified",
        "verified",
        "closed",
    ]
    assert whole["line"]["number"] == "2026-001"
    assert [file["shows"] for file in whole["evidence"]] == ["cure"]


def test_M7_who_put_it_right_cannot_verify_it_and_the_database_says_so_too(
    ledger: Findings, app: Flask
) -> None:
    key = ledger.find()
    ledger.assign(key)
    ledger.add(key, photo(), who="manager")
    ledger.step(key, "rectify", note="代为整改")
    assert ledger.code(key, "verify", note="好了") == "by_another"
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(
            lambda session: session.execute(
                update(Finding).values(state="verified", verified_by=Finding.rectified_by)
            )
        )
    assert ledger.step(key, "verify", "second", note="好了")["state"] == "verified"


def test_M7_what_is_not_enough_goes_back_and_needs_new_evidence(ledger: Findings) -> None:
    key = ledger.rectified()
    with at(LATER):
        assert ledger.step(key, "send-back", note="照片看不清")["state"] == "assigned"
        assert ledger.code(key, "rectify", "head1", note="同上") == "no_evidence"
        assert ledger.add(key, photo(tint=10)).status_code == 200
    with at(LATER.replace(hour=2)):
        assert ledger.step(key, "rectify", "head1", note="换了纸")["state"] == "rectified"


def test_M7_an_extension_is_a_step_with_its_reason(ledger: Findings, app: Flask) -> None:
    key = ledger.find()
    ledger.assign(key, days=2)
    assert ledger.code(key, "extend", days=3, reason=" ") == "invalid"
    assert ledger.code(key, "extend", "liaison1", days=3, reason="缺件") == "forbidden"
    for days in (0, -1, 121, 2**40):
        assert ledger.code(key, "extend", days=days, reason="缺件") == "invalid"
    done = ledger.step(key, "extend", days=3, reason="配件未到")
    assert (done["state"], done["due_on"]) == ("assigned", "2026-03-05")
    step = ledger.read(key)["steps"][-1]
    assert (step["what"], step["note"], step["due_on"]) == ("extended", "配件未到", "2026-03-05")
    with app.app_context():
        kept = units().run(lambda session: [row.data for row in session.scalars(select(JournalEntry))])
    assert "配件未到" not in str(kept), (
        "Words that somebody typed may name somebody; the journal never forgets."
    )


def test_M7_a_deadline_is_never_guessed_beyond_the_confirmed_calendar(ledger: Findings) -> None:
    with at(datetime(2026, 12, 20, 1, 0, tzinfo=UTC)):
        key = ledger.find()
        owner = ledger.mondays.people()["局长1"]
        assert ledger.code(key, "assign", owner=owner, days=60) == "invalid"


def test_M7_overdue_ones_rise_by_themselves(ledger: Findings) -> None:
    keys = [ledger.find(title=f"问题{number}") for number in range(3)]
    ledger.assign(keys[0], days=3)
    ledger.assign(keys[1], days=1)
    path = "/sites/xixian/findings"
    with at(LATER):
        found = ledger.mondays.must("GET", path)
        assert [line["finding"] for line in found["lines"]] == [keys[1], keys[0], keys[2]]
        assert [line["overdue"] for line in found["lines"]] == [True, True, False]
        assert found["counts"]["overdue"] == 2
        assert len(ledger.mondays.must("GET", f"{path}?state=overdue")["lines"]) == 2


def test_M7_the_citizen_is_sealed_masked_and_called_back_before_it_is_closed(
    ledger: Findings, app: Flask
) -> None:
    key = ledger.rectified(citizen="王小明", phone="13812345678")
    ledger.step(key, "verify", "second", note="看过")
    assert ledger.code(key, "close") == "not_called_back"
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(
            lambda session: session.execute(
                update(Finding).values(state="closed", closed_on=Finding.found_on)
            )
        )
    assert ledger.code(key, "call-back", reached="not_content", note="") == "invalid"
    ledger.step(key, "call-back", reached="content")
    assert ledger.step(key, "close")["state"] == "closed"
    whole = ledger.read(key)
    assert (whole["citizen"], whole["reached"]) == ("王**", "content")
    with app.app_context():
        kept = units().run(
            lambda session: str(
                [row.data for row in session.scalars(select(JournalEntry))]
                + [(row.citizen_sealed, row.phone_sealed) for row in session.scalars(select(Finding))]
            )
        )
    assert "13812345678" not in kept + str(whole)
    assert "小明" not in kept + str(whole)


def test_M7_only_those_concerned_see_it(ledger: Findings) -> None:
    key = ledger.find()
    ledger.assign(key)
    for who in ("head0", "head1", "liaison1", "manager", "second"):
        assert ledger.read(key, who)["line"]["finding"] == key
    stranger = ledger.mondays.ask("GET", f"/findings/{key}", who="head2")
    assert (stranger.status_code, stranger.get_json()["code"]) == (404, "unknown_finding")
    assert ledger.add(key, photo(), who="head2").status_code == 404
    assert ledger.mondays.must("GET", "/sites/xixian/findings", who="head2")["lines"] == []
    assert ledger.code(key, "rectify", "head0", note="x") == "forbidden"


def test_M7_the_history_is_only_added_to_whoever_asks(ledger: Findings, app: Flask) -> None:
    ledger.rectified()
    changes = (
        update(FindingStep).values(note="never happened"),
        delete(FindingStep),
        update(FindingEvidence).values(name="other"),
        delete(FindingEvidence),
    )
    for change in changes:
        with app.app_context(), pytest.raises(IntegrityError, match="_stays"):
            units().run(partial(_execute, change))


def test_M7_two_pages_of_one_finding_do_not_write_over_each_other(ledger: Findings) -> None:
    key = ledger.find()
    before = ledger.read(key)["revision"]
    ledger.assign(key)
    body = {"owner": ledger.mondays.people()["局长2"], "days": 5, "revision": before}
    assert ledger.code(key, "assign", **body) == "stale"


def test_a_finding_that_says_nothing_is_refused_at_its_field(ledger: Findings) -> None:
    path = f"/sites/xixian/rotas/{CODE}/findings"
    for body, field in (
        ({"title": " "}, "title"),
        ({"title": "x", "day": "2026-03-09"}, "day"),
        ({"title": "x", "citizen": "王", "phone": "1"}, "phone"),
        ({"title": "x", "citizen": "王"}, "phone"),
        ({"title": "x" * 81}, "title"),
    ):
        said = ledger.mondays.ask("POST", path, body)
        assert (said.status_code, list(said.get_json()["errors"])) == (422, [field])
    assert ledger.find() == 1
    assert ledger.read(1)["line"]["number"] == "2026-001"


def test_M7_a_file_that_a_finding_takes_no_more_is_not_written(ledger: Findings, app: Flask) -> None:
    key = ledger.rectified()
    folder = app.config["HALL"].data / "evidence"
    there = set(folder.iterdir())
    for who in ("head0", "manager"):
        answer = ledger.add(key, b"%PDF-1.4 too late", who)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "not_now")
    another = ledger.find()
    for number in range(12):
        assert ledger.add(another, b"%%PDF-1.4 %d" % number, "head0").status_code == 200
    assert ledger.add(another, b"%PDF-1.4 0", "head0").status_code == 200, "The same again is none more."
    assert len(set(folder.iterdir())) == len(there) + 12
    answer = ledger.add(another, b"%PDF-1.4 12", "head0")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "too_many")
    assert len(set(folder.iterdir())) == len(there) + 12


def test_M7_E2_the_citizen_is_forgotten_two_months_after_the_end_and_never_before(
    ledger: Findings, app: Flask
) -> None:
    waiting = ledger.find(citizen="李雷", phone="13812345679")
    key = ledger.rectified(citizen="王小明", phone="13812345678")
    ledger.step(key, "verify", "second", note="现场看过")
    ledger.step(key, "call-back", reached="content", note="满意")
    ledger.step(key, "close")
    with app.app_context():
        with at(EARLY + timedelta(days=59)):
            assert perform(SYSTEM_ACTOR, forget_citizens, None) == 0
        with at(EARLY + timedelta(days=61)):
            assert perform(SYSTEM_ACTOR, forget_citizens, None) == 1
            assert perform(SYSTEM_ACTOR, forget_citizens, None) == 0
    whole = ledger.read(key)
    assert (whole["citizen"], whole["has_citizen"], whole["reached"]) == ("", False, "content")
    assert ledger.read(waiting)["citizen"] == "李*"
