"""The print agent: runs on the kiosk machine, connects out to the hall and prints each slip exactly once.

    python -m kiosk.agent --server URL --state DIR --printer SPEC [--width 576|384] [--enrol CODE] [--kiosk-port N]

Three threads share the journal on disk: the live channel hears that a slip is wanted, the courier fetches it
and reports, the press (the main thread) prints.  How nothing is lost or doubled: docs/printing.md.  With
`--kiosk-port` the kiosk's browser talks to the agent, which goes on when the server is away: docs/cut-off.md.
"""

from __future__ import annotations

import argparse
import errno
import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.agent_alone import Alone
from kiosk.agent_courier import Courier
from kiosk.agent_hall import Hall, HallAway, HallRefused, Identity, enrol, load_identity
from kiosk.agent_journal import Journal
from kiosk.agent_live import Backoff, Live
from kiosk.agent_press import Press
from kiosk.printer import Printer
from kiosk.printer_wires import PrinterGone, PrinterSpec, parse_spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.printer_status import PrinterStatus

log = logging.getLogger("kiosk.agent")
LOOK_AT_PRINTER = 2.0  # seconds between looks at paper and cover while nothing is to do
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
PROBLEM_LOOK = 0.5  # the same while a slip waits for paper: people stand there


class Agent:
    """One printer, one device, one folder."""

    def __init__(self, options: argparse.Namespace, identity: Identity, journal: Journal) -> None:
        self._stopping = threading.Event()
        self._work = threading.Event()
        self._journal = journal
        self._printer = Printer(options.printer)
        self._status: PrinterStatus | None = None
        self._alone = self._make_alone(options, identity) if options.kiosk_port else None
        self._courier = Courier(
            Hall(identity.server, identity.token, options.ca),
            identity.device,
            journal,
            width_dots=options.width,
            poll_seconds=options.poll_seconds,
            status_seconds=options.status_seconds,
            live_is_up=lambda: self._live.connected,
            arrived=self._work.set,
            stopping=self._stopping,
            is_wanted=self._alone.draws.wants_slip if self._alone else lambda _job: False,
        )
        self._live = Live(identity, options.ca, self._courier.hear, self._stopping)
        self._press = Press(self._printer, journal, options.width, self._tell, self._stopping)

    def _make_alone(self, options: argparse.Namespace, identity: Identity) -> Alone | None:
        """None where the disk takes nothing: slips that the server sends are printed all the same."""
        try:
            return self._alone_of(options, identity)
        except OSError as problem:
            if problem.errno not in DISK:
                raise
            log.error("the kiosk's page cannot start, make room on the disk: %s", problem)  # noqa: TRY400
            return None

    def _alone_of(self, options: argparse.Namespace, identity: Identity) -> Alone:
        return Alone(
            options.state,
            identity,
            self._journal,
            port=options.kiosk_port,
            width_dots=options.width,
            authority=options.ca,
            queued=self._work.set,
            status=lambda: self._status,
            stopping=self._stopping,
        )

    def run(self) -> None:
        """Print until told to stop."""
        self._live.start()
        self._courier.start()
        if self._alone:
            self._alone.start()
        backoff = Backoff(0.5, 5.0)
        while not self._stopping.is_set():
            self._work.clear()
            status = self._look()
            self._tell(status)
            try:
                self._work.wait(self._turn(status))
                backoff.reset()
            except (PrinterGone, OSError) as problem:  # OSError: the disk is full or broken
                log.warning("printing: %s", problem)
                self._stopping.wait(backoff.delay())
        self._printer.close()
        if self._alone:
            self._alone.stop()
        self._courier.join(5)

    def stop(self, *_: object) -> None:
        """End soon, with every job where the journal says it is."""
        self._stopping.set()
        self._live.stop()
        self._courier.wake()
        self._work.set()

    def _tell(self, status: PrinterStatus) -> None:
        self._status = status
        self._courier.tell(status)

    def _look(self) -> PrinterStatus:
        """The printer's state; many network printers hang up on who is idle, which is no trouble."""
        was_connected = self._printer.connected
        status = self._printer.status()
        if was_connected and not self._printer.connected:
            status = self._printer.status()
        return status

    def _turn(self, status: PrinterStatus) -> float:
        """Do the next job if there is one; seconds until the next look at the printer."""
        jobs = self._courier.printable()
        if not jobs:
            if not status.problem:
                self._printer.learn()
            return LOOK_AT_PRINTER
        if status.problem:
            for entry in jobs:
                self._courier.fail(entry.job, status.problem)
            return PROBLEM_LOOK
        self._press.work(jobs[0])
        self._courier.printed()
        return 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the agent; 0 when it was told to stop, 1 when it cannot start."""
    shape = "%(asctime)s %(levelname)s %(message)s"
    logging.basicConfig(level=logging.WARNING, format=shape, stream=sys.stderr, force=True)
    log.setLevel(logging.INFO)
    options = _options(arguments)
    options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    journal = Journal(options.state)
    identity = _identity(options)
    if identity is None:
        return 1
    agent = Agent(options, identity, journal)
    signal.signal(signal.SIGTERM, agent.stop)
    signal.signal(signal.SIGINT, agent.stop)
    log.info("printing for device %s of site %s", identity.device, identity.site)
    agent.run()
    journal.close()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m kiosk.agent", description="Prints one kiosk's slips.")
    add = parser.add_argument
    add("--server", required=True, metavar="URL", type=lambda url: url.rstrip("/"), help="the hall")
    add("--state", required=True, type=Path, metavar="DIR", help="its memory; one agent a folder")
    add("--printer", required=True, type=_printer, metavar="SPEC", help="such as tcp://host:9100")
    add("--width", type=int, choices=(576, 384), default=576, help="dots: 80 mm or 58 mm paper")
    add("--enrol", metavar="CODE", help="the short code from the hall's device page, once")
    add(
        "--kiosk-port",
        type=int,
        default=0,
        metavar="N",
        help="the kiosk's page on 127.0.0.1, also without the hall",
    )
    add("--ca", metavar="FILE", help="certificates to trust instead of the system's")
    add("--poll-seconds", type=float, default=30.0, help="how often to ask without the live channel")
    add("--status-seconds", type=float, default=60.0, help="how often to tell how the printer is")
    return parser.parse_args(arguments)


def _printer(address: str) -> PrinterSpec:
    try:
        return parse_spec(address)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _identity(options: argparse.Namespace) -> Identity | None:
    """The known identity, or a new one for the code; a code that was used before doesn't hurt."""
    known = load_identity(options.state, options.server)
    backoff = Backoff()
    while options.enrol:
        try:
            return enrol(options.state, options.server, options.enrol, options.ca)
        except HallRefused as problem:
            log.warning("the hall doesn't take the code (%s)", problem)
            break
        except HallAway as problem:
            log.warning("the hall is away (%s)", problem)
            if known:
                break
            threading.Event().wait(backoff.delay())
    if known is None:
        log.error(
            "This machine is not enrolled; get a code from the hall's device page and pass it as --enrol."
        )
    return known


if __name__ == "__main__":
    sys.exit(main())
