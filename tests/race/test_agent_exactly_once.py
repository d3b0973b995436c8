"""Item 3: one whole slip for each job, whoever is killed in between and wherever.

The cut makes a slip: what was cut with the VOID bar, or blank, nobody can wait with.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.fake_printer import FakePrinter
from tests.race.agent_stage import Stage, same, slip_of, wait_for, whole

if TYPE_CHECKING:
    from pathlib import Path

CONFIRMS = ["process-id", "in-order", "none"]


def settle(stage: Stage, *jobs: str) -> None:
    """Wait until the hall knows that these were printed and the agent knows that it knows."""
    wait_for(lambda: set(stage.reported()) >= set(jobs), f"{jobs} to be reported, got {stage.reported()}")
    wait_for(lambda: all(stage.journal(job) == "acknowledged" for job in jobs), "the journal to be closed")


@pytest.mark.parametrize("confirm", CONFIRMS)
def test_item3_killed_while_half_the_picture_is_on_paper(tmp_path: Path, confirm: str) -> None:
    with FakePrinter(buffer_bytes=2048) as printer, Stage(tmp_path, printer, f"confirm={confirm}") as stage:
        printer.set(hold_after_rows=300)
        stage.start_agent()
        png = stage.queue("job-1")
        printer.wait(lambda fake: fake.rows_hanging_out == 300)
        assert stage.journal("job-1") == "sending"
        stage.kill_agent()
        printer.set(held=False)
        stage.start_agent()
        settle(stage, "job-1")
        assert [same(slip, png) for slip in whole(printer)] == [True], "Exactly one whole slip must be cut."
        assert len(printer.inked) == 2, "The half slip must be voided, so that nobody waits with it."
        assert len(stage.events("printed")) == 1


@pytest.mark.parametrize("keeps_answers", [True, False])
def test_item3_killed_while_the_printer_still_works_the_slip_is_finished_not_voided(
    tmp_path: Path,
    keeps_answers: bool,
) -> None:
    with FakePrinter(keeps_answers=keeps_answers) as printer, Stage(tmp_path, printer) as stage:
        printer.set(hold_after_rows=300)
        stage.start_agent()
        png = stage.queue("job-1")
        printer.wait(lambda fake: fake.rows_hanging_out == 300 and fake.has_been_asked)
        stage.kill_agent()
        printer.wait(lambda fake: fake.connection is None)
        if keeps_answers:  # it finishes alone, and tells whoever comes next
            printer.set(held=False)
            printer.wait(lambda fake: not fake.bytes_waiting)
            stage.start_agent()
        else:  # the new agent finds it still printing, and asks
            stage.start_agent()
            printer.wait(lambda fake: fake.connection is not None)
            printer.set(held=False)
        settle(stage, "job-1")
        assert [same(slip, png) for slip in printer.inked] == [True], (
            "What the printer confirms is not voided."
        )
        assert stage.events("printed")[0]["body"] == {}


def test_item3_killed_after_the_cut_before_anybody_knew(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        printer.set(mute_after_cuts=1)
        stage.start_agent()
        png = stage.queue("job-1")
        printer.wait(lambda fake: len(fake.slips) == 1)
        stage.kill_agent()
        assert stage.journal("job-1") == "sent"
        printer.set(answers_in_order=True)
        stage.start_agent()
        settle(stage, "job-1")
        assert [same(slip, png) for slip in printer.inked] == [True]
        assert stage.events("printed")[0]["body"] == {}, (
            "The picture was confirmed before: nothing is uncertain."
        )


def test_item3_killed_before_the_hall_heard_of_the_slip(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        (tmp_path / "deaf").touch()
        stage.start_agent()
        stage.queue("job-1")
        wait_for(lambda: stage.journal("job-1") == "printed", "the slip to be printed")
        stage.kill_agent()
        stage.start_agent()
        stage.kill_hall()
        (tmp_path / "deaf").unlink()
        stage.start_hall()
        settle(stage, "job-1")
        assert len(printer.slips) == 1
        assert {event["key"] for event in stage.events("printed")} == {"job-1"}


def test_item3_a_printer_without_a_word_makes_an_interrupted_slip_uncertain(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer, "confirm=none") as stage:
        stage.queue("job-1")
        stage.state.mkdir()
        entry = {"job": "job-1", "state": "sent", "mark": "ABCD", "uncertain": False}
        torn = '{"job":"job-2","state":"sen'  # a power cut while the next line was written
        (stage.state / "journal.jsonl").write_text(json.dumps(entry) + "\n" + torn)
        stage.start_agent()
        settle(stage, "job-1")
        assert stage.events("printed")[0]["body"] == {"uncertain": True}, (
            "Staff must hear that it's uncertain."
        )
        assert printer.inked == []


def test_item3_a_printer_that_falls_silent_is_believed_the_second_time(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer, "confirm=process-id&wait=0.6") as stage:
        stage.start_agent()
        stage.queue("job-1")
        settle(stage, "job-1")
        printer.set(answers_in_order=False)
        png = stage.queue("job-2")
        settle(stage, "job-2")
        assert [same(slip, png) for slip in whole(printer)[1:]] == [True]
        assert stage.events("printed")[1]["body"] == {"uncertain": True}


@pytest.mark.parametrize("confirm", CONFIRMS)
def test_item3_the_printer_hangs_up_in_the_middle(tmp_path: Path, confirm: str) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer, f"confirm={confirm}") as stage:
        stage.start_agent()
        first = stage.queue("job-1")
        settle(stage, "job-1")
        printer.set(drop_after=20_000)
        second = stage.queue("job-2")
        settle(stage, "job-2")
        pairs = zip(whole(printer), [first, second], strict=True)
        assert [same(slip, png) for slip, png in pairs] == [True, True]


def test_item3_the_printer_loses_power_in_the_middle(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        printer.set(hold_after_rows=300)
        stage.start_agent()
        png = stage.queue("job-1")
        printer.wait(lambda fake: fake.rows_hanging_out == 300)
        printer.crash()
        wait_for(
            lambda: any(not event["body"]["online"] for event in stage.events("status")), "offline be told"
        )
        printer.set(held=False)
        printer.restart()
        settle(stage, "job-1")
        assert [same(slip, png) for slip in whole(printer)] == [True]
        assert stage.events("failed")[0]["body"] == {"problem": "offline"}
        assert stage.events("status")[-1]["body"] == {"paper": "ok", "cover": "closed", "online": True}


def test_item3_a_day_of_mishaps_prints_every_slip_once_and_in_order(tmp_path: Path) -> None:
    jobs = [f"job-{n}" for n in range(1, 11)]
    with FakePrinter(buffer_bytes=8192) as printer, Stage(tmp_path, printer) as stage:
        slips = [stage.queue(job) for job in jobs[:6]]
        for rows in (1, 700, 1300):
            printer.set(hold_after_rows=rows)
            stage.start_agent()
            printer.wait(lambda fake: fake.held)
            stage.kill_agent()
            printer.set(held=False)
        slips += [stage.queue(job) for job in jobs[6:]]
        stage.start_agent()
        for broken in range(2):
            printer.wait(lambda fake, n=broken: len(fake.inked) > 4 + 2 * n)  # type: ignore[misc]
            printer.drop_connection()
        settle(stage, *jobs)
        right = [same(slip, png) for slip, png in zip(whole(printer), slips, strict=True)]
        assert right == [True] * len(jobs), "Ten people drew a ticket: ten slips, in their order."
        assert stage.reported() == jobs


def test_item3_a_slip_the_hall_forgot_about_is_told_again_not_printed_again(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        stage.start_agent()
        stage.queue("job-1")
        settle(stage, "job-1")
        assert stage.end_agent() == 0
        stage.queue("job-1", slip_of("A001"))  # the hall was restored from last night's backup
        stage.start_agent()
        wait_for(lambda: len(stage.events("printed")) == 2, "the slip to be reported again")
        stage.queue("job-2")
        settle(stage, "job-2")
        assert len(printer.slips) == 2
