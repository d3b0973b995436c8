"""Printing one job so that exactly one whole slip is cut, whatever breaks in between.

The cut is the moment at which paper becomes a slip.  First the picture goes out, without a cut, and the
printer is asked to answer once it is on paper; only then the journal says `sent`, and only then the cut follows.
If anything breaks before `sent`, what may hang out of the printer is ended with a VOID bar and cut off, and
the picture is printed again.  If anything breaks after it, the cut is repeated, which at worst costs a blank
piece of paper.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING

from kiosk.printer import Printer
from kiosk.printer_commands import cut_slip, resynchronise, slip_body
from kiosk.printer_status import PrinterStatus
from kiosk.printer_wires import PrinterGone
from kiosk.slip import render_void

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from kiosk.agent_journal import Entry, Journal

log = logging.getLogger("kiosk.agent")
MARK_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LATE_ANSWER = 0.5  # seconds in which a printer hands over an answer it kept from an earlier connection
TRIES = 2  # pictures sent to a printer that stays silent though it is well, before it's no longer believed


class Press:
    """Prints jobs of the journal on a printer; `tell` hears every state of the printer that is read."""

    def __init__(
        self,
        printer: Printer,
        journal: Journal,
        width_dots: int,
        tell: Callable[[PrinterStatus], None],
        stopping: Event,
    ) -> None:
        self._printer = printer
        self._journal = journal
        self._width = width_dots
        self._tell = tell
        self._stopping = stopping
        self._void = slip_body(render_void(width_dots))

    def work(self, entry: Entry) -> None:
        """Bring a job to its cut slip, from whatever state it's in; the printer has no problem now.

        Raises PrinterGone when the connection breaks; call again when the printer is back.
        """
        if entry.state == "sending" and self._is_on_paper_after_all(entry):
            entry = self._journal.move(entry.job, "sent")
        if entry.state == "sending":
            self._void_what_hangs_out(entry)
        elif entry.state == "sent":
            log.info("job %s: cutting again after an interruption", entry.job)
            self._printer.send(resynchronise(self._width))
            self._printer.learn()
            self._cut(entry, uncertain=entry.uncertain or not self._printer.confirms)
        elif entry.state == "received":
            self._print(entry)

    def _print(self, entry: Entry) -> None:
        body = slip_body(self._journal.picture(entry.job).read_bytes())
        self._printer.learn()
        for attempt in range(1, TRIES + 1):
            mark = _mark()
            self._printer.forget_answers()
            entry = self._journal.move(entry.job, "sending", mark=mark)
            self._printer.send(body + self._ask(mark))
            came_out = self._answered(mark) if self._printer.confirms else self._swallowed()
            if not came_out and (self._stopping.is_set() or not self._printer.confirms):
                return
            if came_out or attempt == TRIES:
                entry = self._journal.move(entry.job, "sent", uncertain=not came_out)
                break
            self._void_what_hangs_out(entry)
        if entry.uncertain:
            log.warning("job %s: the printer never said that it was printed", entry.job)
            self._printer.distrust()
        self._cut(entry, uncertain=entry.uncertain)

    def _cut(self, entry: Entry, *, uncertain: bool) -> None:
        mark = _mark()
        self._printer.forget_answers()
        self._printer.send(cut_slip(self._printer.spec.cut) + self._ask(mark))
        if self._printer.confirms:
            self._answered(mark)  # if not, the slip is on paper all the same: only its cut is in doubt
        self._journal.move(entry.job, "printed", uncertain=uncertain)
        log.info("job %s: printed%s", entry.job, ", uncertain" if uncertain else "")

    def _is_on_paper_after_all(self, entry: Entry) -> bool:
        """Ask a printer that names what it printed whether it got further than the journal."""
        if self._printer.spec.confirm != "process-id":
            return False
        if self._printer.confirmed(entry.mark.encode(), LATE_ANSWER):
            return True
        self._printer.send(resynchronise(self._width))
        self._printer.learn()
        if not self._printer.confirms:
            return False
        probe = _mark()
        self._printer.send(self._ask(probe))
        return self._answered(probe) and self._printer.confirmed(entry.mark.encode(), 0)

    def _void_what_hangs_out(self, entry: Entry) -> None:
        log.info("job %s: printing was interrupted, voiding it and starting again", entry.job)
        void = resynchronise(self._width) + self._void + cut_slip(self._printer.spec.cut)
        self._printer.send(void)
        self._journal.move(entry.job, "received")

    def _ask(self, mark: str) -> bytes:
        return self._printer.question(mark.encode()) if self._printer.confirms else b""

    def _answered(self, mark: str) -> bool:
        """Wait for the printer's word; as long as it has a problem (paper out), there is no hurry."""
        by = time.monotonic() + self._printer.spec.wait
        while True:
            if self._printer.confirmed(mark.encode(), 0.5):
                return True
            status = self._look()
            if status.problem and self._stopping.is_set():
                return False
            if status.problem:
                by = time.monotonic() + self._printer.spec.wait
            elif time.monotonic() > by:
                return False

    def _swallowed(self) -> bool:
        """The most a printer without answers can say: that it got everything and has no problem."""
        while self._look().problem:
            if self._stopping.wait(0.5):
                return False
        return True

    def _look(self) -> PrinterStatus:
        """The printer's state while a slip is in it."""
        status = self._printer.status(self._printer.spec.wait)
        if not self._printer.connected:
            message = "the printer left before the slip was out"
            raise PrinterGone(message)
        self._tell(status)
        return status


def _mark() -> str:
    """A fresh name for one attempt, so that a late answer to an earlier one is not taken for it."""
    return "".join(secrets.choice(MARK_SIGNS) for _ in range(4))
