"""Item 3: without paper nothing is lost, people are told, and it goes on when the paper is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fake_printer import FakePrinter
from tests.race.agent_stage import Stage, same, wait_for, whole

if TYPE_CHECKING:
    from pathlib import Path


def last_status(stage: Stage) -> dict[str, object]:
    told = stage.events("status")
    return dict(told[-1]["body"]) if told else {}


@pytest.mark.parametrize(
    ("trouble", "problem", "told"),
    [
        ({"paper": "out"}, "paper_out", {"paper": "out", "cover": "closed", "online": False}),
        ({"cover_open": True}, "cover_open", {"paper": "ok", "cover": "open", "online": False}),
    ],
)
def test_item3_a_slip_waits_for_paper_and_cover(
    tmp_path: Path, trouble: dict[str, object], problem: str, told: dict[str, object]
) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        printer.set(**trouble)
        stage.start_agent()
        slips = [stage.queue("job-1"), stage.queue("job-2")]
        wait_for(lambda: len(stage.events("failed")) == 2, "both jobs to be reported as waiting")
        assert {event["body"]["problem"] for event in stage.events("failed")} == {problem}
        wait_for(lambda: last_status(stage) == told, f"the hall to hear {told}")
        assert stage.reported() == []
        printer.set(paper="low", cover_open=False)
        wait_for(lambda: stage.reported() == ["job-1", "job-2"], "both slips after the paper is in")
        assert [same(slip, png) for slip, png in zip(printer.slips, slips, strict=True)] == [True, True]
        wait_for(
            lambda: last_status(stage)["paper"] == "low", "the hall to hear that paper is nearly out again"
        )
        assert len(stage.events("failed")) == 2, "Each problem is told once, not twice a second."


def test_item3_paper_that_ends_in_the_middle_holds_the_slip_until_it_is_in(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        printer.set(paper_rows=400)
        stage.start_agent()
        png = stage.queue("job-1")
        wait_for(lambda: last_status(stage).get("paper") == "out", "the hall to hear that paper is out")
        assert printer.rows_hanging_out == 400
        printer.set(paper_rows=None)
        wait_for(lambda: stage.reported() == ["job-1"], "the slip to be finished")
        assert [same(slip, png) for slip in printer.inked] == [True], (
            "A printer that goes on by itself needs no help."
        )


@pytest.mark.parametrize("confirm", ["process-id", "in-order"])
def test_item3_a_printer_that_forgets_the_rest_while_paper_is_changed(tmp_path: Path, confirm: str) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer, f"confirm={confirm}") as stage:
        printer.set(paper_rows=400)
        stage.start_agent()
        png = stage.queue("job-1")
        wait_for(lambda: last_status(stage).get("paper") == "out", "the hall to hear that paper is out")
        printer.set(forget=True, paper_rows=None)
        wait_for(lambda: stage.reported() == ["job-1"], "the slip to be printed again")
        assert [same(slip, png) for slip in whole(printer)] == [True]
        assert len(printer.inked) == 2


def test_item3_a_printer_with_a_small_buffer_stops_listening_without_paper(tmp_path: Path) -> None:
    options = "confirm=in-order&stall=0.6"
    with FakePrinter(buffer_bytes=1024) as printer, Stage(tmp_path, printer, options) as stage:
        printer.set(paper_rows=300)
        stage.start_agent()
        png = stage.queue("job-1")
        wait_for(lambda: "printing:" in stage.log, "the agent to give the connection up")
        printer.set(paper_rows=None)
        wait_for(lambda: stage.reported() == ["job-1"], "the slip to be printed again")
        assert [same(slip, png) for slip in whole(printer)] == [True]
