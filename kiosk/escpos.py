"""Talking to a slip printer: pictures as raster, the cut, its state, and its word that paper came out.

Commands are built by python-escpos; this adds what it doesn't have: the whole real-time status (DLE EOT 1–4),
the answer that comes in order after the data before it was printed (GS ( H with an own mark, or GS r where a
printer doesn't know that), a way back into step after a torn transmission, and raster data that no printer
can mistake for a real-time command.
"""

from __future__ import annotations

import io
import re
import time
from dataclasses import dataclass
from typing import Literal, cast

from escpos.printer import Dummy
from PIL import Image

from kiosk.printer_wires import Cut, PrinterGone, PrinterSpec, Wire, connect, parse_spec

__all__ = [
    "Printer",
    "PrinterGone",
    "PrinterStatus",
    "cut_slip",
    "open_printer",
    "resynchronise",
    "slip_body",
]

PROFILES = {576: "TM-T20II", 384: "POS-5890"}  # any model of that width: only the picture command is used
BAND = 64  # rows a raster command: short, so that a torn one is soon completed
MARK = re.compile(rb"[\x20-\x7e]{4}")

# What a printer executes at once even inside raster data; one more black dot in the middle byte undoes it.
REAL_TIME = re.compile(rb"\x10(?:\x04[\x01-\x12]|\x05[\x00-\x03]|\x14[\x00-\x08])")

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


def slip_body(png: bytes) -> bytes:
    """The commands that print the picture (one bit a dot, 576 or 384 wide), without any cut.

    Raises ValueError for a picture that is none or has another width.
    """
    try:
        picture = Image.open(io.BytesIO(png)).convert("1")
    except (OSError, Image.DecompressionBombError) as problem:
        message = "The slip is not a picture."
        raise ValueError(message) from problem
    if picture.width not in PROFILES:
        message = f"Slips are 576 or 384 dots wide, not {picture.width}."
        raise ValueError(message)
    page = Dummy(profile=PROFILES[picture.width])
    page.hw("INIT")
    page.image(picture, impl="bitImageRaster", fragment_height=BAND)
    return REAL_TIME.sub(_defuse, cast("bytes", page.output))


def _defuse(found: re.Match[bytes]) -> bytes:
    first, second, third = found.group()
    return bytes((first, second | 0x08, third))


def cut_slip(cut: Cut) -> bytes:
    """Feed the slip out and cut it; `auto` feeds just as far as the cutter is away."""
    page = Dummy(profile=PROFILES[576])
    if cut == "auto":
        page.cut(feed=False)
    elif cut == "none":
        page.print_and_feed(6)
    else:
        page.cut(mode=cut.upper())
    return cast("bytes", page.output)


