"""A slip printer made of a TCP server: it speaks ESC/POS and keeps every slip that it cut as a picture.

It behaves like the real thing where that matters: real-time commands (DLE EOT n) are answered at once, even
inside raster data and without paper; everything else is worked off in order from a buffer of limited size, row by
row, and stands still while paper is out or the cover is open; a torn command waits for its rest, also across
connections; an answer that cannot be delivered is lost, or kept (the latest one only).
"""

from __future__ import annotations

import re
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from collections.abc import Callable

REAL_TIME = re.compile(rb"\x10\x04([\x01-\x04])|\x10\x05[\x01\x02]|\x10\x14[\x01-\x08]")
FIXED_LENGTHS = {b"\x1b@": 2, b"\x1bd": 3, b"\x1dr": 3, b"\x10\x04": 3, b"\x1d(": 11, b"\x1dv": 8}


class FakePrinter:
    """Use as a context manager; `port` is where it listens, `slips` what was cut so far, top first."""

    def __init__(
        self, *, buffer_bytes: int = 1 << 20, knows_marks: bool = True, keeps_answers: bool = False
    ) -> None:
        self.buffer_bytes = buffer_bytes
        self.knows_marks = knows_marks
        self.keeps_answers = keeps_answers
        self.answers_in_order = True
        self.slips: list[Image.Image] = []
        self.strange: list[bytes] = []  # real-time commands but DLE EOT, and unknown bytes
        self._changed = threading.Condition()
        self._paper_rows: int | None = None  # rows until the paper ends, None for plenty
        self._paper = "ok"
        self._cover_open = False
        self.held = self._off = self._closing = False
        self._drop_after: int | None = None
        self._hold_after_rows: int | None = None
        self._mute_after_cuts: int | None = None
        self._tail = b""  # for real-time commands that arrive in two pieces
        self._buffer = bytearray()
        self._rows: list[bytes] = []
        self._row_width = 0
        self._raster: tuple[int, int] | None = None  # bytes a row, rows left
        self._kept = b""
        self.connection: socket.socket | None = None
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._threads = [threading.Thread(target=job, daemon=True) for job in (self._accept, self._work)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closing = True
            self._hang_up()
            self._changed.notify_all()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(5)

    def set(self, **state: object) -> None:
        """Any of paper (ok, low, out), cover_open, held, answers_in_order, paper_rows, drop_after (bytes),
        hold_after_rows, mute_after_cuts; `forget` empties its buffer."""
        with self._changed:
            if state.pop("forget", False):
                self._buffer.clear()
                self._raster = None
            for name, value in state.items():
                attribute = f"_{name}" if hasattr(self, f"_{name}") else name
                assert hasattr(self, attribute), f"A fake printer has no {name}."
                setattr(self, attribute, value)
            self._changed.notify_all()

    def crash(self) -> None:
        """Pull the plug: what was not on paper is gone, and nobody answers until `restart`."""
        with self._changed:
            self._off = True
            self._buffer.clear()
            self._raster, self._kept, self._tail = None, b"", b""
            self._hang_up()

    def restart(self) -> None:
        """Plug it in again."""
        with self._changed:
            self._off = False
            self._changed.notify_all()

    def drop_connection(self) -> None:
        """Hang up with a reset, as a bad cable does."""
        with self._changed:
            self._hang_up()

    def wait(self, until: Callable[[FakePrinter], bool], seconds: float = 15.0) -> None:
        """Wait until the printer is in a state; fails loudly when it never gets there."""
        with self._changed:
            if not self._changed.wait_for(lambda: until(self), seconds):
                rows, waiting = len(self._rows), len(self._buffer)
                message = (
                    f"Printer stuck: {len(self.slips)} slips cut, {rows} rows hang out, {waiting} bytes wait."
                )
                raise AssertionError(message)

    @property
    def has_been_asked(self) -> bool:
        """Whether the last thing received is a question with a mark, still waiting for its turn."""
        return self._buffer[-11:-4] == b"\x1d(H\x06\x0000"

    @property
    def rows_hanging_out(self) -> int:
        """Rows printed since the last cut."""
        return len(self._rows)

    @property
    def bytes_waiting(self) -> int:
        """Bytes taken from the connection and not worked off."""
        return len(self._buffer)

    @property
    def inked(self) -> list[Image.Image]:
        """The slips with anything on them (cutting twice makes a blank one)."""
        return [slip for slip in self.slips if ImageChops.invert(slip.convert("L")).getbbox()]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with self._changed:
                if self._off or self._closing:
                    connection.close()
                    continue
                self._hang_up()
                self.connection = connection
                kept, self._kept = self._kept, b""
                if kept:
                    connection.sendall(kept)
            threading.Thread(target=self._receive, args=(connection,), daemon=True).start()

    def _receive(self, connection: socket.socket) -> None:
        while True:
            with self._changed:
                room = self._changed.wait_for(
                    lambda: len(self._buffer) < self.buffer_bytes or connection is not self.connection, 60
                )
                if connection is not self.connection or not room:
                    return
            try:
                data = connection.recv(4096)
            except OSError:
                data = b""
            with self._changed:
                if connection is not self.connection:
                    return
                if not data:
                    self.connection = None
                    connection.close()
                    self._changed.notify_all()
                    return
                self._take(data)
                self._changed.notify_all()

    def _take(self, data: bytes) -> None:
        if self._drop_after is not None:
            data, self._drop_after = data[: self._drop_after], self._drop_after - len(data)
        self._real_time(data)
        self._buffer += data
        if self._drop_after is not None and self._drop_after <= 0:
            self._drop_after = None
            self._hang_up()

    def _real_time(self, data: bytes) -> None:
        """Find real-time commands anywhere in what came in."""
        seen = self._tail + data
        for found in REAL_TIME.finditer(seen):
            if found.group(1):
                self._send(bytes((self._state(found.group(1)[0]),)))
            else:
                self.strange.append(found.group())
        self._tail = seen[-2:] if not REAL_TIME.search(seen[-3:]) else b""

    def _state(self, n: int) -> int:
        out, state = self._without_paper, 0x12
        if n == 1 and (out or self._cover_open):
            state |= 0x08
        if n == 2:
            state |= (0x04 if self._cover_open else 0) | (0x20 if out else 0)
        if n == 4:
            state |= (0x60 if out else 0) | (0x0C if out or self._paper == "low" else 0)
        return state

    def _hang_up(self) -> None:
        connection, self.connection = self.connection, None
        if connection:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            self._changed.notify_all()

    def _send(self, answer: bytes) -> None:
        if self.connection:
            with suppress(OSError):
                self.connection.sendall(answer)

    @property
    def _without_paper(self) -> bool:
        return self._paper == "out" or self._paper_rows == 0

    def _still(self) -> bool:
        return self.held or self._off or self._cover_open or self._without_paper

    def _work(self) -> None:
        with self._changed:
            while not self._closing:
                if self._still() or not self._step():
                    self._changed.wait(0.2)

    def _step(self) -> bool:
        """Print one row or run one command; False when bytes are missing."""
        if self._raster:
            return self._print_row(*self._raster)
        if self._buffer[:1] == b"\x00":
            del self._buffer[: len(self._buffer) - len(self._buffer.lstrip(b"\x00"))]
            self._changed.notify_all()
        head = bytes(self._buffer[:2])
        if len(head) > 1 and head[:1] in b"\x10\x1b\x1d" and head[1] == 0:  # unknown, ignored
            del self._buffer[:2]
            return True
        length = 4 if self._buffer[:3] == b"\x1dVB" else 3 if head == b"\x1dV" else FIXED_LENGTHS.get(head, 1)
        if len(head) < 2 or len(self._buffer) < length:
            return False
        command = bytes(self._buffer[:length])
        del self._buffer[:length]
        self._run(head, command)
        self._changed.notify_all()
        return True

    def _run(self, head: bytes, command: bytes) -> None:
        if head == b"\x1dv":
            size: tuple[int, int] = struct.unpack("<HH", command[4:])
            self._raster = size if all(size) else None
        elif head == b"\x1dV":
            self._cut()
        elif head == b"\x1dr":
            self._answer(b"\x00")
        elif command[:7] == b"\x1d(H\x06\x0000":
            if self.knows_marks:
                self._answer(b"\x37\x22" + command[7:] + b"\x00")
        elif head not in FIXED_LENGTHS:
            self.strange.append(command)

    def _print_row(self, per_row: int, left: int) -> bool:
        if len(self._buffer) < per_row:
            return False
        self._rows.append(bytes(self._buffer[:per_row]))
        self._row_width = per_row
        del self._buffer[:per_row]
        self._raster = (per_row, left - 1) if left > 1 else None
        if self._paper_rows is not None:
            self._paper_rows -= 1
        if self._hold_after_rows is not None:
            self._hold_after_rows -= 1
            if self._hold_after_rows == 0:
                self.held, self._hold_after_rows = True, None
        self._changed.notify_all()
        return True

    def _cut(self) -> None:
        width = 8 * (self._row_width or 72)
        ink = Image.frombytes("1", (width, len(self._rows)), b"".join(self._rows)) if self._rows else None
        paper = Image.new("1", (width, max(1, len(self._rows))), 1)
        if ink:
            paper.paste(0, mask=ink)
        self.slips.append(paper)
        self._rows.clear()
        if self._mute_after_cuts is not None:
            self._mute_after_cuts -= 1
            if self._mute_after_cuts == 0:
                self.answers_in_order, self._mute_after_cuts = False, None

    def _answer(self, answer: bytes) -> None:
        if not self.answers_in_order:
            return
        if self.connection:
            self._send(answer)
        elif self.keeps_answers:
            self._kept = answer
