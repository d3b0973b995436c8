"""A Redis for tests: Debian's program, on a free port of the loopback, nothing on the disk, ended by its pid."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

START_WITHIN_S = 30


@dataclass(slots=True)
class RedisServer:
    """One server; it may be stopped and started again on the same port, and forgets everything then."""

    home: Path
    port: int = 0
    process: psutil.Process | None = None

    @property
    def url(self) -> str:
        """Its address, for REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> RedisServer:
        """Start it and wait until it answers."""
        assert self.process is None, "Redis runs already: call stop() first."
        program = shutil.which("redis-server")
        assert program, "redis-server is missing. Run: sh .ci/test-needs"
        self.port = self.port or _free_port()
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.home / "redis.log").open("ab") as log:
            self.process = psutil.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", program, *words, "--dir", str(self.home)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline and self.process.is_running():
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                    line.sendall(b"PING\r\n")
                    if line.recv(7) == b"+PONG\r\n":
                        return self
            except OSError:
                time.sleep(0.05)
        message = f"Redis did not start:\n{(self.home / 'redis.log').read_text()[-2000:]}"
        raise AssertionError(message)

    def forget(self) -> None:
        """Nothing is in it any more."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(b"FLUSHALL\r\n")
            assert line.recv(5) == b"+OK\r\n", "Redis does not forget."

    def refuse(self) -> None:
        """It cannot write its snapshot from now on, and so writes no key any more (MISCONF)."""
        (self.home / "dump.rdb").mkdir()  # a file cannot take the place of a folder, whoever Redis runs as
        for words in ("CONFIG SET save '3600 1'", "CONFIG SET stop-writes-on-bgsave-error yes", "BGSAVE"):
            assert self._ask(words).startswith(b"+"), words
        deadline = time.monotonic() + START_WITHIN_S
        while not self._ask("PING").startswith(b"-MISCONF"):
            assert time.monotonic() < deadline, "Redis goes on writing."
            time.sleep(0.05)

    def _ask(self, words: str) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(words.encode() + b"\r\n")
            return line.recv(200)

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, by default as a power cut would."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)
            self.process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
