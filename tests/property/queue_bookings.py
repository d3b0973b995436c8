"""Who booked at the desk checks in at the kiosk: before the time or within its grace, or too late (H4, Q3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import rule

from hall import clock
from tests.property.queue_day import LINES
from tests.property.queue_machine import Hall

AHEAD, GRACE = timedelta(minutes=30), timedelta(minutes=15)
THEIR_PHONES = count(13900000000)


class Bookings(Hall):
    """Helpers are there round the clock; everybody who books comes."""

    @rule(line=st.sampled_from(LINES), late=st.sampled_from((None, None, 14, 16)))
    def books_and_checks_in(self, line: str, late: int | None) -> None:
        """At once, or so many minutes after the booked time."""
        desk, starts = self.hall.bearer(role="reception"), self._next_free(line)
        if starts is None:
            return
        wish = {"kind": "assist", "starts_at": starts.isoformat(), "line": line}
        held = self.hall.press("sites/xixian/bookings", wish, desk)
        assert held.status_code == 201, f"H3: a time that is free can be held: {held.text}"
        whose = {"name": "王小明", "phone": str(next(THEIR_PHONES))}
        booked = self.hall.press(f"bookings/{held.get_json()['token']}/confirm", whose, desk)
        assert booked.status_code == 200, f"H3: what is held is confirmed: {booked.text}"
        if late is not None:
            self.hall.pass_by((starts + timedelta(minutes=late) - self.hall.at).total_seconds())
        said = self.hall.press("check-ins", {"code": booked.get_json()["code"]}, self.hall.bearer())
        if self._refuses(line):
            assert said.status_code == 409, f"Q10: {line} was stopped, or is closed: {said.text}"
            return
        assert said.status_code == 201, f"H4: who has booked checks in: {said.text}"
        one = self._issued(said.get_json()["ticket"], line)
        if one.issued <= starts + GRACE:
            one.place, one.basis = starts - AHEAD, "booked"
        self.hall.met["books_and_checks_in", "check-ins"] += 1

    def _next_free(self, line: str) -> datetime | None:
        """The next time with a helper to spare; none late at night, when the date could turn on the way."""
        zone, at = self._site().zone, self.hall.at
        today = clock.business_date(zone, at)
        if clock.business_date(zone, at + timedelta(hours=2)) != today:
            return None
        asked = {"kind": "assist", "line": line, "since": today.isoformat(), "days": 1}
        path, who = "/api/v1/sites/xixian/help/times", self.hall.bearer(role="reception")
        (day,) = self.hall.client.get(path, query_string=asked, headers=who).get_json()["days"]
        return next((datetime.fromisoformat(one["starts_at"]) for one in day["times"]), None)
