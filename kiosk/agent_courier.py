"""Everything the print agent exchanges with the hall over HTTP, in a thread of its own.

Printing never waits for the network and the network never for the printer: both meet in the journal.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from typing import TYPE_CHECKING

from kiosk.agent_draws import is_own
from kiosk.agent_hall import Hall, HallAway, HallRefused, JobList
from kiosk.agent_live import Backoff
from kiosk.printer_commands import slip_body
from kiosk.printer_status import PrinterStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.agent_journal import Entry, Journal

log = logging.getLogger("kiosk.agent")
STILL_LISTED = 10.0  # seconds after which a job that the hall still lists is reported as printed again


class Courier(threading.Thread):
    """Fetches slips, reports what became of them and how the printer is; runs until `stopping`."""

    def __init__(
        self,
        hall: Hall,
        device: str,
        journal: Journal,
        *,
        width_dots: int,
        poll_seconds: float,
        status_seconds: float,
        live_is_up: Callable[[], bool],
        arrived: Callable[[], None],
        stopping: threading.Event,
        is_wanted: Callable[[str], bool] = lambda _job: False,
    ) -> None:
        super().__init__(name="courier", daemon=True)
        self._hall = hall
        self._device = device
        self._journal = journal
        self._width = width_dots
        self._poll_seconds = poll_seconds
        self._status_seconds = status_seconds
        self._live_is_up = live_is_up
        self._arrived = arrived
        self._stopping = stopping
        self._is_wanted = is_wanted  # slips of numbers that were drawn alone: the hall knows none of them
        self._kick = threading.Event()
        self._lock = threading.Lock()
        self._wanted: tuple[str, ...] | None = None
        self._refused: set[str] = set()
        self._acknowledged: dict[str, float] = {}
        self._failures: dict[str, tuple[str, str]] = {}  # job → problem and key, not reported yet
        self._reported: dict[str, str] = {}  # job → problem last told
        self._status: PrinterStatus | None = None
        self._told: PrinterStatus | None = None
        self._status_due = self._poll_due = 0.0

    def hear(self, jobs: JobList) -> None:
        """A newer list of jobs came in."""
        with self._lock:
            self._wanted = jobs.jobs
        self._kick.set()

    def tell(self, status: PrinterStatus) -> None:
        """The printer's state was read; the hall learns it when it changed, and every minute."""
        with self._lock:
            changed, self._status = status != self._told, status
            if not status.problem:
                self._reported.clear()
        if changed:
            self._kick.set()

    def fail(self, job: str, problem: str) -> None:
        """A job has to wait; the hall is told once for each problem."""
        if is_own(job):
            return
        with self._lock:
            if self._reported.get(job) == problem:
                return
            self._reported[job] = problem
            self._failures[job] = (problem, secrets.token_hex(16))
        self._kick.set()

    def printed(self) -> None:
        """A job was printed: its entry in the journal says which."""
        self._kick.set()

    def printable(self) -> list[Entry]:
        """What the press should do, in order: begun jobs first, then those the hall still wants.

        Pictures fetched before a restart wait until the hall says that it still wants them.
        """
        begun = self._journal.in_state("sending", "sent")
        with self._lock:
            wanted = self._wanted or ()
        waiting = {entry.job: entry for entry in self._journal.in_state("received")}
        own = [entry for job, entry in waiting.items() if is_own(job) and self._is_wanted(job)]
        return begun + own + [waiting[job] for job in wanted if job in waiting]

    def run(self) -> None:
        """Work off what is due; when the hall is away, come back later and later."""
        backoff = Backoff()
        while not self._stopping.is_set():
            self._kick.clear()
            try:
                self._round()
                backoff.reset()
                self._kick.wait(self._until_next_due())
            except (HallAway, OSError) as problem:  # OSError: the disk is full or broken
                log.warning("hall: %s", problem)
                self._stopping.wait(backoff.delay())

    def wake(self) -> None:
        """Look at once."""
        self._kick.set()

    def _round(self) -> None:
        """One turn; what concerns waiting people first."""
        printed = self._journal.in_state("printed")
        for entry in printed:
            if is_own(entry.job):
                self._journal.move(entry.job, "acknowledged")
        for entry in printed:
            if not is_own(entry.job):
                self._report_printed(entry)
        self._poll()
        for job in self._wanted or ():
            self._look_at(job)
        self._drop_unwanted()
        self._report_failures()
        self._report_status()

    def _poll(self) -> None:
        now = time.monotonic()
        if self._live_is_up() or now < self._poll_due:
            return
        self._poll_due = now + self._poll_seconds * (0.8 + secrets.randbelow(400) / 1000)
        jobs = self._hall.jobs(self._device)
        if not self._live_is_up():
            with self._lock:
                self._wanted = jobs.jobs

    def _look_at(self, job: str) -> None:
        """Fetch a job that is new, tell again of one that the hall seems to have forgotten."""
        entry = self._journal.entry(job)
        if entry is None or entry.state == "dropped":
            if job not in self._refused:
                self._fetch(job)
        elif entry.state == "acknowledged":
            if time.monotonic() - self._acknowledged.get(job, 0.0) > STILL_LISTED:
                self._report_printed(entry)

    def _fetch(self, job: str) -> None:
        try:
            png = self._hall.slip(job, self._width)
            slip_body(png)
            self._journal.receive(job, png)
        except HallRefused as problem:
            log.warning("job %s: %s", job, problem)
            self._refused.add(job)
        except ValueError as problem:
            log.error("job %s: %s", job, problem)  # noqa: TRY400 - the reason says it all
            self._refused.add(job)
            self.fail(job, "error")
        else:
            self._arrived()

    def _report_printed(self, entry: Entry) -> None:
        try:
            self._hall.printed(entry.job, uncertain=entry.uncertain)
        except HallRefused as problem:
            log.warning("job %s: %s", entry.job, problem)
        self._acknowledged[entry.job] = time.monotonic()
        with self._lock:
            self._reported.pop(entry.job, None)
            self._failures.pop(entry.job, None)
        if entry.state != "acknowledged":
            self._journal.move(entry.job, "acknowledged")

    def _drop_unwanted(self) -> None:
        """A slip that nobody wants any more (withdrawn, printed elsewhere) is not printed."""
        with self._lock:
            wanted = self._wanted
        for entry in self._journal.in_state("received"):
            unwanted = wanted is not None and entry.job not in wanted
            if not self._is_wanted(entry.job) if is_own(entry.job) else unwanted:
                self._journal.move(entry.job, "dropped")

    def _report_failures(self) -> None:
        with self._lock:
            failures = dict(self._failures)
        for job, (problem, key) in failures.items():
            try:
                self._hall.failed(job, problem, key)
            except HallRefused as refusal:
                log.warning("job %s: %s", job, refusal)
            with self._lock:
                if self._failures.get(job) == (problem, key):
                    del self._failures[job]

    def _report_status(self) -> None:
        with self._lock:
            status = self._status
        now = time.monotonic()
        if status is None or (status == self._told and now < self._status_due):
            return
        try:
            self._hall.status(self._device, status)
        except HallRefused as problem:
            log.warning("%s", problem)
        self._told = status
        self._status_due = now + self._status_seconds

    def _until_next_due(self) -> float:
        due = self._status_due if self._live_is_up() else min(self._status_due, self._poll_due)
        return min(max(due - time.monotonic(), 0.05), self._poll_seconds)
