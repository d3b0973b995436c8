"""Talking to a slip printer: data, its state, and its word that paper came out.

python-escpos has neither the whole real-time status (DLE EOT 1–4) nor the answer that comes in order after the data
before it was printed (GS ( H with an own mark, or GS r where a printer doesn't know that).
"""

from __future__ import annotations

import time
from typing import cast

from kiosk.printer_status import ALL_WELL, GONE, Heard, PrinterStatus, read_states
from kiosk.printer_wires import PrinterGone, PrinterSpec, Wire, connect, parse_spec


class Printer:
    """A printer that can be opened, asked, fed and closed again and again; not for two threads at once.

    Every method but `close` and `status` raises PrinterGone when the connection breaks.
    """

    def __init__(self, spec: PrinterSpec) -> None:
        self.spec = spec
        self._wire: Wire | None = None
        self._heard = Heard([], 0, [])
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
            self._heard = Heard([], 0, [])
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
        return read_states(*(told.get(n, ALL_WELL) for n in (1, 2, 3, 4)))

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


def open_printer(spec: str) -> Printer:
    """The printer at an address such as `tcp://host:9100` (all forms: kiosk/printer_wires.py).

    Raises ValueError for an address that makes no sense, PrinterGone when nobody is there.
    """
    printer = Printer(parse_spec(spec))
    printer.open()
    return printer
