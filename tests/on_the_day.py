"""A Monday in March as it is held: two published seats, the clerk at the window, codes on its console."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall import clock
from hall.catalog.models import Window
from hall.database import db
from hall.rota.models import RotaSession, Seat
from hall.rota.presence import rules
from hall.sites import Site
from hall.unit_of_work import units
from tests.api.at_work import AtWork
from tests.cases_at_work import at
from tests.daytime import turn_zone
from tests.rota_at_work import EARLY, FIRST, LAST, WINDOWS, Mondays, publish_again, published_today

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.orm import Session


DAY = "2026-03-30"
STARTS = datetime(
    2026, 3, 30, 1, 0, tzinfo=UTC
)  # nine o'clock in the hall, which is there until half past eleven
ENDS = STARTS + timedelta(minutes=150)


class OnTheDay(Mondays):
    """Two departments have a turn on 30 March, published; the clerks' windows are open from half past eight."""

    def begin(self) -> dict[int, int]:
        """Sign up, publish, open the windows; answers the turns by department."""
        with at(EARLY):
            self.term(FIRST, LAST)
            for number, seat in enumerate(self.seats(DAY)):
                self.sign(seat, number)
        found = {number: one["duty"] for (_day, number), one in self.published(DAY).items()}
        self.work = AtWork(self.client, self.demo)
        with at(STARTS - timedelta(minutes=30)):
            for window in WINDOWS:
                opened = self.work.at(window, "open")
                assert opened.status == 200, opened.text
        return found

    def digits(self, number: int, moment: datetime, window: str = "") -> str:
        """What the console of a department's window shows at a moment."""
        app = self.client.application
        with app.app_context():
            row = db.session.scalars(select(Window).where(Window.code == (window or WINDOWS[number]))).one()
            seat = self.seat(number)
            key = app.config["HALL"].keys.tokens
            return rules.code_of(key, seat.session_id, row.id, rules.minute_of(moment))

    def seat(self, number: int) -> Seat:
        """The seat of a department."""
        return db.session.get_one(Seat, self.seat_keys[number])

    @property
    def seat_keys(self) -> list[int]:
        """The seats of the day."""
        if not hasattr(self, "_seats"):
            self._seats = self.seats(DAY)
        return self._seats

    @contextmanager
    def showing(self, number: int, moment: datetime, window: str = "") -> Iterator[dict[str, Any]]:
        """At this moment somebody types what a console shows."""
        code = self.digits(number, moment, window)
        with at(moment):
            yield {"code": code}

    def come(self, duty: int, number: int, moment: datetime, who: str = "", **more: Any) -> dict[str, Any]:
        """Somebody of a department shows that they are here."""
        with self.showing(number, moment) as body:
            done: dict[str, Any] = self.must(
                "POST", f"/duties/{duty}/presence", {**body, **more}, who or f"head{number}"
            )
            return done

    def leave(self, duty: int, number: int, moment: datetime, who: str = "") -> dict[str, Any]:
        """They leave."""
        with self.showing(number, moment) as body:
            done: dict[str, Any] = self.must(
                "POST", f"/duties/{duty}/presence/end", body, who or f"head{number}"
            )
            return done

    def marks(self, moment: datetime, day: str = DAY) -> dict[str, dict[str, Any]]:
        """What became of the turns of a day, by department."""
        with at(moment):
            path = f"/sites/xixian/rotas/directors/marks?from={day}&to={day}"
            return {row["body_name"]: row for row in self.must("GET", path)["marks"]}


def morning(app: Flask) -> dict[tuple[str, str], int]:
    """It is daytime in the demo hall, whenever the test runs, and its Monday is today: begun just now.

    The hall keeps its business date, before which the demo's past Mondays lie.

    Answers the turns by window and part (`tests.rota_at_work.published_today`).
    """

    def begin(session: Session) -> None:
        zone = session.scalars(select(Site)).one().zone
        local = clock.now().astimezone(zone)
        row = session.get_one(RotaSession, today.session)
        now = f"{local:%H:%M}", f"{local + timedelta(hours=2):%H:%M}"
        # the second half is long after any hour that `turn_zone` leaves: whoever left is not expected again meanwhile
        publish_again(session, row, today.day, {"am": now, "pm": ("23:00", "23:30")})

    with app.app_context():
        units().run(turn_zone)
        today = published_today(app)
        units().run(begin)
    return today.duties