def resynchronise(width_dots: int) -> bytes:
    """What brings a printer back into step, wherever in a command the last transmission broke off.

    White dots complete the longest picture command; outside of a command they mean nothing.
    """
    page = Dummy()
    page.hw("INIT")
    return bytes(BAND * width_dots // 8 + 16) + cast("bytes", page.output)


@dataclass(slots=True)
class _Heard:
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


class Printer:
    """A printer that can be opened, asked, fed and closed again and again; not for two threads at once.

    Every method but `close` and `status` raises PrinterGone when the connection breaks.
    """

    def __init__(self, spec: PrinterSpec) -> None:
        self.spec = spec
        self._wire: Wire | None = None
        self._heard = _Heard([], 0, [])
        self._speaks = False  # ever told its state
        self._never_told: set[int] = set()
        self._confirms: bool | None = None  # answers in order: not tried yet, yes, no

    @property
    def connected(self) -> bool:
        """Whether a connection is open, as far as is known."""
        return self._wire is not None

    @property
    def confirms(self) -> bool:
        """Whether the printer was heard to answer in order."""
        return bool(self._confirms)

    def open(self) -> None:
        """Connect if need be."""
        if self._wire is None:
            self._heard = _Heard([], 0, [])
            if not self._speaks:
                self._never_told.clear()
            self._wire = connect(self.spec)

    def close(self) -> None:
        """Hang up; the next call connects again."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def send(self, data: bytes) -> None:
        """Hand data to the printer."""
        try:
            self._line().write(data)
        except PrinterGone:
            self.close()
            raise

    def status(self, patience: float = 2.0) -> PrinterStatus:
        """Ask for all four states; a printer that used to answer and doesn't within the time counts as offline.

        Be patient (seconds) after sending a picture: a network printer hears the question after it.
        """
        try:
            if not self._line().two_way:
                return PrinterStatus()
            told = self._states(patience if self._speaks else 1.0)
        except PrinterGone:
            return GONE
        if self._speaks and not told:
            self.close()
            return GONE
        if not self._speaks:  # simple models tell some of the four or none: don't ask for those again
            self._speaks, self._never_told = bool(told), {1, 2, 3, 4} - set(told)
        return _read_states(*(told.get(n, ALL_WELL) for n in (1, 2, 3, 4)))

    def learn(self) -> None:
        """Find out, once, whether it answers in order; only asked of a printer without a problem."""
        if self._confirms is None:
            if self.spec.confirm == "none" or not self._line().two_way:
                self._confirms = False
            else:
                self.send(self.question(b"hall"))
                self._confirms = self.confirmed(b"hall", self.spec.wait)

    def distrust(self) -> None:
        """It took everything, has no problem and never answered: stop expecting it to."""
        self._confirms = False

    def question(self, mark: bytes) -> bytes:
        """The command answered once all data before it is on paper; `mark` is 4 printable characters."""
        if self.spec.confirm == "process-id":
            return b"\x1d(H\x06\x0000" + mark
        return b"\x1dr\x01"

    def forget_answers(self) -> None:
        """Drop answers to earlier questions."""
        self._listen(0)
        self._heard.marks.clear()
        self._heard.in_order = 0

    def confirmed(self, mark: bytes, seconds: float) -> bool:
        """Whether the answer to `question(mark)` is there or comes within the time."""
        by = time.monotonic() + seconds
        while not self._answered(mark):
            left = by - time.monotonic()
            if left <= 0:
                return False
            self._listen(left)
        return True

    def _answered(self, mark: bytes) -> bool:
        if self.spec.confirm == "process-id":
            return mark in self._heard.marks
        if self._heard.in_order:
            self._heard.in_order -= 1
            return True
        return False

    def _states(self, patience: float) -> dict[int, int]:
        """The states it tells; nothing when one that it used to tell doesn't come."""
        told: dict[int, int] = {}
        for n in sorted({1, 2, 3, 4} - self._never_told):
            state = self._state(n, patience)
            if state is not None:
                told[n] = state
            elif self._speaks:
                return {}
        return told

    def _state(self, n: int, patience: float) -> int | None:
        """One real-time state byte, None when none comes within the time."""
        self._listen(0)
        self._heard.states.clear()
        self.send(b"\x10\x04" + bytes((n,)))
        by = time.monotonic() + patience
        while not self._heard.states:
            left = by - time.monotonic()
            if left <= 0:
                return None
            self._listen(left)
        return self._heard.states[0]

    def _listen(self, seconds: float) -> None:
        try:
            self._heard.take(self._line().read(seconds))
        except PrinterGone:
            self.close()
            raise

    def _line(self) -> Wire:
        self.open()
        return cast("Wire", self._wire)


def _read_states(printer: int, offline: int, error: int, paper: int) -> PrinterStatus:
    """The four state bytes in words."""
    out = bool(paper & PAPER_END or offline & PAPER_STOP)
    return PrinterStatus(
        paper="out" if out else "low" if paper & PAPER_LOW else "ok",
        cover="open" if offline & COVER_OPEN else "closed",
        online=not printer & OFFLINE,
        fault=bool(offline & FAULT or error & (UNRECOVERABLE | CUTTER)),
    )


def open_printer(spec: str) -> Printer:
    """The printer at an address such as `tcp://host:9100` (all forms: kiosk/printer_wires.py).

    Raises ValueError for an address that makes no sense, PrinterGone when nobody is there.
    """
    printer = Printer(parse_spec(spec))
    printer.open()
    return printer
