"""What a slip printer says of itself: its states (DLE EOT 1–4) and its answers, sorted as they come in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MARK = re.compile(rb"[\x20-\x7e]{4}")

ALL_WELL = 0x12
OFFLINE, COVER_OPEN, PAPER_STOP, FAULT = 0x08, 0x04, 0x20, 0x40
UNRECOVERABLE, CUTTER = 0x20, 0x08
PAPER_LOW, PAPER_END = 0x0C, 0x60

Problem = Literal["paper_out", "cover_open", "offline", "error"]


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What the printer says of itself; a printer that says nothing is taken at its best."""

    paper: Literal["ok", "low", "out"] = "ok"
    cover: Literal["closed", "open"] = "closed"
    online: bool = True
    fault: bool = False

    @property
    def problem(self) -> Problem | None:
        """Why nothing can be printed now, the most telling reason first."""
        if self.cover == "open":
            return "cover_open"
        if self.paper == "out":
            return "paper_out"
        if self.fault:
            return "error"
        return None if self.online else "offline"


GONE = PrinterStatus(online=False)


@dataclass(slots=True)
class Heard:
    """Everything the printer said and nobody has asked for yet."""

    marks: list[bytes]
    in_order: int
    states: list[int]
    rest: bytes = b""

    def take(self, data: bytes) -> None:
        """Sort what came in: an own mark, an answer in order, a state; anything else is noise."""
        data, self.rest = self.rest + data, b""
        while data:
            if data[0] == 0x37:  # noqa: PLR2004 - a block, up to its NUL
                block, end, after = data.partition(b"\x00")
                if not end:
                    self.rest = data
                    return
                if block[1:2] == b"\x22" and MARK.fullmatch(block[2:]):
                    self.marks.append(block[2:])
                data = after
                continue
            if data[0] & 0x93 == 0x12:  # noqa: PLR2004 - fixed bits of a real-time state
                self.states.append(data[0])
            elif data[0] & 0x90 == 0:
                self.in_order += 1
            data = data[1:]


def read_states(printer: int, offline: int, error: int, paper: int) -> PrinterStatus:
    """The four state bytes (DLE EOT 1 to 4) in words."""
    out = bool(paper & PAPER_END or offline & PAPER_STOP)
    return PrinterStatus(
        paper="out" if out else "low" if paper & PAPER_LOW else "ok",
        cover="open" if offline & COVER_OPEN else "closed",
        online=not printer & OFFLINE,
        fault=bool(offline & FAULT or error & (UNRECOVERABLE | CUTTER)),
    )
