"""Everything anew for the sockets here: after what was told may have been lost, or was never told at all.

A process that was killed between its commit and its broadcast has told nobody, and often raised no version either. So
the versions of what is watched here are raised once more, by whichever process comes first, and the states read after
that: to every client they are simply newer. As always, who raises a version tells all processes; what another one
raised is told to the sockets of this process alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import gevent
import structlog

from hall.live.existing import existing
from hall.live.publisher import order
from hall.live.versions import has_its_own, raise_versions
from hall.stores import trouble_of
from hall.unit_of_work import units

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.live.publisher import Publisher

RAISED_WITHIN_MS = 1000
"""A version younger than this was raised by somebody who lives: silence takes longer to be noticed (`beats`)."""
AT_ONCE = 50
"""Topics that are raised and read together."""
AGAIN_S = 1.0

log = structlog.get_logger(__name__)


class Healing:
    """What one process still has to tell its own sockets."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.due: set[str] = set()
        self.running = False

    def begin(self, topics: set[str] | None = None) -> None:
        """Tell these soon, or all that are watched here."""
        self.due |= self.publisher.all_here() if topics is None else topics
        if self.due and not self.running:
            self.running = True
            gevent.spawn(self._run)

    def _run(self) -> None:
        with self.publisher.app.app_context():
            while self.due:
                try:
                    self._some()
                except Exception as problem:
                    if trouble_of(problem) is None:  # the stores say it once, and it is still due
                        log.exception("healing_failed")
                    gevent.sleep(AGAIN_S)
        self.running = False

    def _some(self) -> None:
        """The next ones, in the order in which publications raise: so neither waits for a lock of the other's."""
        topics = sorted(self.due, key=order)[:AT_ONCE]
        self.due.difference_update(topics)  # a doubt that comes from here on is another one
        try:
            versioned = [topic for topic in topics if not has_its_own(topic)]
            raised: dict[str, int] = {}
            if versioned:
                raised = units().run(lambda session: self._raise(session, versioned), durable=False)
            self.publisher.send_anew(topics, raised)
        except BaseException:
            self.due.update(topics)
            raise

    def _raise(self, session: Session, topics: list[str]) -> dict[str, int]:
        """The versions of those that nobody raised just now, and that are about something."""
        there = existing(session, topics)
        return raise_versions(session, [topic for topic in topics if topic in there], RAISED_WITHIN_MS)
