"""What time takes from findings and matters: persons first, evidence and words later; the ledger stays (E2, M7)."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from hall import jobs
from hall.actor import SYSTEM_ACTOR
from hall.journal import JournalEntry
from hall.rota.findings import files
from hall.rota.findings.jobs import JOBS, drop_files, forget_words
from hall.rota.findings.models import Finding, FindingEvidence, FindingStep
from hall.rota.matters.jobs import forget_matters
from hall.rota.matters.models import HardMatter
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.findings_at_work import Findings, photo
from tests.matters_at_work import BEFORE, Reception
from tests.rota_at_work import EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Executable

YEARS = timedelta(days=731)
NOTES = ("已安排专人巡检换纸。", "现场看过", "以后注意")


@pytest.fixture
def ledger(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Findings]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield Findings(mondays)


def closed(ledger: Findings, **values: Any) -> int:
    key = ledger.rectified(**values)
    ledger.step(key, "verify", "second", note=NOTES[1])
    ledger.step(key, "close", note=NOTES[2])
    return key


def forget(app: Flask, after: timedelta) -> tuple[int, int]:
    """Run the job and what follows it; answers findings and files."""
    with app.app_context(), at(EARLY + after):
        return perform(SYSTEM_ACTOR, forget_words, None), drop_files()


def there(app: Flask) -> set[str]:
    return {path.name for path in (app.config["HALL"].data / "evidence").iterdir()}


def test_M7_E2_evidence_and_words_go_two_years_after_the_end_and_the_line_stays(
    ledger: Findings, app: Flask
) -> None:
    key, before = closed(ledger), there(app)
    whole = ledger.read(key)
    assert forget(app, YEARS - timedelta(days=1)) == (0, 0)
    assert there(app) == before
    assert forget(app, YEARS) == (1, 1)
    assert forget(app, YEARS) == (0, 0)
    assert there(app) == set()
    left = ledger.read(key)
    assert (left["detail"], left["cure"]) == ("", "")
    assert [step["note"] for step in left["steps"]] == [""] * 5
    assert [(step["what"], step["at"], step["by"], step["due_on"]) for step in left["steps"]] == [
        (step["what"], step["at"], step["by"], step["due_on"]) for step in whole["steps"]
    ]
    assert left["line"] == whole["line"]
    (file,) = left["evidence"]
    assert (file["name"], file["size"], file["digest"]) == (
        "",
        whole["evidence"][0]["size"],
        whole["evidence"][0]["digest"],
    )
    with app.app_context():
        kept = units().run(
            lambda session: list(
                session.scalars(select(JournalEntry.subject).where(JournalEntry.fact == "finding_forgotten"))
            )
        )
    assert kept == [f"finding:{key}"]
    headers = {"Authorization": f"Bearer {ledger.mondays.tokens['manager']}"}
    client, path = ledger.mondays.client, f"/receptions/findings/{key}"
    page = client.get(path, headers=headers).text
    assert "结束满 2 年" in page
    assert f"{path}/evidence/" not in page
    assert client.get(f"{path}/evidence/{file['evidence']}", headers=headers).status_code == 404


def test_M7_E2_a_file_that_another_finding_needs_stays_and_what_is_open_is_never_forgotten(
    ledger: Findings, app: Flask
) -> None:
    first, before = closed(ledger), there(app)
    waiting = ledger.rectified(title="另一个问题")
    assert there(app) == before, "The same photo is the same file."
    assert forget(app, YEARS) == (1, 0)
    assert there(app) == before
    assert ledger.read(waiting)["steps"][2]["note"] == NOTES[0]
    headers = {"Authorization": f"Bearer {ledger.mondays.tokens['manager']}"}
    served = {
        key: ledger.mondays.client.get(
            f"/receptions/findings/{key}/evidence/{ledger.read(key)['evidence'][0]['evidence']}",
            headers=headers,
        ).status_code
        for key in (first, waiting)
    }
    assert served == {first: 404, waiting: 200}


def test_M7_E2_a_file_that_is_added_while_it_is_dropped_comes_back(ledger: Findings, app: Flask) -> None:
    closed(ledger)
    (digest,) = there(app)
    data = app.config["HALL"].data
    assert not files.drop(data, digest, lambda: True)
    assert there(app) == {digest}
    other = ledger.find(title="又一个问题")

    def meanwhile() -> bool:
        assert ledger.add(other, photo(), "head0").status_code == 200
        return False

    assert files.drop(data, digest, meanwhile)
    assert there(app) == {digest}, "Who adds it writes it again."
    assert not files.drop(data, "0" * 64, lambda: False)


def test_M7_E2_the_job_itself_forgets_and_drops(ledger: Findings, app: Flask) -> None:
    closed(ledger)
    then = (EARLY + YEARS).timestamp()
    for name, age in ((".writing", 60), (".left", 2 * 24 * 3600)):
        half = app.config["HALL"].data / "evidence" / name
        half.write_bytes(b"x")
        os.utime(half, (then - age, then - age))
    job = next(job for job in JOBS if job.name == "forget_words_of_findings")
    with at(EARLY + YEARS):
        jobs._attempt(app, job)
        jobs._attempt(app, job)
    assert there(app) == {".writing"}, "A file that is just being written has a day."


def test_M7_the_database_empties_words_only_together_with_a_closed_finding(
    ledger: Findings, app: Flask
) -> None:
    closed(ledger)
    open_one = ledger.rectified(title="另一个问题")
    today = EARLY.date()
    of_open = FindingStep.finding_id == open_one
    changes: list[Executable] = [
        update(FindingStep).values(note=""),
        update(FindingStep).values(note="", forgotten_on=today),
        update(FindingEvidence).values(name="", forgotten_on=today),
        update(Finding).where(Finding.id == open_one).values(detail="", cure="", forgotten_on=today),
        update(Finding).where(Finding.id != open_one).values(forgotten_on=today),
    ]
    for change in changes:
        with app.app_context(), pytest.raises(IntegrityError):
            units().run(partial(_execute, change))
    assert forget(app, YEARS)[0] == 1
    changes = [
        update(FindingStep).where(~of_open).values(note="never happened"),
        update(FindingStep).where(~of_open).values(forgotten_on=None),
        update(FindingStep).where(~of_open).values(what="closed", forgotten_on=today),
        delete(FindingStep).where(~of_open),
        delete(FindingEvidence).where(FindingEvidence.finding_id != open_one),
    ]
    for change in changes:
        with app.app_context(), pytest.raises(IntegrityError):
            units().run(partial(_execute, change))


def _execute(change: Any, session: Any) -> None:
    session.execute(change)


def test_M6_E2_a_matter_that_nobody_ends_is_forgotten_three_months_after_the_last_act(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    with at(EARLY):
        hall = Reception(client, demo)
    with at(BEFORE):
        token = hall.book()["token"]
        hall.must("POST", f"/receptions/bookings/{token}/take-up", who="head0")

    def known(days: int) -> list[bool]:
        with app.app_context(), at(BEFORE + timedelta(days=days)):
            perform(SYSTEM_ACTOR, forget_matters, None)
            return units().run(
                lambda session: [
                    value is not None
                    for value in session.execute(
                        select(HardMatter.asked_sealed, HardMatter.name_sealed, HardMatter.phone_sealed)
                    ).one()
                ]
            )

    assert known(89) == [True] * 3
    assert known(91) == [False] * 3
    assert known(92) == [False] * 3
