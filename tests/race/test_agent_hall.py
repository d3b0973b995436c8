"""Item 3: the agent and the hall: enrolment, the live channel and its fallback, restarts, withdrawn slips."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.fake_hall import CODE, TOKEN
from tests.fake_printer import FakePrinter
from tests.race.agent_stage import ROOT, Stage, same, wait_for

if TYPE_CHECKING:
    from pathlib import Path


def test_item10_a_machine_enrols_once_and_keeps_its_token_to_itself(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        for job in ("job-1", "job-2"):  # the second start brings the used code again, as a service file does
            stage.start_agent()
            stage.queue(job)
            wait_for(lambda job=job: job in stage.reported(), f"{job} to be printed")  # type: ignore[misc]
            assert stage.end_agent() == 0
        identity = stage.state / "identity.json"
        assert json.loads(identity.read_text())["token"] == TOKEN
        assert identity.stat().st_mode & 0o077 == 0, "Nobody else on the machine may read the token."
        assert TOKEN not in stage.log
        assert CODE not in stage.log


def test_item10_a_wrong_code_ends_with_a_line_that_says_what_to_do(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        command = [sys.executable, "-m", "kiosk.agent", "--server", stage.url, "--state", str(stage.state)]
        command += ["--printer", stage.spec, "--enrol", "000000"]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
        assert ended.returncode == 1
        assert "--enrol" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_item3_two_agents_never_share_a_folder(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        stage.start_agent()
        stage.queue("job-1")
        wait_for(lambda: stage.reported() == ["job-1"], "the first agent to work")
        command = [sys.executable, "-m", "kiosk.agent", "--server", stage.url, "--state", str(stage.state)]
        ended = subprocess.run(
            [*command, "--printer", stage.spec],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
        assert ended.returncode == 1
        assert "Another print agent" in ended.stderr


def test_item3_slips_come_without_the_live_channel_too(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        (tmp_path / "no-live").touch()
        stage.start_agent()
        stage.queue("job-1")
        wait_for(lambda: stage.reported() == ["job-1"], "the slip to be found by asking")
        assert "connected" not in stage.log


def test_item3_the_hall_restarts_and_nobody_has_to_touch_the_kiosk(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        stage.start_agent()
        slips = [stage.queue("job-1")]
        wait_for(lambda: stage.reported() == ["job-1"], "the first slip")
        printer.set(paper="out")
        slips.append(stage.queue("job-2"))
        wait_for(lambda: stage.journal("job-2") == "received", "the second slip to be fetched")
        stage.kill_hall()
        printer.set(paper="ok")
        printer.wait(lambda fake: len(fake.slips) == 2)  # the citizen doesn't wait for the server
        stage.start_hall()
        slips.append(stage.queue("job-3"))
        wait_for(lambda: stage.reported() == ["job-1", "job-2", "job-3"], "all to be reported")
        assert [same(slip, png) for slip, png in zip(printer.slips, slips, strict=True)] == [True] * 3


def test_item3_a_slip_withdrawn_while_it_waits_is_not_printed(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        printer.set(paper="out")
        stage.start_agent()
        stage.queue("job-1")
        kept = stage.queue("job-2")
        wait_for(lambda: stage.journal("job-1") == stage.journal("job-2") == "received", "both to be fetched")
        stage.withdraw("job-1")
        wait_for(lambda: stage.journal("job-1") == "dropped", "the withdrawal to arrive")
        printer.set(paper="ok")
        wait_for(lambda: stage.reported() == ["job-2"], "the other slip")
        assert [same(slip, kept) for slip in printer.slips] == [True]


def test_item3_a_picture_that_is_none_holds_nobody_up(tmp_path: Path) -> None:
    with FakePrinter() as printer, Stage(tmp_path, printer) as stage:
        stage.start_agent()
        stage.queue("job-1", b"<html>not a slip</html>")
        stage.queue("job-2")
        wait_for(lambda: stage.reported() == ["job-2"], "the good slip")
        wait_for(lambda: stage.events("failed") != [], "the bad one to be told")
        assert stage.events("failed")[0]["job"] == "job-1"
        assert stage.events("failed")[0]["body"] == {"problem": "error"}
