"""A hall whose cables are cut: every press can lose its answer, its transaction, its broadcast or its connections.

The application is the real one, on a real database. Whoever presses presses again with the same key, as our pages and
kiosks do, and must find that it happened once.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import gevent
from sqlalchemy import create_engine, event, text

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.live import moments
from hall.queueing.day import turn_day
from hall.unit_of_work import perform
from tests import applications

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from config import Config
    from hall.live.publisher import Publisher

API = "/api/v1"
A_LOOK = timedelta(seconds=15)
PATIENT, IMPATIENT, PAUSE_S = 50, 1000, 0.02
"""After so many looks at the publisher it is left real time, then given up: its line may have been cut."""
NONE = "none"
FAULTS = (
    "answer lost",
    "killed before the commit",
    "killed after the commit",
    "connections cut",
    "restart",
)
HANDED_IN = "handed in"
REFUSED = 400

OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


class KilledError(BaseException):
    """The process ends here; nothing after this line happens."""


@dataclass(slots=True)
class FaultyHall:
    """The hall, its clock moved by hand, and the next thing that goes wrong."""

    config: Config
    demo: dict[str, Any]
    at: datetime = field(
        default_factory=lambda: clock.now().replace(hour=2, minute=0, second=0, microsecond=0)
    )
    fault: str = NONE
    met: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each fault met each verb, and what else happened: a run that met nothing proves nothing."""
    passed: float = 0.0
    """Seconds that truly passed; `at` is what the hall's clock says, which may be set back."""
    began: float = field(init=False)
    ticks: float = 0.0
    looked: datetime = field(init=False)
    moments: set[datetime] = field(default_factory=set)
    """When something changes by time alone: a loan ends, lines open or close."""
    app: Flask = field(init=False)
    client: FlaskClient = field(init=False)
    pressed: int = 0
    keys: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.began, self.looked = self.at.timestamp(), self.at
        self.start()

    def start(self) -> None:
        """A process of the hall."""
        self.app = applications.make(self.config)
        self.client = self.app.test_client()

    def stop(self) -> None:
        """It ends."""
        applications.end(self.app)

    def end(self) -> None:
        """Nothing of the hall runs on."""
        self.stop()

    def restart(self) -> None:
        """Another process, on the same database."""
        self.stop()
        self.start()

    @property
    def faults(self) -> tuple[str, ...]:
        """What can go wrong here: an embedded database has no connections that others could cut."""
        return tuple(one for one in FAULTS if one != "connections cut" or not self.config.is_sqlite)

    def lacking(self, must: tuple[str, ...] = ()) -> list[str]:
        """Faults that have met no press yet, and what of `must` has not happened."""
        seen = {what for what, verb in self.met if verb != HANDED_IN}
        return [one for one in (*self.faults, *must) if one not in seen]

    def bearer(self, *, window: str = "", role: str = "") -> dict[str, str]:
        """Who presses: the clerk of a window, somebody of a role, else the kiosk."""
        rows = self.demo["staff"]
        if window or role:
            token = next(
                row["token"] for row in rows if row["window" if window else "role"] == (window or role)
            )
        else:
            token = self.demo["kiosk"]["token"]
        return {"Authorization": f"Bearer {token}"}

    def press(self, path: str, body: dict[str, Any] | None, who: dict[str, str]) -> TestResponse:
        """Press once; where something goes wrong on the way, press again with the same key until an answer comes."""
        fault, self.fault = self.fault, NONE
        self.pressed = next(self.keys)
        headers = {**who, "Idempotency-Key": f"press-{self.pressed}"}

        def send() -> TestResponse:
            return self.client.post(f"{API}/{path}", json=body, headers=headers)

        struck, found = self._meet(fault, send, path)
        if found.status_code < REFUSED:
            self.met[fault if struck else NONE, path.rpartition("/")[2]] += 1
        return found

    def _meet(self, fault: str, send: Callable[[], TestResponse], path: str) -> tuple[bool, TestResponse]:
        """Whether the fault struck, and the answer that came at last."""
        struck = True
        if fault == "restart":
            self.restart()
        elif fault == "answer lost":
            first = send()
            again = send()
            assert (first.status_code, first.data) == (again.status_code, again.data), (
                f"Q2: the same key was answered {first.status_code}, then {again.status_code}, for {path}: {again.text}"
            )
            return struck, again
        elif fault == "connections cut":
            struck = self._cut()
            for _ in range(2):  # one for each side that held connections
                try:
                    found = send()
                except Exception:  # noqa: BLE001, S112 - whatever the driver raises for a dead connection
                    continue
                if found.status_code < 500:
                    return struck, found
        elif fault.startswith("killed"):
            struck = self._kill(send, before=fault == "killed before the commit")
        return struck, send()

    def once(self, send: Callable[[], TestResponse]) -> TestResponse | None:
        """Send once, with what goes wrong on the way; None where no answer came back."""
        fault, self.fault = self.fault, NONE
        self.met[fault, HANDED_IN] += 1
        if fault == "answer lost":
            send()
            return None
        if fault.startswith("killed"):
            self._kill(send, before=fault == "killed before the commit")
            return None
        if fault == "restart":
            self.restart()
        if fault == "connections cut":
            self._cut()
            try:
                return send()
            except Exception:  # noqa: BLE001 - whatever the driver raises for a dead connection
                return None
        return send()

    def _kill(self, send: Callable[[], TestResponse], *, before: bool) -> bool:
        """Whether it came so far: of a refusal nothing is told, and nobody ends there."""
        units = self.app.extensions["hall_units"]
        died: list[bool] = []

        def die(*_anything: object) -> None:
            died.append(True)
            raise KilledError

        if before:
            event.listen(units.engine, "commit", die)
        else:
            units.tell = die
        try:
            send()
        except KilledError:
            pass
        finally:
            if before:
                event.remove(units.engine, "commit", die)
        self.restart()
        return bool(died)

    def _cut(self) -> bool:
        """Whether there were connections to cut."""
        engine = create_engine(self.config.database_url)
        with engine.begin() as line:
            cut = line.execute(text(OTHERS)).all()
        engine.dispose()
        return bool(cut)

    def pass_by(self, seconds: float) -> None:
        """Time passes, or the clock is set back."""
        self.at += timedelta(seconds=seconds)
        self.passed += max(0, seconds)

    def settle(self) -> None:
        """Until the publisher has nothing due; its own clock runs ahead meanwhile."""
        publisher: Publisher = self.app.extensions["hall_publisher"]
        self._look(publisher)
        for turn in itertools.count():
            gevent.sleep(0 if turn < PATIENT else PAUSE_S)
            if not publisher.running:
                return
            assert turn < IMPATIENT, f"Q11: never published: {sorted(publisher.due)}"
            self.ticks += 1
            publisher.wake.set()

    def _look(self, publisher: Publisher) -> None:
        """What time alone has changed since is marked, as hall.live.moments does."""
        passed = any(self.looked < each <= self.at for each in self.moments)
        if not passed and abs(self.at - self.looked) <= A_LOOK:
            return
        with self.app.app_context():
            publisher.look(self.looked, self.at)
            halls = moments.read(db.session(), self.at) if passed else []
        publisher.mark({topic for hall in halls for topic in hall.due(self.looked, self.at)})
        self.looked = self.at

    def may_go_back(self, seconds: float) -> bool:
        """Whether nothing that time has ended would begin again."""
        return not any(self.at - timedelta(seconds=seconds) < each <= self.at for each in self.moments)

    def ticking(self) -> float:
        """In the place of the publisher's own clock."""
        return self.ticks

    def next_morning(self) -> None:
        """Ten o'clock of the following day."""
        morning = (self.at + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
        self.pass_by((morning - self.at).total_seconds())

    def turn(self) -> int:
        """The turn of the day is noticed; answers how many tickets it ended."""
        with self.app.app_context():
            return perform(SYSTEM_ACTOR, turn_day, None)
