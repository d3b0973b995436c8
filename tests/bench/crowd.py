"""`python -m tests.bench.crowd URL LINE`: a crowd of phones in a process of its own.

Reads tokens of tickets from standard input, one a line; each phone watches its ticket and its line. Says `ready N`
when all told so far are connected; ends with its input.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import IO

from tests.bench.wire import Live

TOGETHER = 50


async def _join(url: str, line: str, token: str, gate: asyncio.Semaphore) -> Live:
    async with gate:
        phone = Live(url)
        await phone.connect()
        await phone.watch(f"line:{line}")
        if token:
            await phone.watch(f"ticket:{token}")
        return phone


async def main(url: str, line: str) -> None:
    """Connect a phone for each token; `.` asks how many there are."""
    gate = asyncio.Semaphore(TOGETHER)
    phones: list[Live] = []
    joining: list[asyncio.Task[Live]] = []
    loop = asyncio.get_running_loop()
    while told := await loop.run_in_executor(None, sys.stdin.readline):
        token = told.strip()
        if token == ".":
            phones += await asyncio.gather(*joining)
            joining = []
            print(f"ready {len(phones)}", flush=True)
        else:
            joining.append(asyncio.create_task(_join(url, line, token, gate)))


class Crowd:
    """The crowd's process, from outside."""

    def __init__(self, url: str, line: str) -> None:
        command = [sys.executable, "-m", "tests.bench.crowd", url, line]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def join(self, tokens: list[str]) -> None:
        """Add phones, and wait until they are all connected."""
        self._pipe.write("".join(f"{token}\n" for token in tokens) + ".\n")
        self._pipe.flush()
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said.startswith("ready"), said

    def leave(self) -> None:
        """All hang up."""
        self._pipe.close()
        self.process.wait(timeout=30)

    @property
    def _pipe(self) -> IO[str]:
        assert self.process.stdin is not None
        return self.process.stdin


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
