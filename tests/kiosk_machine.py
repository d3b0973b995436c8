"""A kiosk machine of a real hall: the print agent with `--kiosk-port` as a process, and its browser's requests.

It is cut off by stopping the hall's server, and killed with SIGKILL.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any, Self

import requests

from tests.postgres import ROOT
from tests.printers import add_printer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fake_printer import FakePrinter
    from tests.printers import TestPrinter
    from tests.servers import LiveHall

CACHE = tempfile.mkdtemp(prefix="agent-tests-")


def wait_for(true: Callable[[], bool], what: str, seconds: float = 40.0) -> None:
    """Wait until something holds; fails naming it."""
    by = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < by, f"Still waiting after {seconds} s: {what}"
        time.sleep(0.05)


class KioskMachine:
    """One machine; use as a context manager. Without a `printer` its slips go into a file."""

    def __init__(
        self, hall: LiveHall, folder: Path, printer: FakePrinter | None = None, kiosk_token: str | None = None
    ) -> None:
        self.hall, self.folder, self.printer = hall, folder, printer
        self.state = folder / "agent"
        self.device: TestPrinter = add_printer(hall.prepared.database_url, kiosk_token, name=folder.name)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = requests.Session()
        self.http.trust_env = False
        self._agent: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.state.mkdir(parents=True, mode=0o700)
        identity = {
            "server": self.hall.url,
            "device": str(self.device.id),
            "site": "xixian",
            "token": self.device.token,
        }
        (self.state / "identity.json").write_text(json.dumps(identity))
        self.start()
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        self.kill()
        if failure:
            sys.stdout.write(f"The agent's log:\n{self.log}")

    def start(self) -> None:
        """Start the agent, or start it again with what it kept; ready when it answers."""
        if self.printer:
            spec = f"tcp://127.0.0.1:{self.printer.port}?wait=2&stall=2&confirm=process-id"
        else:
            spec = f"file://{self.folder / 'paper'}"
            (self.folder / "paper").touch()
        command = [sys.executable, "-m", "kiosk.agent", "--server", self.hall.url, "--state", str(self.state)]
        command += ["--printer", spec, "--kiosk-port", str(self.port)]
        with (self.folder / "agent.log").open("ab") as log:
            self._agent = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "ESCPOS_CAPABILITIES_PICKLE_DIR": CACHE},
            )
        wait_for(lambda: bool(self.told()), "the agent to answer its browser")

    def kill(self) -> None:
        """SIGKILL: what it had in memory is gone."""
        if self._agent:
            self._agent.kill()
            self._agent.wait()
        self._agent = None

    def told(self, key: str = "") -> dict[str, Any]:
        """The agent's word on server, printer and slip; empty while it does not answer."""
        try:
            answer = self.http.get(
                f"{self.url}/agent/state", params={"key": key} if key else None, timeout=10
            )
        except requests.RequestException:
            return {}
        found: dict[str, Any] = answer.json()
        return found

    def wait_until(self, server: str) -> None:
        """Until the agent says that the server is `here` or `away`, with a kit in hand."""
        wait_for(
            lambda: (now := self.told()).get("server") == server and now.get("ready") is True,
            f"the agent to say that the server is {server}",
        )

    def draw(self, line: str = "xixian-a", key: str = "", **more: Any) -> requests.Response:
        """One touch on the small page."""
        body = {"key": key or secrets.token_hex(16), "line": line, **more}
        return self.http.post(f"{self.url}/agent/draw", json=body, timeout=20)

    def papers(self) -> list[dict[str, Any]]:
        """What its disk says of each number, the last word on each."""
        lines = (self.state / "drawn.jsonl").read_text().splitlines()
        found = {row["key"]: row for row in map(json.loads, lines)}
        return list(found.values())

    @property
    def log(self) -> str:
        """What the agent logged so far."""
        return (self.folder / "agent.log").read_text()
