"""An nginx for tests: Debian's program under the product's own settings, in a folder of its own, ended by its pid."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from tests.postgres import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hall.scaled.programs import Program

WITHIN_S = 30
LEAVING = "shutting down"


@dataclass(slots=True)
class NginxServer:
    """One nginx in front of processes that listen on these ports of the loopback."""

    home: Path
    ports: list[int]
    port: int = 0
    program: Program | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it complained of so far."""
        with suppress(FileNotFoundError):
            return (self.home / "error.log").read_text(encoding="utf-8")
        return ""

    @property
    def pid(self) -> int:
        """Of the master; the workers are its children."""
        assert self.program is not None and self.program.runs, (
            f"nginx does not run: call start().\n{self.log}"
        )
        return self.program.pid

    @property
    def workers(self) -> set[int]:
        """Those that take new connections, not those that only finish old ones."""
        found = set()
        for child in psutil.Process(self.pid).children():
            with suppress(psutil.NoSuchProcess):
                if not any(LEAVING in word for word in child.cmdline()):
                    found.add(child.pid)
        return found

    def start(self) -> NginxServer:
        """Start it and wait until it answers."""
        from hall.scaled import programs  # noqa: PLC0415 - with the product, which many tests never load

        self.port = self.port or programs.free_port()
        self._settle()
        self.program = programs.nginx(self.home, self.port)
        self.program.start()
        self._until(lambda: programs.answers(self.port))
        return self

    def reload(self, ports: list[int] | None = None) -> None:
        """As `systemctl reload nginx`: new workers under new settings, those of before keep their open sockets."""
        before = self.workers
        self.ports = self.ports if ports is None else ports
        self._settle()
        os.kill(self.pid, signal.SIGHUP)
        self._until(lambda: bool(self.workers) and not self.workers & before)

    def stop(self) -> None:
        """End it with all its workers, as a stop of the service does."""
        if self.program is not None:
            self.program.stop()
            self.program = None

    def _settle(self) -> None:
        from hall.scaled import proxy  # noqa: PLC0415 - as above

        servers = tuple(f"127.0.0.1:{port}" for port in self.ports)
        site = proxy.Site(servers=servers, listen=f"127.0.0.1:{self.port}", static=str(ROOT / "static"))
        proxy.lay_out(self.home, site, as_root=os.getuid() == 0)

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WITHIN_S
        while not condition():
            assert time.monotonic() < deadline, f"nginx is not where it should be:\n{self.log[-2000:]}"
            time.sleep(0.02)
