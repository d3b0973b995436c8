"""The stage on which the print agent is tested: a hall, a printer, and the agent as a process to be killed."""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import requests
from PIL import Image, ImageChops

from kiosk.slip import Slip, SlipTicket, render_png, render_void
from tests.fake_hall import CODE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fake_printer import FakePrinter

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 576
DEFUSED_DOTS = 4


def slip_of(number: str, *, qr_url: str | None = None, width: int = WIDTH) -> bytes:
    """A ticket's slip as the hall would draw it."""
    ticket = SlipTicket(number, "不动产登记", "Real estate", 8, (15, 25), "一楼 3—6 号窗口")
    at = datetime(2026, 11, 23, 9, 12)  # noqa: DTZ001 - slips carry local time
    return render_png(
        Slip("息县政务服务大厅", (ticket,), at, supervision_phone="0376-5951234", qr_url=qr_url), width
    )


def wait_for(true: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait until something holds; fails naming it."""
    by = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < by, f"Still waiting after {seconds} s: {what}"
        time.sleep(0.02)


class HallProcess:
    """The fake hall, started at the first need; one process serves one test after the other."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def use(self, folder: Path) -> None:
        """Serve what lies in the folder; starts the process where it doesn't run."""
        if self._process is None:
            command = [sys.executable, "-m", "tests.fake_hall", str(self.port)]
            with (folder / "hall.log").open("ab") as log:
                self._process = subprocess.Popen(
                    command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log
                )
        wait_for(lambda: self._serves(folder), "the fake hall to start")

    def kill(self) -> None:
        """SIGKILL."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()

    def _serves(self, folder: Path) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.post(f"{self.url}/use", data=str(folder), timeout=2).ok
        return False


HALL = HallProcess()
atexit.register(HALL.kill)
CACHE = tempfile.TemporaryDirectory(prefix="agent-tests-")  # python-escpos reads its models ten times faster
atexit.register(CACHE.cleanup)
ENVIRONMENT = {**os.environ, "ESCPOS_CAPABILITIES_PICKLE_DIR": CACHE.name}


class Stage:
    """A fake hall and an agent around a given fake printer; everything ends with the `with`."""

    def __init__(
        self, folder: Path, printer: FakePrinter, options: str = "confirm=process-id", width: int = WIDTH
    ) -> None:
        self.printer = printer
        self.folder = folder
        self.state = folder / "agent"
        self.spec = f"tcp://127.0.0.1:{printer.port}?wait=1.2&stall=1.2&{options}"
        self.width = width
        self.url = HALL.url
        self.code = CODE
        self._agent: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(exist_ok=True)
        self.start_hall()
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self.kill_agent()
        if failure:
            sys.stdout.write(f"The agent's log:\n{self.log}")

    def start_hall(self) -> None:
        """Start the hall, or start it again with what it kept."""
        HALL.use(self.folder)

    def kill_hall(self) -> None:
        """SIGKILL."""
        HALL.kill()

    def start_agent(self) -> None:
        """Start the agent, or start it again with what it kept; the code is given at every start, as a service does."""
        known = (
            "--server",
            self.url,
            "--state",
            str(self.state),
            "--printer",
            self.spec,
            "--enrol",
            self.code,
        )
        tuning = ("--width", str(self.width), "--poll-seconds", "0.5", "--status-seconds", "1")
        with (self.folder / "agent.log").open("ab") as log:
            command = [sys.executable, "-m", "kiosk.agent", *known, *tuning]
            self._agent = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=ENVIRONMENT)

    def kill_agent(self) -> None:
        """SIGKILL: what it had in memory is gone."""
        if self._agent:
            self._agent.kill()
            self._agent.wait()
        self._agent = None

    def end_agent(self) -> int:
        """SIGTERM; the exit code."""
        assert self._agent
        self._agent.send_signal(signal.SIGTERM)
        code = self._agent.wait(15)
        self._agent = None
        return code

    def queue(self, job: str, png: bytes | None = None) -> bytes:
        """A citizen drew a ticket: queue its slip."""
        png = png or slip_of(f"A{int(job.rpartition('-')[2]):03}", width=self.width)
        requests.post(f"{self.url}/queue/{job}", data=png, timeout=10).raise_for_status()
        return png

    def withdraw(self, job: str) -> None:
        """The slip is not wanted any more."""
        requests.post(f"{self.url}/withdraw/{job}", timeout=10).raise_for_status()

    def events(self, what: str) -> list[dict[str, Any]]:
        """What the agent told the hall, in order."""
        path = self.folder / "events.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [event for event in map(json.loads, lines) if event["what"] == what]

    def reported(self) -> list[str]:
        """Jobs reported as printed, each once however often it was told."""
        return list(dict.fromkeys(event["job"] for event in self.events("printed")))

    def journal(self, job: str) -> str | None:
        """How far the agent's journal says a job is."""
        path = self.state / "journal.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        states = [entry["state"] for entry in map(_entry, lines) if entry.get("job") == job]
        return states[-1] if states else None

    @property
    def log(self) -> str:
        """What the agent logged so far."""
        return (self.folder / "agent.log").read_text()


def _entry(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}  # being written


def same(slip: Image.Image, png: bytes) -> bool:
    """Whether paper shows the picture, but for single dots set so that no printer reads commands in it."""
    wanted = Image.open(io.BytesIO(png)).convert("1")
    if slip.size != wanted.size:
        return False
    differing = ImageChops.logical_xor(slip, wanted)
    return differing.convert("L").histogram()[255] <= DEFUSED_DOTS


def voided(slip: Image.Image) -> bool:
    """Whether the slip ends with the VOID bar."""
    bar = Image.open(io.BytesIO(render_void(slip.width))).convert("1")
    end = slip.crop((0, slip.height - bar.height, slip.width, slip.height))
    return slip.height >= bar.height and same(end, render_void(slip.width))


def whole(printer: FakePrinter) -> list[Image.Image]:
    """The slips a citizen can wait with: inked and not voided."""
    return [slip for slip in printer.inked if not voided(slip)]
